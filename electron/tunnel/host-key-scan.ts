import ssh2, { type ServerHostKeyAlgorithm } from 'ssh2';
import { textOfThrown } from '../shared/thrown';
import { hostName, typeInBlob } from './known-hosts';

/** How long one connection may take, in milliseconds. */
const SCAN_MS = 15_000;
/** One connection for each, since a server shows one key at a time. */
const SCANNED: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
];

/**
 * Asks a server for its keys, as ssh-keyscan does: nothing vouches for what it says. Nobody is signed in.
 *
 * @returns lines of known_hosts; none when the server has no key of a type that is in use
 * @throws Error when the server cannot be reached
 */
export async function scanHostKeys(host: string, port: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const algorithm of SCANNED) {
    const key = await keyOf(host, port, algorithm);
    if (key === null) continue;
    lines.push(`${hostName(host, port)} ${typeInBlob(key) ?? ''} ${key.toString('base64')}`);
  }
  return lines;
}

/** The server's key for one algorithm; null when it has none. */
function keyOf(
  host: string,
  port: number,
  algorithm: ServerHostKeyAlgorithm,
): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let key: Buffer | null = null;
    const end = (error?: Error & { level?: string }): void => {
      client.destroy();
      // No common algorithm is an answer: the server has no such key. So is our own refusal to go on.
      if (error === undefined || key !== null || error.level === 'handshake') resolve(key);
      else reject(new Error(textOfThrown(error)));
    };
    // An error may be followed by another, and one that nobody hears ends the process.
    client.on('error', end);
    client.once('close', () => end());
    client.connect({
      host,
      port,
      username: 'nobody',
      readyTimeout: SCAN_MS,
      algorithms: { serverHostKey: [algorithm] },
      hostVerifier: (shown: Buffer) => {
        key = Buffer.from(shown);
        return false;
      },
    });
  });
}

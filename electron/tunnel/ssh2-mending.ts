import type { Client, Connection } from 'ssh2';

/** What the server said in EXT_INFO (RFC 8308, 2.4). */
interface Extension {
  readonly name: string;
  readonly algs: readonly string[];
}

/** Makes packets of what is to be sent; one that compresses has a `_zlib`, whose handle is gone once the connection is. */
interface PacketWriter {
  readonly _zlib?: { readonly _handle: object | null };
  finalize(payload: Buffer, force?: boolean): Buffer;
}

/** The inside of an ssh2 client (1.17.0) as far as it is reached into: what it does with two kinds of message, and its writer. */
interface Inside {
  readonly _protocol: {
    readonly _handlers: {
      EXT_INFO: (protocol: unknown, extensions: readonly Extension[]) => void;
      REQUEST_SUCCESS: (protocol: unknown, data: Buffer | null) => void;
    };
    readonly _packetRW: { write: PacketWriter };
    readonly _cipher: { allocPacket(payloadLength: number): Buffer };
  };
}

/**
 * Mends what ssh2 has no option for, `calmCompression` included. It signs with SHA-256 wherever a server names that, though the server
 * may name SHA-512 for the one it really takes; OpenSSH prefers SHA-512. And it takes a SHA-1 signature as the proof
 * of a server that a further RSA key is its own.
 *
 * @param client that has begun to connect
 * @param sha1 leave those proofs as they are, which only servers of the past need
 */
export function mendSsh2(client: Client, sha1: boolean): void {
  const { _handlers: handlers } = (client as unknown as Inside)._protocol;
  calmCompression(client);
  const { EXT_INFO: told, REQUEST_SUCCESS: succeeded } = handlers;
  handlers.EXT_INFO = (protocol, extensions) =>
    told(
      protocol,
      extensions.map((one) => ({ ...one, algs: preferSha512(one.algs) })),
    );
  if (sha1) return;
  handlers.REQUEST_SUCCESS = (protocol, data) =>
    succeeded(protocol, data === null ? null : withoutSha1Proofs(data));
}

/**
 * Lets a channel of a compressed connection that is over close in peace: ssh2 compresses even what it will never send,
 * with a zlib that is gone, and throws where nobody can catch it ("Invalid Zlib instance", mscdex/ssh2#1178).
 */
export function calmCompression(connection: Client | Connection): void {
  const { _protocol: protocol } = connection as unknown as Inside;
  const { _packetRW: packets } = protocol;
  let writer = packets.write;
  Object.defineProperty(packets, 'write', {
    get: () => writer,
    // Another writer is put there after the sign-in and after each re-key.
    set: (next: PacketWriter) => {
      const { _zlib: zlib } = next;
      const finalize = next.finalize.bind(next);
      writer = next;
      if (zlib === undefined) return;
      next.finalize = (payload, force) =>
        zlib._handle === null
          ? protocol._cipher.allocPacket(payload.length)
          : finalize(payload, force);
    },
  });
}

/** Of the two good ways to sign with an RSA key only the better one, where a server takes both (RFC 8332). */
export function preferSha512(algorithms: readonly string[]): readonly string[] {
  return algorithms.includes('rsa-sha2-512')
    ? algorithms.filter((name) => name !== 'rsa-sha2-256')
    : algorithms;
}

const SHA1_SIGNATURE = 'ssh-rsa';

/**
 * The answer to `hostkeys-prove-00@openssh.com`, one signature a key, with those of SHA-1 given a name that nobody
 * knows, so that they prove nothing (PROTOCOL, 2.5). Anything else comes back as it was.
 */
export function withoutSha1Proofs(answer: Buffer): Buffer {
  const changed = Buffer.from(answer);
  let at = 0;
  while (at + 8 <= changed.length) {
    const name = at + 8;
    const isSha1 =
      changed.readUInt32BE(at + 4) === SHA1_SIGNATURE.length &&
      changed.toString('latin1', name, name + SHA1_SIGNATURE.length) === SHA1_SIGNATURE;
    if (isSha1) changed.write('not-rsa', name, 'latin1');
    at += 4 + changed.readUInt32BE(at);
  }
  return changed;
}

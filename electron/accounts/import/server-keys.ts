import { createHash } from 'node:crypto';
import type { ServerKey } from '../../shared/imported';

/** Key types that a connection can be made with. */
const TYPES: readonly string[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
];

/**
 * Reads a server's public key: `ssh-ed25519 AAAA…`, or a line of known_hosts or of ssh-keyscan, whose first field names
 * the server. Null when it is no whole key of a type that is in use, and for revoked keys and authorities.
 */
export function parseServerKey(line: string): ServerKey | null {
  const fields = line.trim().split(/[ \t]+/u);
  if (fields[0]?.startsWith('@') === true) return null;
  const [type = '', base64 = ''] = TYPES.includes(fields[0] ?? '') ? fields : fields.slice(1);
  if (!TYPES.includes(type)) return null;
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64') !== base64 || !isWhole(blob, type)) return null;
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '');
  return { type, key: base64, fingerprint: `SHA256:${digest}` };
}

/** Fields with their lengths before them, the first of which is the type, and nothing after the last (RFC 4253, 6.6). */
function isWhole(blob: Buffer, type: string): boolean {
  let at = 0;
  let fields = 0;
  while (at + 4 <= blob.length) {
    const length = blob.readUInt32BE(at);
    if (fields === 0 && blob.toString('latin1', 4, 4 + length) !== type) return false;
    at += 4 + length;
    fields += 1;
  }
  return fields > 1 && at === blob.length;
}

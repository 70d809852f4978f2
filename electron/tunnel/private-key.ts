import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import type { KeyTrouble } from '../shared/tunnel-error';
import { textOfThrown } from '../shared/thrown';

/** What can be said of a key file without its passphrase. */
export type KeyFacts =
  | {
      kind: 'private';
      encrypted: boolean;
      /** SSH public key blob; null when only the passphrase brings it to light. */ publicKey: Buffer | null;
    }
  | { kind: 'unusable'; why: KeyTrouble; detail: string };

/** A private key in the clear, in a form ssh2 reads. */
export type OpenedKey =
  { kind: 'opened'; pem: string } | { kind: 'unusable'; why: KeyTrouble; detail: string };

const OPENSSH = '-----BEGIN OPENSSH PRIVATE KEY-----';
const PKCS8 = '-----BEGIN PRIVATE KEY-----';
const PKCS8_ENCRYPTED = '-----BEGIN ENCRYPTED PRIVATE KEY-----';
const PEM = /-----BEGIN (RSA|EC|DSA) PRIVATE KEY-----/;
const PUBLIC =
  /^(ssh-|ecdsa-sha2-|sk-)|-----BEGIN (RSA )?PUBLIC KEY-----|---- BEGIN SSH2 PUBLIC KEY ----/;

/** Looks at the text of a key file, which is not PuTTY's: what it is, whether it wants a passphrase, and its public half where that is readable. */
export function inspectKey(text: string): KeyFacts {
  const head = text.trimStart();
  if (/^\S+-cert-v0\d@openssh\.com /.test(head)) return unusable('certificate');
  if (PUBLIC.test(head.slice(0, 200))) return unusable('public-key');
  if (head.startsWith(OPENSSH)) return inspectOpenSsh(head);
  if (head.startsWith(PKCS8_ENCRYPTED))
    return { kind: 'private', encrypted: true, publicKey: null };
  const pem = PEM.exec(head.slice(0, 64));
  if (pem?.[1] === 'DSA') return unusable('dsa');
  if (pem !== null && /^Proc-Type: 4,ENCRYPTED/m.test(head))
    return { kind: 'private', encrypted: true, publicKey: null };
  if (pem === null && !head.startsWith(PKCS8)) return unusable('not-a-key');
  const opened = openKey(text, null);
  if (opened.kind === 'unusable') return opened;
  return { kind: 'private', encrypted: false, publicKey: publicHalf(opened.pem) };
}

/**
 * Opens a key. Encrypted OpenSSH keys cost bcrypt rounds in plain JavaScript (0.2 to 3 s), so this is called in a
 * worker (`key-worker.ts`) for those; see `KeyOpener`.
 *
 * @param passphrase null for a key without one
 */
export function openKey(text: string, passphrase: string | null): OpenedKey {
  const head = text.trimStart();
  if (head.startsWith(PKCS8) || head.startsWith(PKCS8_ENCRYPTED))
    return openPkcs8(head, passphrase);
  if (!head.startsWith(OPENSSH) && !PEM.test(head.slice(0, 64))) return unusable('not-a-key');
  const parsed = ssh2.utils.parseKey(text, passphrase ?? undefined);
  if (parsed instanceof Error) return readTrouble(parsed.message);
  if (parsed.type === 'ssh-dss') return unusable('dsa');
  if (!parsed.isPrivateKey()) return unusable('public-key');
  const pem = parsed.getPrivatePEM();
  // ssh2 writes Ed25519 keys as PKCS#8, which it does not read back.
  return pem.startsWith(PKCS8) ? openPkcs8(pem, null) : { kind: 'opened', pem };
}

/** The public half of an opened key, as an SSH blob. */
export function publicHalf(pem: string): Buffer {
  const parsed = ssh2.utils.parseKey(pem);
  if (parsed instanceof Error) throw parsed;
  return parsed.getPublicSSH();
}

function unusable(
  why: KeyTrouble,
  detail = '',
): { kind: 'unusable'; why: KeyTrouble; detail: string } {
  return { kind: 'unusable', why, detail };
}

/** ssh2 tells its troubles apart by text only (version 1.17.0). */
function readTrouble(message: string): OpenedKey {
  // The last one is an empty passphrase, which its key derivation does not take.
  const wrong =
    /bad passphrase|integrity check failed|no passphrase given|failed to generate information/i;
  return unusable(wrong.test(message) ? 'wrong-passphrase' : 'unsupported', message);
}

/** The public half of an OpenSSH key stands in the clear even when the private half is encrypted (PROTOCOL.key). */
function inspectOpenSsh(text: string): KeyFacts {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1] ?? '';
  const reader = new FieldReader(Buffer.from(body, 'base64'));
  const magic = 'openssh-key-v1\0';
  if (reader.take(magic.length)?.toString('latin1') !== magic) return unusable('not-a-key');
  const cipher = reader.field()?.toString('latin1');
  reader.field(); // The key derivation's name.
  reader.field(); // Its options.
  reader.take(4); // The number of keys, always 1.
  const publicKey = reader.field();
  const type = publicKey === null ? null : new FieldReader(publicKey).field()?.toString('latin1');
  if (cipher === undefined || publicKey === null || type === null || type === undefined)
    return unusable('not-a-key');
  if (type.startsWith('sk-')) return unusable('hardware-key', type);
  if (type === 'ssh-dss') return unusable('dsa', type);
  // ssh2 1.17.0 reads no key under this cipher: "Invalid initialization vector".
  if (cipher.startsWith('chacha20')) return unusable('unsupported', `key encrypted with ${cipher}`);
  return { kind: 'private', encrypted: cipher !== 'none', publicKey: Buffer.from(publicKey) };
}

/** ssh2 reads no PKCS#8, so Node's own crypto opens it and writes a form that ssh2 does read. */
function openPkcs8(pem: string, passphrase: string | null): OpenedKey {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === null ? {} : { passphrase }) });
  } catch (thrown) {
    const message = textOfThrown(thrown);
    const encrypted = pem.startsWith(PKCS8_ENCRYPTED);
    return unusable(encrypted ? 'wrong-passphrase' : 'not-a-key', message);
  }
  const exported = (type: 'pkcs1' | 'sec1'): OpenedKey => {
    const text = key.export({ type, format: 'pem' }).toString();
    const parsed = ssh2.utils.parseKey(text);
    // There are more curves than SSH knows.
    return parsed instanceof Error ? readTrouble(parsed.message) : { kind: 'opened', pem: text };
  };
  const type = key.asymmetricKeyType ?? '';
  if (type === 'rsa') return exported('pkcs1');
  if (type === 'ec') return exported('sec1');
  if (type === 'ed25519') return { kind: 'opened', pem: ed25519ToOpenSsh(key) };
  return unusable(type === 'dsa' ? 'dsa' : 'unsupported', type);
}

/** Writes an Ed25519 key as an unencrypted openssh-key-v1 (PROTOCOL.key), the only form of it that ssh2 reads. */
function ed25519ToOpenSsh(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' });
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const point = Buffer.from(jwk.x ?? '', 'base64url');
  const publicBlob = Buffer.concat([field('ssh-ed25519'), field(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    field('ssh-ed25519'),
    field(point),
    field(Buffer.concat([seed, point])),
    field(''),
  ]);
  const padding = Buffer.from(
    Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1),
  );
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(publicBlob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return `${OPENSSH}\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** A string as SSH writes it: its length in four bytes, then itself (RFC 4251, 5). */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads SSH fields one after the other; null once something is short. */
class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer | null {
    if (this.#at + length > this.#bytes.length) return null;
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  field(): Buffer | null {
    const length = this.take(4)?.readUInt32BE(0);
    return length === undefined ? null : this.take(length);
  }
}

import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  type JsonWebKey,
} from 'node:crypto';
import { parsePpk, PpkTrouble, type Argon2Plan, type PpkFile } from './ppk-file';
import { openKey, publicHalf, type KeyFacts, type OpenedKey } from './private-key';
import { textOfThrown } from '../shared/thrown';

const ARGON2 = { Argon2id: 'argon2id', Argon2i: 'argon2i', Argon2d: 'argon2d' } as const;
/** Their names in JWK, and the length of a coordinate in bytes. */
const CURVES = new Map<string, readonly [string, number]>([
  ['ecdsa-sha2-nistp256', ['P-256', 32]],
  ['ecdsa-sha2-nistp384', ['P-384', 48]],
  ['ecdsa-sha2-nistp521', ['P-521', 66]],
]);
const AES_BLOCK = 16;
const NOTHING = Buffer.alloc(0);

interface Secrets {
  readonly cipherKey: Buffer;
  readonly iv: Buffer;
  readonly macKey: Buffer;
}

/**
 * Looks at a PuTTY private key (versions 2 and 3): whether it wants a passphrase, and its public half, which stands in
 * the clear.
 *
 * @param file better as bytes than as text: PuTTY writes the comment in the computer's code page
 */
export function inspectPpk(file: string | Uint8Array): KeyFacts {
  try {
    const { encryption, publicBlob } = supported(parsePpk(file));
    return { kind: 'private', encrypted: encryption !== 'none', publicKey: publicBlob };
  } catch (thrown) {
    return unusable(thrown);
  }
}

/**
 * Opens a PuTTY private key (versions 2 and 3; Ed25519, ECDSA on the NIST curves, RSA) and checks its checksum. An
 * encrypted one costs Argon2, which blocks for a tenth of a second to half a minute: call this in a worker.
 *
 * @param file better as bytes than as text: PuTTY writes the comment in the computer's code page, and it counts for
 *   the checksum
 * @param passphrase null for a key without one
 * @returns the key in a form that ssh2 reads; `not-a-key` for another file, `damaged` for one that is not whole,
 *   `wrong-passphrase` also for one whose damage cannot be told from that, `unsupported` for another type, version or
 *   cost
 */
export async function openPpk(
  file: string | Uint8Array,
  passphrase: string | null,
): Promise<OpenedKey> {
  try {
    const ppk = supported(parsePpk(file));
    const encrypted = ppk.encryption !== 'none';
    for (const phrase of encrypted ? encodings(passphrase ?? '') : [NOTHING]) {
      const secrets = await deriveSecrets(ppk, phrase);
      const blob = encrypted ? decipher(ppk, secrets) : ppk.privateBlob;
      if (macOf(ppk, blob, secrets.macKey).equals(ppk.mac)) return convert(ppk, blob);
      // A wrong passphrase gives noise; with the right one, something else in the file was changed.
      if (!encrypted || fieldsOf(blob, privateFields(ppk)) !== null)
        throw new PpkTrouble('damaged', 'its checksum does not fit');
    }
    throw new PpkTrouble('wrong-passphrase', 'the checksum does not fit');
  } catch (thrown) {
    return unusable(thrown);
  }
}

function unusable(thrown: unknown): Extract<OpenedKey, { kind: 'unusable' }> {
  const detail = textOfThrown(thrown);
  return {
    kind: 'unusable',
    why: thrown instanceof PpkTrouble ? thrown.why : 'damaged',
    // It may quote a line of the file, which may be as long as the file.
    detail: detail.slice(0, 200),
  };
}

/** The file itself, when its type is one that `convert` knows and its public half is of that type. */
function supported(ppk: PpkFile): PpkFile {
  const { algorithm, publicBlob } = ppk;
  if (algorithm !== 'ssh-ed25519' && algorithm !== 'ssh-rsa' && !CURVES.has(algorithm))
    throw new PpkTrouble('unsupported', algorithm);
  if (fieldsOf(publicBlob, 1, Infinity)?.[0]?.toString('latin1') !== algorithm)
    throw new PpkTrouble('damaged', 'the public half is of another type than the file says');
  return ppk;
}

/**
 * The bytes a passphrase may have been when the key was made: PuTTY on Unix takes the terminal's, UTF-8 as a rule,
 * and on Windows for long those of the code page, of which the Western one is tried.
 */
function encodings(passphrase: string): Buffer[] {
  if (passphrase === '') throw new PpkTrouble('wrong-passphrase', 'no passphrase given');
  const western = /[\u0080-\u00ff]/.test(passphrase) && !/[^\u0000-\u00ff]/.test(passphrase);
  return [Buffer.from(passphrase), ...(western ? [Buffer.from(passphrase, 'latin1')] : [])];
}

async function deriveSecrets({ version, argon2 }: PpkFile, phrase: Buffer): Promise<Secrets> {
  if (argon2 !== null) return deriveByArgon2(argon2, phrase);
  if (version === 3) return { cipherKey: NOTHING, iv: NOTHING, macKey: NOTHING };
  const sha1 = (...parts: (string | Buffer)[]) => {
    const hash = createHash('sha1');
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const halves = [0, 1].map((n) => sha1(Buffer.from([0, 0, 0, n]), phrase));
  return {
    cipherKey: Buffer.concat(halves).subarray(0, 32),
    iv: Buffer.alloc(AES_BLOCK),
    macKey: sha1('putty-private-key-file-mac-key', phrase),
  };
}

async function deriveByArgon2(plan: Argon2Plan, phrase: Buffer): Promise<Secrets> {
  const { flavour, memory, passes, parallelism, salt } = plan;
  // A library of many algorithms, which a process without such a key need not hold.
  const library = await import('hash-wasm');
  const derived = library[ARGON2[flavour]]({
    password: phrase,
    salt,
    memorySize: memory,
    iterations: passes,
    parallelism,
    hashLength: 80,
    outputType: 'binary',
  });
  const bytes = Buffer.from(
    await derived.catch((error: unknown) => {
      throw new PpkTrouble('unsupported', `Argon2: ${textOfThrown(error)}`);
    }),
  );
  return {
    cipherKey: bytes.subarray(0, 32),
    iv: bytes.subarray(32, 48),
    macKey: bytes.subarray(48),
  };
}

function decipher({ privateBlob }: PpkFile, { cipherKey, iv }: Secrets): Buffer {
  if (privateBlob.length === 0 || privateBlob.length % AES_BLOCK !== 0)
    throw new PpkTrouble('damaged', 'the private half is cut off');
  const aes = createDecipheriv('aes-256-cbc', cipherKey, iv).setAutoPadding(false);
  return Buffer.concat([aes.update(privateBlob), aes.final()]);
}

function macOf(ppk: PpkFile, plainBlob: Buffer, key: Buffer): Buffer {
  const mac = createHmac(ppk.version === 3 ? 'sha256' : 'sha1', key);
  const { algorithm, encryption, comment, publicBlob } = ppk;
  for (const part of [algorithm, encryption, comment, publicBlob, plainBlob]) {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    mac.update(length).update(bytes);
  }
  return mac.digest();
}

/** Makes PKCS#8 of the key's numbers, which `openKey` takes further. */
function convert(ppk: PpkFile, plainBlob: Buffer): OpenedKey {
  const key = createPrivateKey({ key: toJwk(ppk, plainBlob), format: 'jwk' });
  const opened = openKey(key.export({ type: 'pkcs8', format: 'pem' }).toString(), null);
  if (opened.kind === 'opened' && !publicHalf(opened.pem).equals(ppk.publicBlob))
    throw new PpkTrouble('damaged', 'the public half belongs to another key');
  return opened;
}

function toJwk(ppk: PpkFile, plainBlob: Buffer): JsonWebKey {
  const secret = fieldsOf(plainBlob, privateFields(ppk));
  const known = fieldsOf(ppk.publicBlob, publicFields(ppk))?.slice(1);
  if (secret === null || known === undefined)
    throw new PpkTrouble('damaged', 'the numbers of the key are cut off');
  const curve = CURVES.get(ppk.algorithm);
  if (curve !== undefined) return ecJwk(curve, known, secret);
  return ppk.algorithm === 'ssh-rsa' ? rsaJwk(known, secret) : ed25519Jwk(known, secret);
}

/** Both halves after the type: the public one holds e and n, the private one d, p, q and the inverse of q modulo p. */
function rsaJwk(known: readonly Buffer[], secret: readonly Buffer[]): JsonWebKey {
  const [e = NOTHING, n = NOTHING] = known;
  const [d = NOTHING, p = NOTHING, q = NOTHING, qi = NOTHING] = secret;
  const remainder = (prime: Buffer) => toBytes(toNumber(d) % (toNumber(prime) - 1n));
  const numbers = { e, n, d, p, q, dp: remainder(p), dq: remainder(q), qi };
  const encoded = Object.entries(numbers).map(([name, bytes]) => [name, base64url(bytes)]);
  return { kty: 'RSA', ...(Object.fromEntries(encoded) as Record<string, string>) };
}

/** The public half holds the curve's name and the point (a 4, x, y), the private one a number. */
function ecJwk(
  [crv, size]: readonly [string, number],
  [, point = NOTHING]: readonly Buffer[],
  [number = NOTHING]: readonly Buffer[],
): JsonWebKey {
  const d = Buffer.concat([Buffer.alloc(size), number])
    .subarray(-size)
    .toString('base64url');
  const x = point.subarray(1, 1 + size).toString('base64url');
  const y = point.subarray(1 + size).toString('base64url');
  return { kty: 'EC', crv, x, y, d };
}

/** The private half is the seed as a number with its lowest byte first, so zeros are missing at its end, if at all. */
function ed25519Jwk(
  [point = NOTHING]: readonly Buffer[],
  [seed = NOTHING]: readonly Buffer[],
): JsonWebKey {
  const d = Buffer.concat([seed, Buffer.alloc(32)])
    .subarray(0, 32)
    .toString('base64url');
  return { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url'), d };
}

function publicFields({ algorithm }: PpkFile): number {
  return algorithm === 'ssh-ed25519' ? 2 : 3;
}

function privateFields({ algorithm }: PpkFile): number {
  return algorithm === 'ssh-rsa' ? 4 : 1;
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x0${bytes.toString('hex')}`);
}

function toBytes(number: bigint): Buffer {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

/** SSH puts a zero before a number whose first bit is set (RFC 4251, 5), JWK does not. */
function base64url(number: Buffer): string {
  return toBytes(toNumber(number)).toString('base64url');
}

/**
 * Splits SSH fields (RFC 4251, 5): `count` of them, and then no more than `rest` bytes.
 *
 * @returns null when the bytes are not that
 */
function fieldsOf(bytes: Buffer, count: number, rest = AES_BLOCK - 1): Buffer[] | null {
  const fields: Buffer[] = [];
  let at = 0;
  while (fields.length < count) {
    if (at + 4 > bytes.length) return null;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return null;
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return bytes.length - at <= rest ? fields : null;
}

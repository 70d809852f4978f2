import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { z } from 'zod';
import { readablePassphrase } from './passphrase-words';

/** What the practice servers need of their folder. */
export interface PracticeKeys {
  /** The client's private key file, in OpenSSH's format, encrypted with `passphrase`. */
  readonly keyPath: string;
  /** The client's public key in SSH's wire format. */
  readonly publicKey: Buffer;
  readonly passphrase: string;
  /** The server's own private key, in OpenSSH's format. */
  readonly hostKey: string;
  /** When the practice mailbox was made, in milliseconds since 1970. */
  readonly madeAt: number;
}

/**
 * The passphrase lies in plain text beside the key it opens, so that Mailmole can show it to whoever practises.
 * That is no protection, and none is needed: the key opens five sample messages that this program itself serves
 * on this computer. A real passphrase is never written anywhere.
 */
const RECORD = z.object({
  version: z.literal(1),
  about: z.string(),
  passphrase: z.string().min(1),
  madeAt: z.number().int().positive(),
});
const ABOUT =
  'The passphrase of practice_key, for everyone to read: that key opens the five sample messages of the ' +
  'practice mailbox on this computer and nothing else.';

/** Few, since the cost is paid in plain JavaScript at every start and there is nothing to protect (bcrypt_pbkdf). */
const BCRYPT_ROUNDS = 4;
/** `string "ssh-ed25519"`, `string` of 32 octets (RFC 8709). */
const PUBLIC_BLOB_LENGTH = 4 + 11 + 4 + 32;

/** Reads a private key; null when it is not one, or the passphrase does not open it. */
function parsePrivate(key: string, passphrase?: string): Buffer | null {
  const parsed = ssh2.utils.parseKey(key, passphrase);
  if (parsed instanceof Error || !parsed.isPrivateKey()) return null;
  const blob = parsed.getPublicSSH();
  return blob.length === PUBLIC_BLOB_LENGTH ? blob : null;
}

/**
 * Makes an Ed25519 key. One in 256 of those that ssh2 1.17 makes is broken, since it drops leading zero octets of
 * the public half (`parseDERs` in its keygen.js); those are thrown away and made again.
 */
export function makeKey(comment: string, passphrase?: string): string {
  const options =
    passphrase === undefined
      ? { comment }
      : { comment, passphrase, cipher: 'aes256-ctr', rounds: BCRYPT_ROUNDS };
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519', options).private;
    if (parsePrivate(key, passphrase) !== null) return key;
  }
}

/** Reads a file; null when there is none. */
async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a file that only its owner may read; whoever reads it meanwhile sees the old one or the new one, whole. */
async function writePrivately(path: string, content: string): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, path);
}

function parseRecord(text: string): z.infer<typeof RECORD> | null {
  try {
    return RECORD.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

type ClientKey = Omit<PracticeKeys, 'hostKey'>;

async function findClientKey(keyPath: string, recordPath: string): Promise<ClientKey | null> {
  const [key, text] = await Promise.all([readIfThere(keyPath), readIfThere(recordPath)]);
  const record = text === null ? null : parseRecord(text);
  if (key === null || record === null) return null;
  const publicKey = parsePrivate(key, record.passphrase);
  if (publicKey === null) return null;
  return { keyPath, publicKey, passphrase: record.passphrase, madeAt: record.madeAt };
}

async function makeClientKey(
  keyPath: string,
  recordPath: string,
  madeAt: number,
): Promise<ClientKey> {
  const passphrase = readablePassphrase();
  await writePrivately(keyPath, makeKey('Mailmole practice key', passphrase));
  const record: z.infer<typeof RECORD> = { version: 1, about: ABOUT, passphrase, madeAt };
  await writePrivately(recordPath, `${JSON.stringify(record, null, 2)}\n`);
  const made = await findClientKey(keyPath, recordPath);
  if (made === null) throw new Error(`${keyPath} cannot be read back`);
  return made;
}

async function hostKeyAt(path: string): Promise<string> {
  const kept = await readIfThere(path);
  if (kept !== null && parsePrivate(kept) !== null) return kept;
  const made = makeKey('Mailmole practice server');
  await writePrivately(path, made);
  return made;
}

/**
 * Finds the practice mailbox's keys in its folder, or makes those that are missing or do not fit together: there is
 * nothing in them to lose. The folder and all in it are readable by their owner only.
 *
 * @param folder absolute path; made when it is missing.
 * @param now milliseconds since 1970.
 * @throws Node's file errors.
 */
export async function ensurePracticeKeys(folder: string, now: number): Promise<PracticeKeys> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keyPath = join(folder, 'practice_key');
  const recordPath = join(folder, 'practice.json');
  const client =
    (await findClientKey(keyPath, recordPath)) ?? (await makeClientKey(keyPath, recordPath, now));
  return { ...client, hostKey: await hostKeyAt(join(folder, 'practice_host_key')) };
}

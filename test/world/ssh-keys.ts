import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { needProgram } from './child.ts';
import { makeWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

const run = promisify(execFile);

export const KEY_TYPES = [
  'ed25519',
  'ecdsa-256',
  'ecdsa-384',
  'ecdsa-521',
  'rsa-2048',
  'rsa-3072',
] as const;
export type KeyType = (typeof KEY_TYPES)[number];

export const KEY_FORMS = ['openssh', 'pem', 'pkcs8'] as const;
/** The file forms in use: OpenSSH's own, traditional PEM ("RSA PRIVATE KEY") and PKCS#8. */
export type KeyForm = (typeof KEY_FORMS)[number];

/** A passphrase that catches programs which cut at a space or forget UTF-8. */
export const PASSPHRASE = 'correct horse ü';

/** bcrypt rounds for keys where the number is not the point; ssh-keygen's own default is 16. */
const FAST_ROUNDS = 4;

export interface KeyRequest {
  readonly type: KeyType;
  /** Default `openssh`. Traditional PEM has no Ed25519. */
  readonly form?: KeyForm;
  /** Default none. */
  readonly passphrase?: string | null;
  /** bcrypt rounds of an encrypted key in OpenSSH's form, default 4; 200 takes a good second to open. */
  readonly rounds?: number;
  /** OpenSSH's cipher for its own form, such as `chacha20-poly1305@openssh.com`; default `aes256-ctr`. */
  readonly cipher?: string;
  /** Same name, type: same key, in whatever form. Another name gives another key. Default `main`. */
  readonly name?: string;
}

export interface TestKey {
  readonly type: KeyType;
  readonly form: KeyForm;
  readonly passphrase: string | null;
  /** The whole text of the private key file. */
  readonly privateKey: string;
  /** One line as in `authorized_keys`: type, base64, comment. */
  readonly publicKey: string;
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly fingerprint: string;
}

const cache = new Map<string, Promise<TestKey>>();

/**
 * Makes a key with the real ssh-keygen and openssl, or returns the one made before for the same
 * request. All forms of one name and type are the same key.
 * @throws Error for Ed25519 in traditional PEM, which does not exist.
 */
export function makeKey(request: KeyRequest): Promise<TestKey> {
  const { type, form = 'openssh', passphrase = null, rounds = FAST_ROUNDS } = request;
  const { cipher = 'aes256-ctr', name = 'main' } = request;
  const full = { type, form, passphrase, rounds, cipher, name };
  const id = JSON.stringify(full);
  let key = cache.get(id);
  if (key === undefined) {
    const plain = form === 'openssh' && passphrase === null && rounds === FAST_ROUNDS;
    key = plain ? generate(type, name) : convert(full);
    cache.set(id, key);
  }
  return key;
}

/** Every type in every form it has, with and without the passphrase. */
export function everyKey(): KeyRequest[] {
  return KEY_TYPES.flatMap((type) =>
    KEY_FORMS.filter((form) => form !== 'pem' || type !== 'ed25519').flatMap((form) =>
      [null, PASSPHRASE].map((passphrase) => ({ type, form, passphrase })),
    ),
  );
}

/** Writes the private key (0600) and its `.pub` file beside it; returns the private key's path. */
export async function writeKey(folder: WorldFolder, key: TestKey, name: string): Promise<string> {
  await folder.write(`${name}.pub`, `${key.publicKey}\n`, 0o644);
  return folder.write(name, key.privateKey);
}

/** Runs `work` with a folder that is gone afterwards, so that no key file outlives its making. */
async function inScratch<T>(work: (folder: WorldFolder) => Promise<T>): Promise<T> {
  const folder = await makeWorldFolder('keys');
  await chmod(folder.path, 0o700);
  try {
    return await work(folder);
  } finally {
    await folder.remove();
  }
}

function keygen(...args: readonly string[]): Promise<{ stdout: string }> {
  return run(needProgram('ssh-keygen', 'openssh-client'), args);
}

function generate(type: KeyType, name: string): Promise<TestKey> {
  return inScratch(async (folder) => {
    const file = folder.file('key');
    const [kind = type, bits] = type.split('-');
    const size = bits === undefined ? [] : ['-b', bits];
    await keygen('-q', '-t', kind, ...size, '-N', '', '-C', `${name}@example.test`, '-f', file);
    const { stdout } = await keygen('-l', '-f', file);
    return {
      type,
      form: 'openssh',
      passphrase: null,
      privateKey: await readFile(file, 'utf8'),
      publicKey: (await readFile(`${file}.pub`, 'utf8')).trim(),
      fingerprint: /SHA256:\S+/.exec(stdout)?.[0] ?? '',
    };
  });
}

async function convert(request: Required<KeyRequest>): Promise<TestKey> {
  const { type, form, passphrase, name } = request;
  if (form === 'pem' && type === 'ed25519') throw new Error('traditional PEM has no Ed25519');
  const plain = await makeKey({ type, name });
  const privateKey = await inScratch(async (folder) => {
    const file = await folder.write('key', plain.privateKey);
    if (form === 'pkcs8') return toPkcs8(file, type, passphrase);
    const how =
      form === 'pem' ? ['-m', 'PEM'] : ['-a', String(request.rounds), '-Z', request.cipher];
    await keygen('-q', '-p', '-P', '', '-N', passphrase ?? '', ...how, '-f', file);
    return readFile(file, 'utf8');
  });
  return { ...plain, form, passphrase, privateKey };
}

/** PKCS#8 by openssl, as an administrator would make it; openssl reads no Ed25519 in OpenSSH's form. */
async function toPkcs8(file: string, type: KeyType, passphrase: string | null): Promise<string> {
  if (type === 'ed25519') {
    await writeFile(file, ed25519ToPkcs8(await readFile(file, 'utf8')));
  } else {
    await keygen('-q', '-p', '-P', '', '-N', '', '-m', 'PEM', '-f', file);
  }
  const how = passphrase === null ? ['-nocrypt'] : ['-v2', 'aes-256-cbc', '-passout', 'env:PHRASE'];
  const openssl = needProgram('openssl', 'openssl');
  const { stdout } = await run(openssl, ['pkcs8', '-topk8', '-in', file, ...how], {
    env: { ...process.env, ...(passphrase === null ? {} : { PHRASE: passphrase }) },
  });
  await rm(file);
  return stdout;
}

/** Takes the seed out of an unencrypted OpenSSH file (PROTOCOL.key) and has Node write PKCS#8. */
function ed25519ToPkcs8(openssh: string): string {
  const body = Buffer.from(openssh.replace(/-----.*?-----/g, ''), 'base64');
  // The private part ends: string public key (32), string seed‖public key (64), comment, padding.
  const header = Buffer.from('0000000b7373682d6564323535313900000020', 'hex');
  const start = body.lastIndexOf(header) + header.length + 32 + 4;
  const seed = body.subarray(start, start + 32);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

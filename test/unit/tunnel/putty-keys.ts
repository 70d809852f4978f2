import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { needProgram } from '../../world/child';
import { makeWorldFolder } from '../../world/world-folder';

const run = promisify(execFile);

/** puttygen's arguments for each type that can be opened. */
export const PUTTY_TYPES = {
  ed25519: ['-t', 'ed25519'],
  'ecdsa-256': ['-t', 'ecdsa', '-b', '256'],
  'ecdsa-384': ['-t', 'ecdsa', '-b', '384'],
  'ecdsa-521': ['-t', 'ecdsa', '-b', '521'],
  'rsa-2048': ['-t', 'rsa', '-b', '2048'],
} as const;
export type PuttyType = keyof typeof PUTTY_TYPES;

export interface PuttyRequest {
  /** One of `PUTTY_TYPES`, or arguments that generate something else. */
  readonly type: PuttyType | readonly string[];
  readonly version?: 2 | 3;
  /** As bytes, to choose its encoding; default none. */
  readonly passphrase?: string | Buffer | null;
  readonly comment?: string;
  /** More of `--ppk-param`; default one pass over 1 MB, which is quick. */
  readonly argon2?: string;
}

export interface PuttyKey {
  readonly file: Buffer;
  /** As in `authorized_keys`, made by puttygen. */
  readonly publicLine: string;
}

const generated = new Map<string, Promise<string>>();

/** A key file by the real puttygen. Same type, same key, in whatever version and with whatever passphrase. */
export async function puttyKey(request: PuttyRequest): Promise<PuttyKey> {
  const { type, version = 3, passphrase = null, comment = 'a comment' } = request;
  const { argon2 = 'memory=1024,passes=1' } = request;
  const generate = typeof type === 'string' ? PUTTY_TYPES[type] : type;
  const id = generate.join(' ');
  let plain = generated.get(id);
  if (plain === undefined) generated.set(id, (plain = generateKey(generate)));
  return inScratch(async (folder) => {
    const from = await folder.write('from', await plain);
    const phrase = await folder.write('phrase', passphrase ?? '');
    const to = folder.file('to');
    const parameters = `version=${version}${version === 3 ? `,${argon2}` : ''}`;
    const form = ['--ppk-param', parameters, '--new-passphrase', phrase];
    await puttygen(from, '-O', 'private', '-o', to, '-C', comment, ...form);
    const { stdout } = await puttygen(from, '-L');
    return { file: await readFile(to), publicLine: stdout.trim() };
  });
}

function generateKey(how: readonly string[]): Promise<string> {
  return inScratch(async (folder) => {
    const none = await folder.write('none', '');
    const file = folder.file('key');
    await puttygen('-q', ...how, '-o', file, '--new-passphrase', none);
    return readFile(file, 'latin1');
  });
}

type Folder = Awaited<ReturnType<typeof makeWorldFolder>>;

async function inScratch<T>(work: (folder: Folder) => Promise<T>): Promise<T> {
  const folder = await makeWorldFolder('putty');
  try {
    return await work(folder);
  } finally {
    await folder.remove();
  }
}

function puttygen(...args: readonly string[]): Promise<{ stdout: string }> {
  return run(needProgram('puttygen', 'putty-tools'), args);
}

/** A field as SSH writes it. */
export function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A version 3 file without encryption, by hand: whatever its blobs hold, its checksum fits. In Latin-1. */
export function writePpk(
  algorithm: string,
  publicBlob: Buffer,
  privateBlob: Buffer,
  comment = Buffer.from('by hand'),
): string {
  const parts = [algorithm, 'none', comment, publicBlob, privateBlob];
  const mac = createHmac('sha256', '')
    .update(Buffer.concat(parts.map(field)))
    .digest('hex');
  const lines = (name: string, blob: Buffer) => {
    const rows = blob.toString('base64').match(/.{1,64}/g) ?? [];
    return [`${name}-Lines: ${rows.length}`, ...rows];
  };
  return [
    `PuTTY-User-Key-File-3: ${algorithm}`,
    'Encryption: none',
    `Comment: ${comment.toString('latin1')}`,
    ...lines('Public', publicBlob),
    ...lines('Private', privateBlob),
    `Private-MAC: ${mac}`,
    '',
  ].join('\n');
}

import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/secrets/secret';
import { generateKey } from '../../../electron/tunnel/key-generation';
import { makeKey } from '../../../electron/tunnel/key-maker';
import { KeyOpener, readKeyFile } from '../../../electron/tunnel/key-opener';
import { toTunnelError } from '../../../electron/tunnel/tunnel-failure';
import { needProgram } from '../../world/child';
import { PASSPHRASE } from '../../world/ssh-keys';
import { isRoot } from '../../world/test-account';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { buildKeyWorker } from './key-worker-build';

let folder: WorldFolder;
let worker: URL;
beforeAll(async () => {
  folder = await makeWorldFolder('key-maker');
  worker = await buildKeyWorker(folder);
});
afterAll(() => folder.remove());

const make = (path: string, passphrase: string | null, comment = 'mail@laptop') =>
  makeKey(path, passphrase === null ? null : new Secret(passphrase), { worker, comment });

const trouble = (making: Promise<unknown>) =>
  making.then(() => 'made', toTunnelError) as Promise<unknown>;

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** The public half by the judgement of OpenSSH itself. */
const publicHalf = (path: string, passphrase: string) =>
  execFileSync(needProgram('ssh-keygen', 'openssh-client'), ['-y', '-P', passphrase, '-f', path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

describe('a new key', () => {
  it.each([
    ['with a passphrase', 'locked', PASSPHRASE],
    ['without one', 'plain', null],
  ])('%s is one that OpenSSH reads', async (_what, name, passphrase) => {
    const path = folder.file('new', 'folder', name);
    const made = await make(path, passphrase);
    expect(publicHalf(path, passphrase ?? '')).toBe(made.publicKey);
    expect(made.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68} mail@laptop$/);
    expect(await readFile(`${path}.pub`, 'utf8')).toBe(`${made.publicKey}\n`);
    const keygen = needProgram('ssh-keygen', 'openssh-client');
    const listed = execFileSync(keygen, ['-l', '-f', path], { encoding: 'utf8' });
    expect(listed).toBe(`256 ${made.fingerprint} mail@laptop (ED25519)\n`);
    expect([await mode(path), await mode(`${path}.pub`)]).toEqual(['600', '644']);
    expect(await mode(folder.file('new'))).toBe('700');
    const file = await readKeyFile(path);
    expect(file.encrypted).toBe(passphrase !== null);
    expect(await new KeyOpener(worker).open(file, passphrase)).toMatchObject({ kind: 'opened' });
    if (passphrase !== null)
      expect(() => publicHalf(path, 'wrong')).toThrow('incorrect passphrase');
  });

  it('costs a guesser as many rounds as a key of today', () => {
    const { privateKey } = generateKey({ make: 'ed25519', comment: '', passphrase: PASSPHRASE });
    const bytes = Buffer.from(privateKey.replace(/-----.*?-----/g, ''), 'base64');
    const kdf = bytes.indexOf('bcrypt') + 'bcrypt'.length;
    // The length of the options, that of the salt, the salt, the rounds (PROTOCOL.key).
    const salt = bytes.readUInt32BE(kdf + 4);
    expect(salt).toBeGreaterThanOrEqual(16);
    expect(bytes.readUInt32BE(kdf + 8 + salt)).toBeGreaterThanOrEqual(16);
    expect(bytes.includes('aes256-ctr')).toBe(true);
  });

  it('is made without stalling whoever waits for it', async () => {
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    await make(folder.file('beside'), PASSPHRASE);
    clearInterval(turning);
    // Done on this thread it would take a handful of turns, the longest of them most of a second.
    expect(turns).toBeGreaterThan(20);
  });

  it('has a comment of one line', async () => {
    const made = await make(folder.file('comment'), null, ' a\nb\0\tü ');
    expect(made.publicKey.split(' ').slice(2).join(' ')).toBe('a b ü');
    expect(publicHalf(folder.file('comment'), '')).toBe(made.publicKey);
  });

  it('is whole, also where its public half begins with zeros', () => {
    // One in 256 begins so; in 2,000 there are none once in 2,500 runs, and even then this holds.
    const blobs = Array.from({ length: 2_000 }, () => {
      const { publicKey } = generateKey({ make: 'ed25519', comment: '', passphrase: null });
      return Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
    });
    expect(blobs.filter((blob) => blob.length !== 51)).toEqual([]);
  });
});

describe('a key that cannot be made', () => {
  it('writes over nothing, and leaves no half behind', async () => {
    const path = folder.file('taken');
    await folder.write('taken', 'mine');
    expect(await trouble(make(path, null))).toMatchObject({
      kind: 'key-not-made',
      why: 'exists',
      path,
    });
    expect(await readFile(path, 'utf8')).toBe('mine');
    await folder.write('half.pub', 'mine too');
    expect(await trouble(make(folder.file('half'), null))).toMatchObject({ why: 'exists' });
    expect(await readFile(folder.file('half.pub'), 'utf8')).toBe('mine too');
    const left = await readdir(folder.path);
    expect(left).not.toContain('half');
    expect(left).not.toContain('taken.pub');
  });

  it('is named where the folder is none, or is locked', async () => {
    await folder.write('file', '');
    const error = { kind: 'key-not-made', why: 'not-written' };
    expect(await trouble(make(folder.file('file', 'key'), null))).toMatchObject(error);
    if (isRoot()) return;
    await mkdir(folder.file('locked-folder'));
    await chmod(folder.file('locked-folder'), 0o500);
    expect(await trouble(make(folder.file('locked-folder', 'key'), null))).toMatchObject(error);
  });

  it('is named where the passphrase is empty, or the worker is gone', async () => {
    const path = folder.file('never');
    expect(await trouble(make(path, ''))).toMatchObject({ detail: 'the passphrase is empty' });
    const broken = new URL('not-there.mjs', worker);
    const error = await trouble(makeKey(path, null, { worker: broken, comment: '' }));
    expect(error).toMatchObject({ kind: 'key-not-made', why: 'not-written' });
    expect(await readdir(folder.path)).not.toContain('never');
  });
});

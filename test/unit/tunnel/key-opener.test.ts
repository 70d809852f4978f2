import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyOpener, readKeyFile } from '../../../electron/tunnel/key-opener';
import { parsePpk } from '../../../electron/tunnel/ppk-file';
import { publicHalf } from '../../../electron/tunnel/private-key';
import { PASSPHRASE, makeKey, writeKey, type KeyRequest } from '../../world/ssh-keys';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { buildKeyWorker } from './key-worker-build';
import { puttyKey, writePpk } from './putty-keys';

let folder: WorldFolder;
let worker: URL;
beforeAll(async () => {
  folder = await makeWorldFolder('key-opener');
  worker = await buildKeyWorker(folder);
});
afterAll(() => folder.remove());

const LOCKED: readonly KeyRequest[] = [
  { type: 'ed25519', form: 'openssh', passphrase: PASSPHRASE },
  { type: 'ecdsa-256', form: 'pem', passphrase: PASSPHRASE },
  { type: 'rsa-2048', form: 'pkcs8', passphrase: PASSPHRASE },
];

describe('a key file', () => {
  it.each(LOCKED)('of $type as $form is read without its passphrase', async (request) => {
    const key = await makeKey(request);
    const path = await writeKey(folder, key, `read-${request.type}`);
    const file = await readKeyFile(path);
    expect(file).toMatchObject({ path, encrypted: true });
    expect(file.bytes.toString()).toBe(key.privateKey);
    // In PEM and PKCS#8 the public half comes from the file beside it.
    expect(file.publicKey?.toString('base64')).toBe(key.publicKey.split(' ')[1]);
    await rm(`${path}.pub`);
    const alone = await readKeyFile(path);
    expect(alone.publicKey === null).toBe(request.form !== 'openssh');
    await folder.write(`read-${request.type}.pub`, 'rubbish');
    expect((await readKeyFile(path)).publicKey).toEqual(alone.publicKey);
  });

  it('has a name of its own for every content', async () => {
    const one = await folder.write('one', (await makeKey({ type: 'ed25519' })).privateKey);
    const two = await folder.write('two', (await makeKey({ type: 'ed25519' })).privateKey);
    const other = await folder.write(
      'x',
      (await makeKey({ type: 'ed25519', name: 'x' })).privateKey,
    );
    const hashes = await Promise.all(
      [one, two, other].map(async (p) => (await readKeyFile(p)).hash),
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('that is of no use is named, with its path', async () => {
    const huge = await folder.write('huge', Buffer.alloc(256 * 1024 + 1, 'x'));
    const binary = await folder.write('binary', Buffer.from([0, 255, 1, 254]));
    const empty = await folder.write('empty', '');
    const { publicKey } = await makeKey({ type: 'ed25519' });
    const pub = await folder.write('id.pub', publicKey);
    const directory = folder.file('directory');
    await mkdir(directory);
    const fifo = folder.file('fifo');
    execFileSync('mkfifo', [fifo]);
    const rows: readonly [string, string][] = [
      [folder.file('nowhere'), 'missing'],
      [folder.file('empty', 'below-a-file'), 'unreadable'],
      [directory, 'not-a-key'],
      [fifo, 'not-a-key'],
      ['/dev/zero', 'not-a-key'],
      [huge, 'not-a-key'],
      [binary, 'not-a-key'],
      [empty, 'not-a-key'],
      [pub, 'public-key'],
    ];
    for (const [path, why] of rows)
      await expect(readKeyFile(path), path).rejects.toMatchObject({
        error: { kind: 'key-unusable', path, why },
      });
  });

  it.skipIf(process.getuid?.() === 0)('that may not be read is named so', async () => {
    const path = await folder.write('secret', 'x');
    await chmod(path, 0);
    await expect(readKeyFile(path)).rejects.toMatchObject({ error: { why: 'unreadable' } });
  });
});

describe('opening a key', () => {
  it.each(LOCKED)('of $type as $form in a worker', async (request) => {
    const key = await makeKey(request);
    const file = await readKeyFile(await writeKey(folder, key, `open-${request.type}`));
    const opener = new KeyOpener(worker);
    const opened = await opener.open(file, PASSPHRASE);
    if (opened.kind !== 'opened') throw new Error(opened.detail);
    expect(publicHalf(opened.pem).toString('base64')).toBe(key.publicKey.split(' ')[1]);
    expect(await opener.open(file, 'wrong')).toMatchObject({ why: 'wrong-passphrase' });
    expect(await opener.open(file, '')).toMatchObject({ why: 'wrong-passphrase' });
  });

  it('leaves this thread free while a passphrase is turned into a key', async () => {
    const key = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE, rounds: 64 });
    const file = await readKeyFile(await writeKey(folder, key, 'slow'));
    let turns = 0;
    let isOpen = false;
    const turn = () => {
      turns++;
      if (!isOpen) setTimeout(turn, 1);
    };
    turn();
    const opened = await new KeyOpener(worker).open(file, PASSPHRASE);
    isOpen = true;
    expect(opened.kind).toBe('opened');
    // Done on this thread it would take a handful of turns, the longest of them most of a second.
    expect(turns).toBeGreaterThan(20);
  });

  it('many at once gives each its own', async () => {
    const opener = new KeyOpener(worker);
    const files = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const key = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE, name });
        return [await readKeyFile(await writeKey(folder, key, `many-${name}`)), key] as const;
      }),
    );
    const opened = await Promise.all(files.map(([file]) => opener.open(file, PASSPHRASE)));
    for (const [i, one] of opened.entries())
      expect(one.kind === 'opened' && publicHalf(one.pem).toString('base64')).toBe(
        files[i]?.[1].publicKey.split(' ')[1],
      );
  });

  it.each([2, 3] as const)("of PuTTY's in version %i in a worker", async (version) => {
    const made = await puttyKey({ type: 'rsa-2048', version, passphrase: PASSPHRASE });
    const file = await readKeyFile(await folder.write(`id-${version}.ppk`, made.file));
    expect(file.encrypted).toBe(true);
    expect(file.publicKey?.toString('base64')).toBe(made.publicLine.split(' ')[1]);
    const opener = new KeyOpener(worker);
    const opened = await opener.open(file, PASSPHRASE);
    if (opened.kind !== 'opened') throw new Error(opened.detail);
    expect(publicHalf(opened.pem)).toEqual(file.publicKey);
    expect(await opener.open(file, 'wrong')).toMatchObject({ why: 'wrong-passphrase' });
  });

  it("of PuTTY's whose comment is no UTF-8, and which counts byte for byte", async () => {
    const { algorithm, publicBlob, privateBlob } = parsePpk(
      (await puttyKey({ type: 'ed25519' })).file,
    );
    const text = writePpk(algorithm, publicBlob, privateBlob, Buffer.from('Büro', 'latin1'));
    const open = async (name: string, encoding: 'latin1' | 'utf8') => {
      const path = await folder.write(name, Buffer.from(text, encoding));
      return new KeyOpener(worker).open(await readKeyFile(path), null);
    };
    expect(await open('western.ppk', 'latin1')).toMatchObject({ kind: 'opened' });
    expect(await open('another.ppk', 'utf8')).toMatchObject({ why: 'damaged' });
  });

  it('without a passphrase needs no worker', async () => {
    const key = await makeKey({ type: 'ed25519' });
    const file = await readKeyFile(await writeKey(folder, key, 'plain'));
    const nowhere = new KeyOpener(pathToFileURL(folder.file('no-worker.mjs')));
    expect((await nowhere.open(file, null)).kind).toBe('opened');
    expect((await nowhere.open(file, 'needless')).kind).toBe('opened');
  });

  it('with a broken worker ends in a reason that does not hold the passphrase', async () => {
    const key = await makeKey(LOCKED[0] ?? { type: 'ed25519' });
    const file = await readKeyFile(await writeKey(folder, key, 'broken'));
    for (const script of ['throw new Error("no");', 'process.exit(1);', 'syntax error']) {
      const url = pathToFileURL(await folder.write('broken.mjs', script));
      const opened = await new KeyOpener(url).open(file, PASSPHRASE);
      expect(opened).toMatchObject({ kind: 'unusable', why: 'unsupported' });
      expect(JSON.stringify(opened)).not.toContain(PASSPHRASE);
    }
  });
});

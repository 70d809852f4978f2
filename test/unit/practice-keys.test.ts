import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensurePracticeKeys, makeKey } from '../../electron/practice/practice-keys';
import { readablePassphrase } from '../../electron/practice/passphrase-words';
import { parseFromHost, parseToHost } from '../../electron/practice/practice-protocol';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mailmole-practice-'));
  folder = join(parent, 'deep', 'practice');
});
afterEach(() => rm(parent, { recursive: true }));

describe('the practice keys', () => {
  test('are made once, private, and fit together', async () => {
    const keys = await ensurePracticeKeys(folder, 1000);
    const file = await readFile(keys.keyPath, 'utf8');
    expect(file).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    expect(ssh2.utils.parseKey(file)).toBeInstanceOf(Error);
    const key = ssh2.utils.parseKey(file, keys.passphrase);
    if (key instanceof Error) throw key;
    expect(key.getPublicSSH().equals(keys.publicKey)).toBe(true);
    expect(keys.madeAt).toBe(1000);

    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const names = await readdir(folder);
    expect(names.sort()).toEqual(['practice.json', 'practice_host_key', 'practice_key']);
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);

    expect(await ensurePracticeKeys(folder, 2000)).toEqual(keys);
  });

  test.each([
    ['the key', 'practice_key'],
    ['the passphrase', 'practice.json'],
  ])(
    'are made again when %s is gone, cut or another one; the server stays the same',
    async (_what, name) => {
      const first = await ensurePracticeKeys(folder, 1000);
      const path = join(folder, name);
      const other = join(parent, 'other');
      await ensurePracticeKeys(other, 1000);
      const foreign = await readFile(join(other, name));
      for (const broken of [null, Buffer.from('{"version":1'), foreign]) {
        if (broken === null) await rm(path);
        else await writeFile(path, broken);
        const next = await ensurePracticeKeys(folder, 2000);
        expect(next.publicKey.equals(first.publicKey)).toBe(false);
        expect(next.hostKey).toBe(first.hostKey);
        expect(await ensurePracticeKeys(folder, 3000)).toEqual(next);
      }
    },
  );

  test('a broken host key is made again', async () => {
    const first = await ensurePracticeKeys(folder, 1000);
    await writeFile(join(folder, 'practice_host_key'), first.hostKey.slice(0, 100));
    const next = await ensurePracticeKeys(folder, 2000);
    expect(next.hostKey).not.toBe(first.hostKey);
    expect(next.publicKey.equals(first.publicKey)).toBe(true);
  });

  test('cannot be made where a file is in the way', async () => {
    await writeFile(join(parent, 'deep'), '');
    await expect(ensurePracticeKeys(folder, 1000)).rejects.toThrow(/ENOTDIR|EEXIST/);
  });

  test('are never among the one in 256 that ssh2 spoils', () => {
    // In 1,200 there are five such on average, and none in one run of a hundred.
    for (let made = 0; made < 1200; made += 1) {
      const key = ssh2.utils.parseKey(makeKey('test'));
      if (key instanceof Error) throw key;
      const signature = key.sign(Buffer.from('x'));
      expect(key.verify(Buffer.from('x'), signature)).toBe(true);
    }
  });

  test('have passphrases that can be read aloud', () => {
    const phrases = new Set(Array.from({ length: 200 }, readablePassphrase));
    expect(phrases.size).toBe(200);
    for (const phrase of phrases) expect(phrase).toMatch(/^([a-z]+-){3}[a-z]+$/);
  });
});

describe('messages between the two processes', () => {
  const start = { kind: 'start', folder: '/x', ports: { ssh: 0, pop3: 0 }, otherPortsWillDo: true };
  const ready = {
    kind: 'ready',
    sshPort: 1,
    pop3Port: 65_535,
    user: 'mole',
    keyPath: '/x',
    passphrase: 'x',
  };

  test('pass when they are right', () => {
    expect(parseToHost(start)).toEqual(start);
    expect(parseToHost({ kind: 'stop' })).toEqual({ kind: 'stop' });
    expect(parseFromHost(ready)).toEqual(ready);
  });

  test.each([
    null,
    'stop',
    {},
    { ...start, ports: { ssh: -1, pop3: 0 } },
    { ...start, folder: '' },
  ])('to the host: %j is none', (message) => expect(parseToHost(message)).toBeNull());

  test.each([null, {}, start, { ...ready, sshPort: 0 }, { ...ready, pop3Port: 65_536 }])(
    'from the host: %j is none',
    (message) => expect(parseFromHost(message)).toBeNull(),
  );
});

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectPpk, openPpk } from '../../../electron/tunnel/ppk';
import type { OpenedKey } from '../../../electron/tunnel/private-key';
import { leftBehind } from '../../world/left-behind';
import { field, PUTTY_TYPES, puttyKey, writePpk, type PuttyType } from './putty-keys';

const PASSPHRASE = 'correct horse ü';
const types = Object.keys(PUTTY_TYPES) as PuttyType[];
const versions = [2, 3] as const;
const phrases = [null, PASSPHRASE];

afterAll(() => expect(leftBehind()).toEqual([]));

function parsed(text: string) {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

function pemOf(opened: OpenedKey): string {
  if (opened.kind === 'unusable') throw new Error(`${opened.why}: ${opened.detail}`);
  return opened.pem;
}

/** Why a key cannot be used, in one line. */
async function trouble(file: string | Buffer, passphrase: string | null = null): Promise<string> {
  const opened = await openPpk(file, passphrase);
  return opened.kind === 'unusable' ? `${opened.why}: ${opened.detail}` : opened.kind;
}

/** The file with one line put in the place of another. */
function changed(file: Buffer, line: RegExp, to: string): string {
  const text = file.toString('latin1');
  const after = text.replace(line, to);
  if (after === text) throw new Error(`no ${line.source} in the file`);
  return after;
}

describe.each(types)('a %s key', (type) => {
  const cases = versions.flatMap((version) => phrases.map((phrase) => ({ version, phrase })));

  it.each(cases)('of puttygen is the same key: %j', async ({ version, phrase }) => {
    const { file, publicLine } = await puttyKey({ type, version, passphrase: phrase });
    expect(file.toString('latin1')).toContain(`PuTTY-User-Key-File-${version}: `);
    const publicKey = parsed(publicLine);
    expect(inspectPpk(file)).toEqual({
      kind: 'private',
      encrypted: phrase !== null,
      publicKey: publicKey.getPublicSSH(),
    });
    const key = parsed(pemOf(await openPpk(file, phrase)));
    expect(key.isPrivateKey()).toBe(true);
    expect(key.getPublicSSH()).toEqual(publicKey.getPublicSSH());
    const data = Buffer.from('proof');
    expect(publicKey.verify(data, key.sign(data))).toBe(true);
  });

  it.each(versions)('tells a wrong passphrase and none, version %i', async (version) => {
    const { file } = await puttyKey({ type, version, passphrase: PASSPHRASE });
    for (const wrong of ['wrong', `${PASSPHRASE} `, '', null])
      expect(await trouble(file, wrong)).toMatch(/^wrong-passphrase: /);
  });

  it.each(versions)('needs no passphrase when it has none, version %i', async (version) => {
    const { file } = await puttyKey({ type, version });
    expect((await openPpk(file, 'one too many')).kind).toBe('opened');
  });
});

describe('passphrases and comments', () => {
  it.each(['argon2id', 'argon2i', 'argon2d'])('%s, with many passes and threads', async (kdf) => {
    const argon2 = `kdf=${kdf},memory=2048,passes=3,parallelism=4`;
    const { file } = await puttyKey({ type: 'ed25519', passphrase: PASSPHRASE, argon2 });
    expect(file.toString()).toContain(kdf.slice(1));
    expect((await openPpk(file, PASSPHRASE)).kind).toBe('opened');
  });

  it("PuTTY's own choice of Argon2", async () => {
    const argon2 = 'time=100';
    const { file } = await puttyKey({ type: 'ed25519', passphrase: PASSPHRASE, argon2 });
    expect(file.toString()).toContain('Argon2-Memory: 8192');
    expect((await openPpk(file, PASSPHRASE)).kind).toBe('opened');
  });

  it.each(versions)('a passphrase in the Western code page, version %i', async (version) => {
    const passphrase = Buffer.from(PASSPHRASE, 'latin1');
    const { file } = await puttyKey({ type: 'ed25519', version, passphrase });
    expect((await openPpk(file, PASSPHRASE)).kind).toBe('opened');
    expect(await trouble(file, 'wörng')).toMatch(/^wrong-passphrase/);
  });

  it('a comment in another encoding, when the file comes as bytes; one in UTF-8 in any case', async () => {
    const { file } = await puttyKey({ type: 'ed25519', comment: 'Büro' });
    expect((await openPpk(file, null)).kind).toBe('opened');
    expect((await openPpk(file.toString(), null)).kind).toBe('opened');
    const parts = file.toString('latin1').split('\n');
    expect(parts[2]).toBe(`Comment: ${Buffer.from('Büro').toString('latin1')}`);
  });

  it.each(['\r\n', '\r'])('lines ended by %j', async (end) => {
    const { file } = await puttyKey({ type: 'ecdsa-256', passphrase: PASSPHRASE });
    const text = file.toString().replaceAll('\n', end);
    expect((await openPpk(text, PASSPHRASE)).kind).toBe('opened');
  });
});

describe('what is not supported is named', () => {
  it.each([
    ['dsa', ['-t', 'dsa', '-b', '1024'], /^dsa: ssh-dss/],
    ['ed448', ['-t', 'ed448'], /^unsupported: ssh-ed448/],
  ])('%s', async (_, type, expected) => {
    const { file } = await puttyKey({ type });
    expect(await trouble(file)).toMatch(expected);
    expect(inspectPpk(file)).toMatchObject({ kind: 'unusable' });
  });

  it.each([
    [/^PuTTY.*$/m, 'PuTTY-User-Key-File-1: ssh-rsa', /^unsupported: .*version 1/],
    [/^PuTTY.*$/m, 'PuTTY-User-Key-File-4: ssh-rsa', /^unsupported: .*version 4/],
    [/: ssh-ed25519/, ': ssh-ed25519-cert-v01@openssh.com', /^certificate: /],
    [/: ssh-ed25519/, ': sk-ssh-ed25519@openssh.com', /^hardware-key: /],
    [/aes256-cbc/, 'aes256-ctr', /^unsupported: .*aes256-ctr/],
    [/Argon2id/, 'Argon3', /^unsupported: .*Argon3/],
    [/Memory: \d+/, 'Memory: 999999999', /^unsupported: .*999999999 KiB/],
    [/Memory: \d+/, 'Memory: 262145', /^unsupported: .*Argon2/],
    [/Passes: \d+/, 'Passes: 999999999', /^unsupported: .*Argon2/],
    [/Parallelism: \d+/, 'Parallelism: 128', /^wrong-passphrase: /],
    [/Memory: \d+/, 'Memory: 7', /^damaged: .*impossible/],
    [/Memory: \d+/, 'Memory: 99999999999999999999', /^damaged: .*no number/],
    [/Passes: \d+/, 'Passes: 0', /^damaged: .*impossible/],
    [/Parallelism: \d+/, 'Parallelism: 0', /^damaged: .*impossible/],
    [/Salt: .*/, 'Salt: 00', /^damaged: .*impossible/],
  ])('%s as %s', async (line, to, expected) => {
    const { file } = await puttyKey({ type: 'ed25519', passphrase: PASSPHRASE });
    expect(await trouble(changed(file, line, to), PASSPHRASE)).toMatch(expected);
  });

  it('more threads than make sense', async () => {
    const argon2 = 'memory=4096,passes=1';
    const { file } = await puttyKey({ type: 'ed25519', passphrase: PASSPHRASE, argon2 });
    const many = changed(file, /Parallelism: \d+/, 'Parallelism: 300');
    expect(await trouble(many, PASSPHRASE)).toMatch(/^unsupported: .*300 threads/);
    expect(inspectPpk(many)).toMatchObject({ kind: 'unusable', why: 'unsupported' });
  });

  it.each(['', 'PuTTY', 'ssh-ed25519 AAAA', 'x'.repeat(70_000)])(
    '%.20j is no key',
    async (text) => {
      expect(await trouble(text)).toMatch(/^not-a-key: /);
      expect(inspectPpk(text)).toMatchObject({ kind: 'unusable', why: 'not-a-key' });
    },
  );
});

describe('a damaged file', () => {
  const damaged = /^damaged: .*checksum/;

  it.each(versions)('is told from a wrong passphrase, version %i', async (version) => {
    const passphrase = PASSPHRASE;
    const { file } = await puttyKey({ type: 'rsa-2048', version, passphrase });
    const withComment = changed(file, /^Comment: .*$/m, 'Comment: another');
    expect(await trouble(withComment, PASSPHRASE)).toMatch(damaged);
    expect(await trouble(withComment, 'wrong')).toMatch(/^wrong-passphrase/);
    const withMac = changed(file, /^Private-MAC: ../m, 'Private-MAC: zz');
    expect(await trouble(withMac, PASSPHRASE)).toMatch(damaged);
    const short = changed(file, /^(Private-Lines: .*\n.*)....$/m, '$1');
    expect(await trouble(short, PASSPHRASE)).toMatch(/^damaged: .*cut off/);
    // The first block of the private half is noise, as it is under a wrong passphrase.
    const garbled = changed(file, /^(Private-Lines: .*\n)..../m, '$1AAAA');
    expect(await trouble(garbled, PASSPHRASE)).toMatch(/^wrong-passphrase/);
  });

  it.each(versions)('is found without a passphrase, too, version %i', async (version) => {
    const { file } = await puttyKey({ type: 'ed25519', version });
    for (const [line, to] of [
      [/^Comment: .*$/m, 'Comment: another'],
      [/^(Private-Lines: .*\n.{10})./m, '$1+'],
      [/^Private-MAC: .*$/m, 'Private-MAC: 00'],
    ] as const)
      expect(await trouble(changed(file, line, to))).toMatch(damaged);
  });

  describe('whatever is changed in it', () => {
    let text = '';
    let pem = '';
    beforeAll(async () => {
      const { file } = await puttyKey({ type: 'ed25519' });
      text = file.toString('latin1');
      pem = pemOf(await openPpk(file, null));
    });

    it('never throws, and never gives another key', async () => {
      const change = fc.record({
        at: fc.nat(),
        cut: fc.nat(80),
        put: fc.string({ maxLength: 3 }),
      });
      await fc.assert(
        fc.asyncProperty(change, async ({ at, cut, put }) => {
          const from = at % text.length;
          const after = text.slice(0, from) + put + text.slice(from + cut);
          inspectPpk(after);
          const opened = await openPpk(after, null);
          if (opened.kind === 'opened')
            expect(parsed(opened.pem).getPublicSSH()).toEqual(parsed(pem).getPublicSSH());
        }),
        { numRuns: 300 },
      );
    });
  });
});

describe('files that puttygen would not write', () => {
  const ed25519 = field('ssh-ed25519');

  it('zeros at the end of a seed may be left out', async () => {
    const seed = Buffer.concat([Buffer.alloc(31, 7), Buffer.alloc(1)]);
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const jwk = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
      format: 'jwk',
    });
    const publicBlob = Buffer.concat([ed25519, field(Buffer.from(jwk.x ?? '', 'base64url'))]);
    const whole = await openPpk(writePpk('ssh-ed25519', publicBlob, field(seed)), null);
    const short = writePpk('ssh-ed25519', publicBlob, field(seed.subarray(0, 31)));
    const opened = parsed(pemOf(await openPpk(short, null)));
    expect(opened.getPublicSSH()).toEqual(publicBlob);
    expect(parsed(pemOf(whole)).getPublicSSH()).toEqual(publicBlob);
  });

  it('halves of two keys are no key', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const publicBlob = Buffer.concat([ed25519, field(Buffer.from(x, 'base64url'))]);
    const file = writePpk('ssh-ed25519', publicBlob, field(Buffer.alloc(32, 7)));
    expect(await trouble(file)).toBe('damaged: the public half belongs to another key');
  });

  const one = field(Buffer.from([1]));
  it.each<[string, string, Buffer, Buffer]>([
    ['no numbers', 'ssh-rsa', field('ssh-rsa'), Buffer.alloc(0)],
    [
      'primes of one',
      'ssh-rsa',
      Buffer.concat([field('ssh-rsa'), one, one]),
      Buffer.concat([one, one, one, one]),
    ],
    [
      'empty numbers',
      'ssh-rsa',
      Buffer.concat([field('ssh-rsa'), field(''), field('')]),
      Buffer.alloc(16),
    ],
    [
      'an empty point',
      'ecdsa-sha2-nistp256',
      Buffer.concat([field('ecdsa-sha2-nistp256'), field('nistp256'), field('')]),
      one,
    ],
    ['another type', 'ssh-ed25519', Buffer.concat([field('ssh-rsa'), one, one]), one],
    ['a length beyond the end', 'ssh-ed25519', Buffer.from('ffffffff', 'hex'), one],
  ])('%s: no key either', async (_, algorithm, publicBlob, privateBlob) => {
    expect(await trouble(writePpk(algorithm, publicBlob, privateBlob))).toMatch(/^damaged: /);
  });
});

import { execFile } from 'node:child_process';
import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  verify,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectKey, openKey, publicHalf } from '../../../electron/tunnel/private-key';
import { needProgram } from '../../world/child';
import { PASSPHRASE, everyKey, makeKey, type KeyRequest, type TestKey } from '../../world/ssh-keys';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';

const run = promisify(execFile);
const keygen = needProgram('ssh-keygen', 'openssh-client');
let folder: WorldFolder;
beforeAll(async () => {
  folder = await makeWorldFolder('private-key');
});
afterAll(() => folder.remove());

function blobOf(key: TestKey): Buffer {
  return Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64');
}

/** The public half as Node's crypto knows it, by way of ssh-keygen where that can, by hand for Ed25519. */
async function nodeKey(key: TestKey, name: string): Promise<KeyObject> {
  if (key.type === 'ed25519') {
    const x = blobOf(key).subarray(-32).toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  }
  const file = await folder.write(`${name}.pub`, `${key.publicKey}\n`);
  const { stdout } = await run(keygen, ['-e', '-m', 'PKCS8', '-f', file]);
  return createPublicKey(stdout);
}

const HASHES: Readonly<Record<string, string | undefined>> = {
  'ecdsa-256': 'sha256',
  'ecdsa-384': 'sha384',
  'ecdsa-521': 'sha512',
  'rsa-2048': 'sha512',
  'rsa-3072': 'sha256',
};

describe('every key that ssh-keygen and openssl make', () => {
  const requests = everyKey().map((request): [string, KeyRequest] => [
    `${request.type} as ${request.form}${request.passphrase === null ? '' : ', encrypted'}`,
    request,
  ]);

  it.each(requests)('%s is looked at, opened, and signs', async (name, request) => {
    const key = await makeKey(request);
    const encrypted = request.passphrase !== null;
    const readable = !encrypted || request.form === 'openssh';
    expect(inspectKey(key.privateKey)).toEqual({
      kind: 'private',
      encrypted,
      publicKey: readable ? blobOf(key) : null,
    });

    const opened = openKey(key.privateKey, key.passphrase);
    if (opened.kind !== 'opened') throw new Error(`${opened.why}: ${opened.detail}`);
    expect(publicHalf(opened.pem).equals(blobOf(key))).toBe(true);

    const data = randomBytes(100);
    const parsed = ssh2.utils.parseKey(opened.pem);
    if (parsed instanceof Error) throw parsed;
    const hash = HASHES[key.type];
    const signature = parsed.sign(data, hash);
    if (!Buffer.isBuffer(signature)) throw new Error('no signature');
    const judge = await nodeKey(key, name.replaceAll(/\W/g, '-'));
    expect(verify(hash ?? null, data, judge, signature)).toBe(true);
    expect(verify(hash ?? null, randomBytes(100), judge, signature)).toBe(false);

    const file = await folder.write(`opened-${name.replaceAll(/\W/g, '-')}`, opened.pem);
    const { stdout } = await run(keygen, ['-y', '-P', '', '-f', file]);
    expect(stdout.split(' ')[1]?.trim()).toBe(blobOf(key).toString('base64'));
  });

  const locked = requests.filter(([, { passphrase }]) => passphrase !== null);
  it.each(locked)('%s does not open by a wrong passphrase', async (_name, request) => {
    const key = await makeKey(request);
    for (const wrong of [null, '', `${PASSPHRASE} `, 'x'.repeat(2_000)])
      expect(openKey(key.privateKey, wrong), String(wrong)).toMatchObject({
        kind: 'unusable',
        why: 'wrong-passphrase',
      });
  });

  it('takes no notice of line ends, blank lines around and a passphrase that is not needed', async () => {
    for (const form of ['openssh', 'pem', 'pkcs8'] as const) {
      const key = await makeKey({ type: 'ecdsa-256', form });
      for (const text of [
        key.privateKey.replaceAll('\n', '\r\n'),
        `\n\n  ${key.privateKey}\n\n`,
        key.privateKey.trimEnd(),
      ]) {
        expect(inspectKey(text), form).toMatchObject({ kind: 'private', publicKey: blobOf(key) });
        expect(openKey(text, null), form).toMatchObject({ kind: 'opened' });
        expect(openKey(text, 'needless'), form).toMatchObject({ kind: 'opened' });
      }
    }
  });
});

/** A private key file of OpenSSH by hand: what no program on this computer makes. */
function opensshFile(type: string, cipher = 'none'): string {
  const field = (text: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  };
  const blob = Buffer.concat([field(type), field('x'.repeat(32))]).toString('latin1');
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field(cipher),
    field(cipher === 'none' ? 'none' : 'bcrypt'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(blob),
    field('secret'),
  ]);
  const name = 'OPENSSH PRIVATE KEY';
  return `-----BEGIN ${name}-----\n${body.toString('base64')}\n-----END ${name}-----\n`;
}

function pkcs8(pair: { privateKey: KeyObject }): string {
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

describe('what is no key that can be used', () => {
  const spki = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  const rows: readonly [string, string, string][] = [
    ['nothing', '', 'not-a-key'],
    ['blanks', ' \n\n ', 'not-a-key'],
    ['prose', 'Dear diary', 'not-a-key'],
    ['binary', Buffer.from([0, 1, 2, 255, 254, 0, 7]).toString('latin1'), 'not-a-key'],
    [
      'a certificate for TLS',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      'not-a-key',
    ],
    ['a public key for TLS', spki.toString(), 'public-key'],
    ['an RSA public key', '-----BEGIN RSA PUBLIC KEY-----\nMIIB\n-----END', 'public-key'],
    ['a public key of ssh.com', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END', 'public-key'],
    ['a public key of a FIDO stick', 'sk-ssh-ed25519@openssh.com AAAAGnNr me', 'public-key'],
    ['a FIDO key', opensshFile('sk-ssh-ed25519@openssh.com'), 'hardware-key'],
    ['a FIDO ECDSA key', opensshFile('sk-ecdsa-sha2-nistp256@openssh.com'), 'hardware-key'],
    ['a DSA key of OpenSSH', opensshFile('ssh-dss'), 'dsa'],
    [
      'a DSA key in PEM',
      '-----BEGIN DSA PRIVATE KEY-----\nMIIB\n-----END DSA PRIVATE KEY-----',
      'dsa',
    ],
    ['a DSA key in PKCS#8', pkcs8(dsa), 'dsa'],
    ['an Ed448 key', pkcs8(generateKeyPairSync('ed448')), 'unsupported'],
    ['an X25519 key', pkcs8(generateKeyPairSync('x25519')), 'unsupported'],
    [
      'an RSA-PSS key',
      pkcs8(generateKeyPairSync('rsa-pss', { modulusLength: 1024 })),
      'unsupported',
    ],
    [
      'a key on the curve of Bitcoin',
      pkcs8(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
      'unsupported',
    ],
    [
      'a key that OpenSSH encrypts with ChaCha',
      opensshFile('ssh-ed25519', 'chacha20-poly1305@openssh.com'),
      'unsupported',
    ],
    ['half an OpenSSH key', opensshFile('ssh-ed25519').slice(0, 80), 'not-a-key'],
    [
      'an OpenSSH key of rubbish',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
      'not-a-key',
    ],
    [
      'a PKCS#8 key of rubbish',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      'not-a-key',
    ],
  ];
  it.each(rows)('%s', (_what, text, why) => {
    expect(inspectKey(text)).toMatchObject({ kind: 'unusable', why });
    expect(openKey(text, null)).toMatchObject({ kind: 'unusable' });
    expect(openKey(text, 'phrase')).toMatchObject({ kind: 'unusable' });
  });

  it('a PEM key of rubbish', () => {
    for (const kind of ['RSA', 'EC'])
      expect(
        inspectKey(`-----BEGIN ${kind} PRIVATE KEY-----\nAAAA\n-----END ${kind} PRIVATE KEY-----`),
      ).toMatchObject({
        kind: 'unusable',
      });
  });

  it('the .pub file of every type, chosen by mistake', async () => {
    for (const type of ['ed25519', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521', 'rsa-2048'] as const)
      expect(inspectKey((await makeKey({ type })).publicKey)).toMatchObject({ why: 'public-key' });
  });

  it('a certificate, by ssh-keygen', async () => {
    const key = await makeKey({ type: 'ed25519' });
    const authority = await folder.write('authority', key.privateKey);
    const file = await folder.write('certified.pub', `${key.publicKey}\n`);
    await run(keygen, ['-q', '-s', authority, '-I', 'me', '-n', 'me', file]);
    const { stdout } = await run('cat', [folder.file('certified-cert.pub')]);
    expect(inspectKey(stdout)).toMatchObject({ kind: 'unusable', why: 'certificate' });
  });

  it('a real key that OpenSSH encrypted with ChaCha, told before anybody is asked', async () => {
    const cipher = 'chacha20-poly1305@openssh.com';
    const key = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE, cipher });
    expect(inspectKey(key.privateKey)).toEqual({
      kind: 'unusable',
      why: 'unsupported',
      detail: `key encrypted with ${cipher}`,
    });
    expect(openKey(key.privateKey, PASSPHRASE)).toMatchObject({ kind: 'unusable' });
  });

  it('a PuTTY file, which is read elsewhere', () => {
    const text = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n';
    expect(inspectKey(text)).toMatchObject({ why: 'not-a-key' });
    expect(openKey(text, null)).toMatchObject({ why: 'not-a-key' });
  });
});

describe('any text at all', () => {
  const kinds = ['private', 'unusable', 'opened'];
  const judge = (text: string) => {
    expect(kinds).toContain(inspectKey(text).kind);
    for (const passphrase of [null, 'phrase']) {
      const opened = openKey(text, passphrase);
      // Whatever calls itself open has a public half.
      if (opened.kind === 'opened') expect(publicHalf(opened.pem).length).toBeGreaterThan(0);
      else expect(opened.kind).toBe('unusable');
    }
  };

  it('ends in a value', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), judge), {
      numRuns: 60,
    });
  });

  it('that begins like a key ends in a value', () => {
    const heads = [
      'OPENSSH PRIVATE KEY',
      'PRIVATE KEY',
      'ENCRYPTED PRIVATE KEY',
      'RSA PRIVATE KEY',
      'EC PRIVATE KEY',
      'DSA PRIVATE KEY',
      'PUBLIC KEY',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...heads),
        fc.oneof(
          fc.string(),
          fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b).toString('base64')),
        ),
        fc.constantFrom('', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n'),
        (head, body, info) =>
          judge(`-----BEGIN ${head}-----\n${info}${body}\n-----END ${head}-----\n`),
      ),
    );
  });

  it('that was a key before something bent it ends in a value', async () => {
    // Not the encrypted ones of OpenSSH: each try of those costs a key derivation.
    const wanted = everyKey().filter(
      ({ type, form, passphrase }) =>
        type !== 'rsa-3072' && !(form === 'openssh' && passphrase !== null),
    );
    const texts = await Promise.all(
      wanted.map(async (request) => (await makeKey(request)).privateKey),
    );
    const bent = fc
      .tuple(
        fc.constantFrom(...texts),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.string({ maxLength: 3 }),
        fc.nat(40),
      )
      .map(([text, where, put, cut]) => {
        const at = Math.floor(where * text.length);
        return `${text.slice(0, at)}${put}${text.slice(at + cut)}`;
      });
    fc.assert(fc.property(bent, judge), { numRuns: 200 });
  });

  it('that was a key of OpenSSH before a byte of it changed ends in a value', async () => {
    const text = (await makeKey({ type: 'ed25519' })).privateKey;
    const bytes = Buffer.from(text.replace(/-----.*?-----/g, ''), 'base64');
    const bent = fc
      .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([at, by]) => {
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ by;
        return `-----BEGIN OPENSSH PRIVATE KEY-----\n${copy.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
      });
    fc.assert(fc.property(bent, judge), { numRuns: 200 });
  });
});

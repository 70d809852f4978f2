import { execFile } from 'node:child_process';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CONNECTION, type Account } from '../../../electron/shared/account';
import {
  accountFor,
  forwardTo,
  startEngine,
  trusting,
  type TestEngine,
} from '../../support/engine';
import { makeKey, writeKey, type TestKey } from '../../world/ssh-keys';
import { startSshd, type Sshd, type SshdOptions } from '../../world/sshd';
import { connect } from '../../world/talk';
import { until } from '../../world/wait';
import { exchange, startBulkServer, type BulkServer } from './bulk';
import { greetingOf } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const run = promisify(execFile);
const key = await makeKey({ type: 'ed25519' });
const ed25519 = await makeKey({ type: 'ed25519', name: 'host' });
const rsa = await makeKey({ type: 'rsa-2048', name: 'host' });
const ecdsa = await makeKey({ type: 'ecdsa-256', name: 'host' });
const impostor = await makeKey({ type: 'ed25519', name: 'impostor' });

let bulk: BulkServer;
beforeAll(async () => {
  bulk = await keepForFile(startBulkServer());
});

const isUp = (state: { kind: string }) => state.kind === 'connected';

interface Meeting {
  readonly sshd: Sshd;
  readonly engine: TestEngine;
  readonly account: Account;
  /** The line of a known_hosts file that names this server and the key. */
  readonly line: (hostKey: TestKey) => string;
  /** Writes the user's known_hosts, which the engine only reads, and returns its path. */
  readonly known: (...lines: string[]) => Promise<string>;
}

/** A server and an engine that have not met. */
async function strangers(options: SshdOptions = {}, more: Partial<Account> = {}): Promise<Meeting> {
  const sshd = await keep(startSshd({ authorizedKeys: [key], access: 'message', ...options }));
  const engine = await keep(startEngine({ answers: trusting }));
  const path = await writeKey(engine.folder, key, 'id');
  const forward = await forwardTo({ host: '127.0.0.1', port: bulk.port });
  return {
    sshd,
    engine,
    account: accountFor(sshd, [forward], { signIn: { kind: 'key-file', path }, ...more }),
    line: (hostKey) => `[127.0.0.1]:${sshd.port} ${hostKey.publicKey}`,
    known: (...lines) => engine.folder.write('users_known_hosts', `${lines.join('\n')}\n`),
  };
}

/** Nobody tried to sign in: the server saw a key exchange and nothing more. */
function sawNoSignIn(sshd: Sshd): void {
  expect(sshd.log()).toContain('Connection from ');
  expect(sshd.log()).not.toMatch(/publickey|password|none for|invalid user|user=|authenticating/);
}

describe('a server that is known', () => {
  it.each(['plain', 'hashed'])('by a %s name is not asked about', async (form) => {
    const { engine, account, line, known } = await strangers({ hostKeys: [ed25519] });
    const file = await known('# a comment', 'other.example ssh-rsa AAAA', line(ed25519));
    if (form === 'hashed') {
      await run('ssh-keygen', ['-H', '-f', file]);
      expect(await readFile(file, 'utf8')).toMatch(/^\|1\|[^]*ssh-ed25519/m);
    }
    engine.host.setAccount(account, 'background');
    await engine.when(isUp, 'in');
    expect(engine.prompts).toEqual([]);
    expect(engine.session()).toMatchObject({ hostKeyFingerprint: ed25519.fingerprint });
  });

  it('by its RSA key only is asked for that, though it also has an Ed25519 key', async () => {
    const { engine, account, line, known } = await strangers({ hostKeys: [ed25519, rsa] });
    await known(line(rsa));
    engine.host.setAccount(account, 'background');
    await engine.when(isUp, 'in');
    expect(engine.prompts).toEqual([]);
    expect(engine.session()).toMatchObject({
      hostKeyFingerprint: rsa.fingerprint,
      hostKeyAlgorithm: 'rsa-sha2-512',
    });
  });

  it('by its RSA key and has none any more is asked about, with a word of it', async () => {
    const { engine, account, line, known } = await strangers({ hostKeys: [ed25519] });
    await known(line(rsa));
    engine.host.setAccount(account, 'person');
    await engine.when(isUp, 'in');
    expect(engine.prompts).toMatchObject([{ kind: 'host-key', otherKeyKnown: true }]);
  });
});

describe('a server that is not known', () => {
  it.each(['ecdsa-256', 'ecdsa-384', 'ecdsa-521', 'rsa-3072'] as const)(
    'may have a key of type %s',
    async (type) => {
      const hostKey = await makeKey({ type, name: 'host' });
      const { sshd, engine, account } = await strangers({ hostKeys: [hostKey] });
      engine.host.setAccount(account, 'person');
      await engine.when(isUp, 'in');
      expect(engine.prompts).toMatchObject([{ fingerprint: hostKey.fingerprint }]);
      const [kind, base64] = hostKey.publicKey.split(' ');
      expect(await readFile(engine.folder.file('known_hosts'), 'utf8')).toBe(
        `[127.0.0.1]:${sshd.port} ${kind} ${base64}\n`,
      );
    },
  );

  it('is asked about by its fingerprint, and remembered in a file that OpenSSH takes', async () => {
    const { sshd, engine, account } = await strangers({ hostKeys: [ed25519] });
    engine.host.setAccount(account, 'person');
    await engine.when(isUp, 'in');
    expect(engine.prompts).toEqual([
      {
        kind: 'host-key',
        host: '127.0.0.1',
        port: sshd.port,
        algorithm: 'ssh-ed25519',
        fingerprint: ed25519.fingerprint,
        otherKeyKnown: false,
        authorityKnown: false,
      },
    ]);
    const file = engine.folder.file('known_hosts');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const settings = [
      `UserKnownHostsFile=${file}`,
      'GlobalKnownHostsFile=none',
      'StrictHostKeyChecking=yes',
      'BatchMode=yes',
      `IdentityFile=${engine.folder.file('id')}`,
    ].flatMap((setting) => ['-o', setting]);
    const to = ['-p', String(sshd.port), `${sshd.user}@127.0.0.1`];
    const { stdout } = await run('ssh', ['-F', 'none', ...settings, ...to, 'true']);
    expect(stdout).toBe('You cannot telnet here\n');

    await sshd.restart();
    await engine.when((s) => s.kind !== 'connected', 'the line is lost');
    await engine.when(isUp, 'in again');
    expect(engine.prompts).toHaveLength(1);
  });

  it('is remembered in the file that the account names, for every account that names it', async () => {
    const { sshd, engine, account } = await strangers({ hostKeys: [ed25519] });
    const file = engine.folder.file('mail_hosts');
    const connection = { ...DEFAULT_CONNECTION, knownHostsFile: file };
    engine.host.setAccount({ ...account, connection }, 'person');
    await engine.when(isUp, 'in');
    const [kind, base64] = ed25519.publicKey.split(' ');
    expect(await readFile(file, 'utf8')).toBe(`[127.0.0.1]:${sshd.port} ${kind} ${base64}\n`);
    await expect(stat(engine.folder.file('known_hosts'))).rejects.toThrow('ENOENT');
    const forwards = [await forwardTo({ host: '127.0.0.1', port: bulk.port })];
    engine.host.setAccount({ ...account, id: 'b', connection, forwards }, 'person');
    await engine.when(isUp, 'in too', 'b');
    expect(engine.prompts).toHaveLength(1);
  });

  it('and is not trusted hears nothing', async () => {
    const { sshd, engine, account } = await strangers();
    engine.answerWith(() => ({ kind: 'cancel' }));
    engine.host.setAccount(account, 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'cancelled-by-person', what: 'host-key' });
    await sshd.waitForLog(/Connection (closed|reset) by/);
    sawNoSignIn(sshd);
    await expect(stat(engine.folder.file('known_hosts'))).rejects.toThrow('ENOENT');
  });

  it('is not trusted either when the known hosts cannot be read', async () => {
    const { sshd, engine, account } = await strangers();
    const file = engine.folder.file('users_known_hosts');
    await mkdir(file);
    engine.host.setAccount(account, 'person');
    const wrong = { kind: 'known-hosts-unusable', path: file, why: 'unreadable' };
    const trouble = await engine.trouble();
    expect(trouble).toMatchObject(wrong);
    expect(JSON.stringify(trouble)).toContain('EISDIR');
    expect(engine.prompts).toEqual([]);
    expect(sshd.log()).not.toContain('publickey');
  });
});

describe('a server whose key has changed', () => {
  it('is refused with both fingerprints and the line, and hears nothing', async () => {
    const { sshd, engine, account, line, known } = await strangers({ hostKeys: [ed25519] });
    const file = await known('# first', line(impostor));
    engine.host.setAccount(account, 'person');
    const changed = {
      kind: 'host-key-changed',
      host: '127.0.0.1',
      port: sshd.port,
      algorithm: 'ssh-ed25519',
      knownFingerprint: impostor.fingerprint,
      presentedFingerprint: ed25519.fingerprint,
      knownAt: `${file}:2`,
    };
    expect(await engine.trouble()).toEqual(changed);
    expect(engine.prompts).toEqual([]);
    // A mail program that comes along is told at once, and nothing is dialled for it.
    const program = await keep(connect(account.forwards[0]?.localPort ?? 0));
    expect(await program.line()).toMatch(/^-ERR \[SYS\/TEMP\] Mailmole: /);
    await sshd.waitForLog(/Connection (closed|reset) by/);
    sawNoSignIn(sshd);
    expect(sshd.log().match(/^Connection from /gm)).toHaveLength(1);

    // Not taken for a fingerprint other than the one that was compared.
    engine.host.acceptChangedKey('a', impostor.fingerprint);
    await engine.when((s) => s.kind === 'connecting', 'another try');
    expect(await engine.trouble()).toEqual(changed);
    sawNoSignIn(sshd);

    engine.host.acceptChangedKey('a', ed25519.fingerprint);
    await engine.when(isUp, 'in');
    expect(await readFile(engine.folder.file('known_hosts'), 'utf8')).toBe(
      `@revoked ${line(impostor).split(' ').slice(0, 3).join(' ')} replaced-in-mailmole\n` +
        `${line(ed25519).split(' ').slice(0, 3).join(' ')}\n`,
    );
    expect(await readFile(file, 'utf8')).toContain(impostor.publicKey);
    // Now it is known, whatever the old line says.
    await sshd.restart();
    await engine.when((s) => s.kind !== 'connected', 'the line is lost');
    await engine.when(isUp, 'in again');
  });

  it('is taken by the fingerprint that was compared, though the line fails first', async () => {
    const { sshd, engine, account, line, known } = await strangers({ hostKeys: [ed25519] });
    await known(line(impostor));
    engine.host.setAccount(account, 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'host-key-changed' });
    await sshd.halt();
    engine.host.acceptChangedKey('a', ed25519.fingerprint);
    await engine.when((s) => s.kind === 'retrying', 'the server is away');
    await sshd.start();
    await engine.when(isUp, 'in');
    expect(engine.prompts).toEqual([]);
  });

  it('replaces the line of our own file', async () => {
    const { sshd, engine, account, line } = await strangers({ hostKeys: [ed25519] });
    const other = `other.example ${rsa.publicKey}\n`;
    const file = await engine.folder.write('known_hosts', `${line(impostor)}\n${other}`);
    engine.host.setAccount(account, 'person');
    expect(await engine.trouble()).toMatchObject({ knownAt: `${file}:1` });
    engine.host.acceptChangedKey('a', ed25519.fingerprint);
    await engine.when(isUp, 'in');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines).toEqual([
      other.trimEnd(),
      `[127.0.0.1]:${sshd.port} ${ed25519.publicKey.split(' ').slice(0, 2).join(' ')}`,
    ]);
  });

  it('stays refused when the key was revoked, trusted elsewhere or not', async () => {
    const { sshd, engine, account, line, known } = await strangers({ hostKeys: [ed25519] });
    const file = await known(line(ed25519), `@revoked * ${ed25519.publicKey}`);
    engine.host.setAccount(account, 'person');
    const revoked = {
      kind: 'host-key-revoked',
      host: '127.0.0.1',
      fingerprint: ed25519.fingerprint,
      knownAt: `${file}:2`,
    };
    expect(await engine.trouble()).toEqual(revoked);
    engine.host.acceptChangedKey('a', ed25519.fingerprint);
    await engine.when((s) => s.kind === 'connecting', 'another try');
    expect(await engine.trouble()).toEqual(revoked);
    expect(engine.prompts).toEqual([]);
    sawNoSignIn(sshd);
  });
});

describe('the other keys of a server', () => {
  const bare = ({ publicKey }: TestKey) => publicKey.split(' ').slice(0, 2).join(' ');

  it('are learnt from it, so that it can give up the first without a question', async () => {
    const { sshd, engine, account } = await strangers({ hostKeys: [ed25519, rsa, ecdsa] });
    engine.host.setAccount(account, 'person');
    await engine.when(isUp, 'in');
    const file = engine.folder.file('known_hosts');
    const read = async () => (await readFile(file, 'utf8')).trimEnd().split('\n');
    await until('all three are known', async () => (await read()).length === 3);
    const expected = [ed25519, rsa, ecdsa].map((one) => `[127.0.0.1]:${sshd.port} ${bare(one)}`);
    expect((await read()).sort()).toEqual(expected.sort());

    // The server gives up the first of them.
    const config = await readFile(sshd.folder.file('sshd_config'), 'utf8');
    await sshd.folder.write('sshd_config', config.replace(/^HostKey .*host-key-0\n/m, ''), 0o644);
    await sshd.restart();
    await engine.when((s) => s.kind !== 'connected', 'the line is lost');
    await engine.when(isUp, 'in again');
    expect(engine.session()?.hostKeyFingerprint).toBe(ecdsa.fingerprint);
    expect(engine.prompts).toHaveLength(1);
    expect((await read()).length).toBe(3);
  });

  it('are not learnt when they were revoked', async () => {
    const { engine, account, line, known } = await strangers({ hostKeys: [ed25519, rsa, ecdsa] });
    await known(line(ed25519), `@revoked * ${rsa.publicKey}`);
    engine.host.setAccount(account, 'person');
    await engine.when(isUp, 'in');
    const file = engine.folder.file('known_hosts');
    await until('one is learnt', () => engine.log.some((text) => text.includes('learnt')));
    const text = await readFile(file, 'utf8');
    expect(text).toContain(bare(ecdsa));
    expect(text).not.toContain(bare(rsa));
    expect(text).not.toContain(bare(ed25519));
  });
});

describe('new keys in the middle of a transfer', () => {
  it.each([false, true])('are no question (compression: %s)', async (compression) => {
    const config = { RekeyLimit: '1M 30s', LogLevel: 'DEBUG1' };
    const { sshd, engine, account } = await strangers({ config }, { compression });
    engine.host.setAccount(account, 'person');
    await engine.when(isUp, 'in');
    expect(engine.session()).toMatchObject({ compressed: compression });
    const size = 10 * 1024 * 1024;
    const port = account.forwards[0]?.localPort ?? 0;
    const ended = new AbortController();
    const transfer = exchange(port, size, size).finally(() => ended.abort());
    // Channels that are asked for while the keys change are opened all the same.
    let opened = 0;
    for (; !ended.signal.aborted; opened++) expect(await greetingOf(account)).toBe('+OK bulk');
    expect(opened).toBeGreaterThan(10);
    expect(await transfer).toEqual({ upWhole: true, downWhole: true });
    expect(sshd.log().match(/SSH2_MSG_NEWKEYS received/g)?.length).toBeGreaterThan(10);
    expect(engine.prompts).toHaveLength(1);
    expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
  });
});

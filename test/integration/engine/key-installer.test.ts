import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Forward } from '../../../electron/shared/account';
import type { KeyInstalled } from '../../../electron/shared/server-key';
import { installKey } from '../../../electron/tunnel/key-installer';
import { toTunnelError } from '../../../electron/tunnel/tunnel-failure';
import { forwardTo } from '../../support/engine';
import { startDovecot, type Dovecot } from '../../world/dovecot';
import { runSsh, sshForward } from '../../world/openssh';
import { makeKey, PASSPHRASE, writeKey, type TestKey } from '../../world/ssh-keys';
import type { Sshd } from '../../world/sshd';
import { passwordSignIn } from '../../world/sshd-pam';
import { connect } from '../../world/talk';
import { until } from '../../world/wait';
import { makeOwner, startHome, type HomeServer, type Owner } from './key-world';
import { count } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await keepForFile(startDovecot({ tls: false }));
});

const fresh = await makeKey({ type: 'ed25519', name: 'fresh' });
const other = await makeKey({ type: 'rsa-2048', name: 'other' });
const WAYS = ['sftp', 'shell'] as const;

const pop3 = () => forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
const imap = () => forwardTo({ host: '127.0.0.1', port: dovecot.ports.imap }, 'imap');

async function install(
  owner: Owner,
  sshd: Sshd,
  forwards: readonly Forward[],
  key: TestKey = fresh,
  signal = new AbortController().signal,
): Promise<KeyInstalled> {
  const keyPath = await writeKey(owner.folder, key, 'fresh');
  return installKey({ account: owner.account(sshd, forwards), keyPath }, owner.deps, signal);
}

const trouble = (installing: Promise<KeyInstalled>) =>
  installing.then((installed) => installed, toTunnelError);

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** The line that a key gets. */
const lineFor = (key: TestKey, ...forwards: readonly Forward[]) => {
  const places = forwards.map(({ mailHost, mailPort }) => `permitopen="${mailHost}:${mailPort}"`);
  const options = ['restrict', 'port-forwarding', ...places, 'permitlisten="localhost:1"'];
  return `${options.join(',')},command="false" ${key.publicKey.split(' ').slice(0, 2).join(' ')}`;
};

async function writeList({ home, list, own }: HomeServer, content: string | Buffer, bits = 0o600) {
  await mkdir(home.file('.ssh'), { recursive: true, mode: 0o700 });
  // The one before may be write-protected, which stops everybody but root.
  await rm(list, { force: true });
  await writeFile(list, content);
  await chmod(list, bits);
  await own('.ssh', '.ssh/authorized_keys');
}

describe.each(WAYS)('a key is installed over %s', (way) => {
  it('where there was none, and carries mail at once', async () => {
    const server = await startHome(way);
    const owner = await makeOwner(server.sshd);
    const forward = await pop3();
    const installed = await install(owner, server.sshd, [forward]);
    expect(installed).toEqual({
      how: 'added',
      over: way,
      greeting: expect.stringMatching(/^\+OK/) as string,
    });
    expect(await readFile(server.list, 'utf8')).toBe(`${lineFor(fresh, forward)} Mailmole\n`);
    expect([await mode(server.home.file('.ssh')), await mode(server.list)]).toEqual(['700', '600']);
    if (passwordSignIn().available) {
      expect(owner.asked.map(({ kind }) => kind)).toEqual(['host-key', 'password']);
      expect(count(server.sshd.log(), /Accepted password/g)).toBe(1);
    }
    expect(count(server.sshd.log(), /Accepted publickey/g)).toBeGreaterThan(0);
    expect(JSON.stringify([installed, owner.log])).not.toContain(server.sshd.password);
  });

  it('once, and is changed where it stands when the forwards change', async () => {
    const server = await startHome(way);
    const owner = await makeOwner(server.sshd);
    const first = await pop3();
    const second = await imap();
    const head = Buffer.from([0xff, 0x00, 0x80, 0x0d, 0x0a]);
    const tail = `${other.publicKey} ü\r\n# no end`;
    await writeList(
      server,
      Buffer.concat([head, Buffer.from(`${fresh.publicKey}\r\n${tail}`)]),
      0o640,
    );
    expect(await install(owner, server.sshd, [first])).toMatchObject({ how: 'replaced' });
    const name = fresh.publicKey.split(' ').slice(2).join(' ');
    const whole = (...forwards: Forward[]) =>
      Buffer.concat([head, Buffer.from(`${lineFor(fresh, ...forwards)} ${name}\r\n${tail}`)]);
    expect((await readFile(server.list)).equals(whole(first))).toBe(true);
    expect(await mode(server.list)).toBe('640');
    const before = await stat(server.list, { bigint: true });
    expect(await install(owner, server.sshd, [first])).toMatchObject({ how: 'already' });
    expect(await stat(server.list, { bigint: true })).toEqual(before);
    expect(await install(owner, server.sshd, [first, second])).toMatchObject({ how: 'replaced' });
    expect((await readFile(server.list)).equals(whole(first, second))).toBe(true);
  });

  it('among as many others as anybody has, by a link too', async () => {
    const server = await startHome(way);
    const owner = await makeOwner(server.sshd);
    const forward = await pop3();
    const many = Buffer.from(`${other.publicKey}\n`.repeat(500).slice(0, 200 * 1024));
    await writeList(server, '');
    await rm(server.list);
    await server.home.write('real', many, 0o664);
    await symlink('../real', server.list);
    await chmod(server.home.file('.ssh'), 0o770);
    await server.own('real');
    expect(await install(owner, server.sshd, [forward])).toMatchObject({ how: 'added' });
    expect(await readlink(server.list)).toBe('../real');
    const now = await readFile(server.home.file('real'));
    expect(now.subarray(0, many.length).equals(many)).toBe(true);
    expect(now.subarray(many.length).toString()).toBe(`${lineFor(fresh, forward)} Mailmole\n`);
    // sshd believes no list that others may write to.
    expect([await mode(server.home.file('.ssh')), await mode(server.home.file('real'))]).toEqual([
      '750',
      '644',
    ]);
  });

  it('but not into a list that is write-protected, or is none', async () => {
    const server = await startHome(way);
    const owner = await makeOwner(server.sshd);
    const forward = await pop3();
    const refused = { kind: 'key-not-installed', host: '127.0.0.1' };
    await writeList(server, '# locked\n', 0o444);
    expect(await trouble(install(owner, server.sshd, [forward]))).toMatchObject({
      ...refused,
      why: 'not-allowed',
    });
    await writeList(server, 'x'.repeat(256 * 1024 + 1));
    expect(await trouble(install(owner, server.sshd, [forward]))).toMatchObject({
      ...refused,
      why: 'no-files',
    });
    await rm(server.list);
    await chmod(server.home.file('.ssh'), 0o500);
    expect(await trouble(install(owner, server.sshd, [forward]))).toMatchObject({
      ...refused,
      why: 'not-allowed',
    });
    await chmod(server.home.file('.ssh'), 0o700);
    await mkdir(server.list);
    expect(await trouble(install(owner, server.sshd, [forward]))).toMatchObject({
      ...refused,
      why: 'no-files',
    });
    expect(await readdir(server.home.file('.ssh'))).toEqual(['authorized_keys']);
  });
});

describe('an SFTP server that renames over nothing', () => {
  it('is given the new list after the old one was put aside', async () => {
    const server = await startHome('sftp');
    const plain = await startHome('sftp', {
      config: {
        AuthorizedKeysFile: `${server.list} ${server.home.file('door')}`,
        SetEnv: `HOME=${server.home.path}`,
        Subsystem: `sftp internal-sftp -d ${server.home.path} -P posix-rename`,
      },
    });
    const owner = await makeOwner(plain.sshd);
    const forward = await pop3();
    await writeList(server, `${other.publicKey}\n`);
    expect(await install(owner, plain.sshd, [forward])).toMatchObject({
      how: 'added',
      over: 'sftp',
    });
    expect(await readFile(server.list, 'utf8')).toBe(
      `${other.publicKey}\n${lineFor(fresh, forward)} Mailmole\n`,
    );
    expect(await readdir(server.home.file('.ssh'))).toEqual(['authorized_keys']);
  });
});

describe('an account that may only forward', () => {
  it.each([
    ['ends every command', { access: 'refused' as const }],
    ['says something in place of a shell', { access: 'message' as const }],
    ['opens no sessions', { access: 'no-sessions' as const }],
  ])('%s: the person is told', async (_what, more) => {
    for (const way of WAYS) {
      const server = await startHome(way, more);
      const owner = await makeOwner(server.sshd);
      const error = await trouble(install(owner, server.sshd, [await pop3()]));
      expect(error).toMatchObject({ kind: 'key-not-installed', why: 'no-shell' });
      if (more.access === 'message')
        expect(error).toMatchObject({ detail: expect.stringContaining('cannot telnet') as string });
      await expect(stat(server.home.file('.ssh'))).rejects.toThrow('ENOENT');
    }
  });

  it('whose home is missing, or whose shell babbles', async () => {
    const server = await startHome('shell', { config: { SetEnv: 'HOME=/nonexistent' } });
    const owner = await makeOwner(server.sshd);
    expect(await trouble(install(owner, server.sshd, [await pop3()]))).toMatchObject({
      kind: 'key-not-installed',
      why: 'no-files',
    });
    const noisy = await startHome('shell', {
      config: {
        ForceCommand: 'echo mailmole: end; echo hello >&2; eval "$SSH_ORIGINAL_COMMAND"; echo bye',
      },
    });
    const its = await makeOwner(noisy.sshd);
    expect(await install(its, noisy.sshd, [await pop3()])).toMatchObject({
      how: 'added',
      over: 'shell',
    });
  });
});

describe('the proof', () => {
  it('fails where the server keeps its keys elsewhere', async () => {
    const server = await startHome('sftp');
    const elsewhere = await startHome('sftp', {
      config: { AuthorizedKeysFile: server.home.file('door') },
    });
    const owner = await makeOwner(elsewhere.sshd);
    const error = await trouble(install(owner, elsewhere.sshd, [await pop3()]));
    expect(error).toMatchObject({ kind: 'key-not-installed', why: 'not-proven' });
  });

  it('fails by its own name where the mail server is down', async () => {
    const server = await startHome('sftp');
    const owner = await makeOwner(server.sshd);
    const forward = await forwardTo({ host: '127.0.0.1', port: 1 });
    const error = await trouble(install(owner, server.sshd, [forward]));
    expect(error).toMatchObject({ kind: 'forward-refused', reason: 'refused' });
    expect(await readFile(server.list, 'utf8')).toBe(`${lineFor(fresh, forward)} Mailmole\n`);
  });

  it('asks for the passphrase of the key, and for a key that has a public half', async () => {
    const server = await startHome('sftp');
    const owner = await makeOwner(server.sshd);
    const usual = owner.answer;
    owner.answer = (request, id) =>
      request.kind === 'passphrase' ? { kind: 'secret', secret: PASSPHRASE } : usual(request, id);
    const locked = await makeKey({ type: 'ecdsa-256', form: 'pem', passphrase: PASSPHRASE });
    expect(await install(owner, server.sshd, [await pop3()], locked)).toMatchObject({
      how: 'added',
    });
    expect(owner.asked.at(-1)).toMatchObject({ kind: 'passphrase' });
    const keyPath = await owner.folder.write('alone', locked.privateKey);
    const account = owner.account(server.sshd, [await pop3()]);
    const { signal } = new AbortController();
    expect(await trouble(installKey({ account, keyPath }, owner.deps, signal))).toMatchObject({
      kind: 'key-unusable',
    });
  });
});

describe('somebody who thinks better of it', () => {
  it('is let go while a question is open, and before anything began', async () => {
    const server = await startHome('sftp');
    const owner = await makeOwner(server.sshd);
    owner.answer = () => null;
    const abort = new AbortController();
    const outcome = trouble(install(owner, server.sshd, [await pop3()], fresh, abort.signal));
    await until('a question is open', () => owner.asked.length > 0);
    abort.abort();
    expect(await outcome).toMatchObject({ kind: 'connection-lost', detail: 'stopped' });
    expect(
      await trouble(install(owner, server.sshd, [await pop3()], fresh, abort.signal)),
    ).toMatchObject({
      kind: 'connection-lost',
    });
    await expect(stat(server.home.file('.ssh'))).rejects.toThrow('ENOENT');
  });
});

describe('the installed key, in the hands of OpenSSH', () => {
  it('carries the mail of the account and does nothing else', async () => {
    const server = await startHome('sftp');
    const owner = await makeOwner(server.sshd);
    await install(owner, server.sshd, [await pop3()]);
    const { sshd } = server;
    const signIn = { key: fresh };
    const mail = await keep(
      sshForward(sshd, signIn, { host: '127.0.0.1', port: dovecot.ports.pop3 }),
    );
    const program = await keep(connect(mail.port));
    expect(await program.line()).toMatch(/^\+OK/);
    const stray = await keep(
      sshForward(sshd, signIn, { host: '127.0.0.1', port: dovecot.ports.imap }),
    );
    const turned = await connect(stray.port);
    await expect(turned.line()).rejects.toThrow('the line was closed');
    await turned.stop();
    for (const command of [['id'], [], ['cat', server.list], ['sh', '-c', 'id']])
      expect(await runSsh(sshd, signIn, command)).toMatchObject({ code: 1, stdout: '' });
    const sftp = { ...signIn, options: ['SessionType=subsystem', 'RequestTTY=force'] };
    const subsystem = await runSsh(sshd, sftp, ['sftp']);
    expect(subsystem).toMatchObject({ stdout: '' });
    expect(subsystem.code).not.toBe(0);
    const back = {
      ...signIn,
      options: ['ExitOnForwardFailure=yes', 'RemoteForward=0 127.0.0.1:1', 'SessionType=none'],
    };
    expect(await runSsh(sshd, back, [])).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('remote port forwarding failed') as string,
    });
    const agent = { ...signIn, options: ['ForwardAgent=yes', 'ForwardX11=yes'] };
    expect(await runSsh(sshd, agent, ['env'])).toMatchObject({ code: 1, stdout: '' });
  });
});

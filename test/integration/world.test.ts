import { execFile, spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { deathBound } from '../world/child.ts';
import { startDovecot } from '../world/dovecot.ts';
import { compareDelivery, howtoRc, makeFetchmail, perfectDelivery } from '../world/fetchmail.ts';
import { leftBehind } from '../world/left-behind.ts';
import { generateMessages, sha256 } from '../world/messages.ts';
import { runSsh, sshForward } from '../world/openssh.ts';
import type { SignIn } from '../world/openssh.ts';
import { startSshAgent } from '../world/ssh-agent.ts';
import { everyKey, makeKey, PASSPHRASE, writeKey } from '../world/ssh-keys.ts';
import { oneTimeCodeSignIn, passwordSignIn } from '../world/sshd-pam.ts';
import { startSshd } from '../world/sshd.ts';
import type { Sshd, SshdOptions } from '../world/sshd.ts';
import { connect, dials, talk } from '../world/talk.ts';
import { startTcpRelay } from '../world/tcp-relay.ts';
import { until } from '../world/wait.ts';
import { makeWorldFolder } from '../world/world-folder.ts';

const run = promisify(execFile);

/** What is to be stopped after a test, the last first, whether it passed or not. */
const open: { stop(): Promise<void> }[] = [];

async function keep<T extends { stop(): Promise<void> }>(made: Promise<T>): Promise<T> {
  const one = await made;
  open.push(one);
  return one;
}

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
  expect(leftBehind()).toEqual([]);
});

const key = await makeKey({ type: 'ed25519' });
const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });

/** Signs in by OpenSSH's own client; true when the server runs our command. */
async function getsIn(options: SshdOptions, signIn: (server: Sshd) => SignIn): Promise<boolean> {
  const server = await startSshd({ access: 'message', ...options });
  try {
    const { stdout } = await runSsh(server, signIn(server), ['true']);
    return stdout === 'You cannot telnet here\n';
  } finally {
    await server.stop();
  }
}

describe('keys', () => {
  it.each(everyKey())('are what they say: %o', async (request) => {
    const made = await makeKey(request);
    const { passphrase, publicKey, privateKey, form, type } = made;
    if (form === 'pkcs8' && type === 'ed25519') {
      // ssh-keygen of OpenSSH 9.2 reads no such file; Node does.
      const read = createPrivateKey({ key: privateKey, ...(passphrase ? { passphrase } : {}) });
      const { x } = read.export({ format: 'jwk' });
      const line = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
      expect(line.subarray(-32).toString('base64url')).toBe(x);
      return;
    }
    const folder = await makeWorldFolder('check');
    try {
      const file = await writeKey(folder, made, 'key');
      const { stdout } = await run('ssh-keygen', ['-y', '-P', passphrase ?? '', '-f', file]);
      expect(publicKey.startsWith(stdout.trim().split(' ').slice(0, 2).join(' '))).toBe(true);
    } finally {
      await folder.remove();
    }
  });

  it('can be slow to open on purpose', async () => {
    const slow = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE, rounds: 200 });
    const body = Buffer.from(slow.privateKey.replace(/-----.*?-----/g, ''), 'base64');
    const salt = body.indexOf('bcrypt') + 'bcrypt'.length + 4;
    expect(body.readUInt32BE(salt + 4 + body.readUInt32BE(salt))).toBe(200);
  });
});

describe('sshd', () => {
  it('lets keys in, with and without a passphrase, and no others', async () => {
    const other = await makeKey({ type: 'ed25519', name: 'other' });
    const options = { authorizedKeys: [key] };
    expect(await getsIn(options, () => ({ key }))).toBe(true);
    expect(await getsIn(options, () => ({ key: other }))).toBe(false);
    const answer = (passphrase: string) => ({ key: locked, answers: { passphrase } });
    expect(await getsIn(options, () => answer(PASSPHRASE))).toBe(true);
    expect(await getsIn(options, () => answer('wrong'))).toBe(false);
  });

  it.skipIf(!passwordSignIn().available)('asks for a password, alone or after a key', async () => {
    const password = `p' "ä $x`;
    const alone = { authentication: 'password', password };
    expect(await getsIn(alone, () => ({ answers: { password } }))).toBe(true);
    expect(await getsIn(alone, () => ({ answers: { password: 'wrong' } }))).toBe(false);
    const both = { authentication: 'publickey,password', authorizedKeys: [key] };
    expect(await getsIn(both, (server) => ({ key, answers: { password: server.password } }))).toBe(
      true,
    );
    expect(await getsIn(both, () => ({ key }))).toBe(false);
  });

  it.skipIf(!oneTimeCodeSignIn().available)('asks for a password and a code', async () => {
    const options = { authentication: 'keyboard-interactive', oneTimeCode: true };
    const answers = (server: Sshd, code: string) => ({ Password: server.password, code });
    expect(
      await getsIn(options, (server) => ({ answers: answers(server, server.oneTimeCode()) })),
    ).toBe(true);
    expect(await getsIn(options, (server) => ({ answers: answers(server, 'wrong') }))).toBe(false);
  });

  it.skipIf(!passwordSignIn().available)('refuses an account and says why', async () => {
    const accountRefusal = 'Your account has expired; please contact your administrator.';
    const server = await keep(startSshd({ authorizedKeys: [key], accountRefusal }));
    const { code, stderr } = await runSsh(server, { key }, ['true']);
    expect(code).toBe(255);
    expect(stderr).toContain(accountRefusal);
  });

  it('opens no session when told so, and speaks as servers did in 2005', async () => {
    const closed = await keep(startSshd({ authorizedKeys: [key], access: 'no-sessions' }));
    expect((await runSsh(closed, { key }, ['true'])).stderr).toContain('open failed');
    const rsa = await makeKey({ type: 'rsa-2048' });
    const old = { oldAlgorithms: true, authorizedKeys: [rsa] };
    expect(await getsIn(old, () => ({ key: rsa }))).toBe(false);
    const options = [
      'KexAlgorithms=diffie-hellman-group14-sha1',
      'HostKeyAlgorithms=ssh-rsa',
      'PubkeyAcceptedAlgorithms=ssh-rsa',
      'Ciphers=aes128-cbc',
      'MACs=hmac-sha1',
    ];
    expect(await getsIn(old, () => ({ key: rsa, options }))).toBe(true);
  });

  it('comes back on its port with its key after a crash', async () => {
    const dovecot = await keep(startDovecot());
    const server = await keep(startSshd({ authorizedKeys: [key] }));
    const target = { host: '127.0.0.1', port: dovecot.ports.pop3 };
    const forward = await keep(sshForward(server, { key }, target));
    const client = await keep(connect(forward.port));
    expect(await client.line()).toBe('+OK Dovecot ready.');
    await server.kill();
    await client.closed;
    expect(await dials(server.port)).toBe(false);
    await server.start();
    const again = await keep(sshForward(server, { key }, target));
    expect(await (await keep(connect(again.port))).line()).toBe('+OK Dovecot ready.');
  });
});

it('the agent signs with the keys it holds', async () => {
  const agent = await keep(startSshAgent());
  const server = await keep(startSshd({ authorizedKeys: [key], access: 'message' }));
  const signIn = { agentSocket: agent.socket };
  await agent.add(key);
  expect(await agent.list()).toEqual([key.publicKey]);
  expect((await runSsh(server, signIn, ['true'])).code).toBe(0);
  await agent.remove(key);
  expect(await agent.list()).toEqual([]);
  expect((await runSsh(server, signIn, ['true'])).code).toBe(255);
});

describe('mail', () => {
  const messages = generateMessages();

  it('is the same in every run', () => {
    expect(messages).toHaveLength(200);
    expect(sha256(Buffer.from(messages.map((one) => one.sha256).join('')))).toBe(
      '3f5afde7cfcc326dd485a81fdedcec7828040cb328063eb770a2a559aa8bf4e2',
    );
  });

  it('comes through ssh -L to fetchmail, 200 messages, byte for byte', async () => {
    const dovecot = await keep(startDovecot({ messages }));
    const server = await keep(startSshd({ authorizedKeys: [key] }));
    const target = { host: '127.0.0.1', port: dovecot.ports.pop3 };
    const forward = await keep(sshForward(server, { key }, target));
    const fetchmail = await keep(makeFetchmail('mda'));
    const { code, output } = await fetchmail.run(howtoRc(forward.port));
    expect(output).toContain('reading message msingh@localhost:200 of 200');
    expect(code).toBe(0);
    expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
      perfectDelivery(messages),
    );
    expect((await fetchmail.run(howtoRc(forward.port))).code).toBe(1);
  });

  it('is complete, and nothing twice, when sshd dies in the middle', async () => {
    const dovecot = await keep(startDovecot({ messages }));
    const server = await keep(startSshd({ authorizedKeys: [key] }));
    const relay = await keep(startTcpRelay({ host: '127.0.0.1', port: dovecot.ports.pop3 }));
    const forward = await keep(sshForward(server, { key }, relay));
    const fetchmail = await keep(makeFetchmail('lmtp'));
    const first = fetchmail.run(howtoRc(forward.port));
    await relay.whenReceived(5_000_000);
    // No byte more may pass while the server dies.
    relay.blackhole();
    await server.kill();
    relay.revive();
    expect((await first).code).toBe(2);
    const soFar = compareDelivery(messages, await fetchmail.delivered());
    expect(soFar).toMatchObject({ doubled: [], brokenOff: [], wrong: [] });
    expect(soFar.missing.length).toBeGreaterThan(0);
    await server.start();
    const again = await keep(sshForward(server, { key }, relay));
    expect((await fetchmail.run(howtoRc(again.port))).code).toBe(0);
    expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
      perfectDelivery(messages),
    );
  });

  it('is served under TLS by the name in the certificate', async () => {
    const few = messages.slice(0, 14);
    const dovecot = await keep(startDovecot({ messages: few }));
    const ca = readFileSync(dovecot.caFile ?? '', 'utf8');
    const socket = connectTls({
      host: '127.0.0.1',
      port: dovecot.ports.imaps,
      servername: dovecot.certificateName,
      ca,
    });
    const client = await keep(talk(socket));
    expect(await client.line()).toMatch(/^\* OK .*Dovecot ready\.$/);
    expect(socket.authorized).toBe(true);
    const fetchmail = await keep(makeFetchmail('lmtp'));
    const tls = `sslproto 'TLS1.2+' sslcertck sslcertfile '${dovecot.caFile ?? ''}'`;
    const rc = (name: string) =>
      howtoRc(dovecot.ports.pop3).replace("sslproto ''", `${tls} sslcommonname ${name}`);
    expect((await fetchmail.run(rc('another.example.test'))).code).toBe(2);
    expect((await fetchmail.run(rc(dovecot.certificateName))).code).toBe(0);
    expect(compareDelivery(few, await fetchmail.delivered())).toEqual(perfectDelivery(few));
  });
});

describe('the relay', () => {
  it('resets, falls silent, comes back and refuses', async () => {
    const dovecot = await keep(startDovecot());
    const relay = await keep(startTcpRelay({ host: '127.0.0.1', port: dovecot.ports.imap }));
    const first = await keep(connect(relay.port));
    expect(await first.line()).toContain('Dovecot ready.');
    relay.cut();
    expect(await first.closed).toBe('ECONNRESET');
    const second = await keep(connect(relay.port));
    expect(await second.line()).toContain('Dovecot ready.');
    const before = relay.received();
    relay.blackhole();
    second.say('1 NOOP');
    const third = await keep(connect(relay.port));
    await until('the silent relay takes the new line', () => relay.lines() === 2);
    expect(relay.received()).toBe(before);
    relay.revive();
    expect(await second.line()).toBe('1 OK NOOP completed.');
    expect(await third.line()).toContain('Dovecot ready.');
    await relay.refuse(true);
    expect(await dials(relay.port)).toBe(false);
    second.say('2 NOOP');
    expect(await second.line()).toMatch(/^2 OK NOOP completed/);
    await relay.refuse(false);
    expect(await dials(relay.port)).toBe(true);
  });

  it('makes a line so dead that ssh finds out only by its own probes', async () => {
    const dovecot = await keep(startDovecot());
    const server = await keep(startSshd({ authorizedKeys: [key] }));
    const relay = await keep(startTcpRelay(server));
    const options = ['ServerAliveInterval=1', 'ServerAliveCountMax=1', 'HostKeyAlias=relay'];
    const known = server.hostKeys.map((one) => `relay ${one.publicKey}\n`).join('');
    const through = { ...server, port: relay.port, knownHosts: () => known };
    const target = { host: '127.0.0.1', port: dovecot.ports.pop3 };
    const forward = await keep(sshForward(through, { key, options }, target));
    const client = await keep(connect(forward.port));
    expect(await client.line()).toBe('+OK Dovecot ready.');
    relay.blackhole();
    await client.closed;
    expect(relay.lines()).toBe(1);
  });
});

it('servers die with the process that started them', async () => {
  const [command, args] = deathBound('sleep', ['1000']);
  const script = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.argv[1], process.argv.slice(2), { detached: true });
    child.once('spawn', () => console.log(child.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', script, command, ...args]);
  const pid = await new Promise<string>((resolve) => {
    parent.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
  });
  const program = () => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0];
    } catch {
      return null;
    }
  };
  await until('setpriv has become sleep', () => program() === 'sleep');
  parent.kill('SIGKILL');
  await until('it is gone', () => !program());
});

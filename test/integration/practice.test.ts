import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listenOnLoopback } from '../../electron/practice/loopback';
import type { NewMessage } from '../../electron/practice/maildrop';
import { startPractice, type Practice } from '../../electron/practice/practice-client';
import { ensurePracticeKeys } from '../../electron/practice/practice-keys';
import type { PracticeError } from '../../electron/practice/practice-protocol';
import { sampleMessages } from '../../electron/practice/sample-messages';
import { startSshServer } from '../../electron/practice/ssh-server';
import {
  buildPracticeHost,
  isOver,
  PracticeWorld,
  type SshSettings,
} from '../support/practice-world';
import { needProgram } from '../world/child.ts';
import { howtoRc, makeFetchmail } from '../world/fetchmail.ts';
import { toUnix } from '../world/messages.ts';
import { until } from '../world/wait.ts';
import { freePort } from '../world/world-folder.ts';

const SIGN_IN = 'USER mole\r\nPASS x\r\n';

let world: PracticeWorld;
let removeHost: () => Promise<void>;

beforeAll(async () => {
  removeHost = await buildPracticeHost();
});
afterAll(() => removeHost());

async function makeWorld(): Promise<void> {
  world = await PracticeWorld.make();
}

async function samples(): Promise<NewMessage[]> {
  const { madeAt } = await ensurePracticeKeys(world.folder.file('keys'), Date.now());
  return sampleMessages(madeAt);
}

/** Greatest physical memory a process has ever had (proc(5), status), in kilobytes. */
async function peakMemory(pid: number): Promise<number> {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Clock ticks a process has had (proc(5), stat: utime and stime). */
async function processorTime(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** Waits until a process has done nothing for 50 looks, half a second. */
async function whenStill(pid: number): Promise<void> {
  let last = -1;
  let looks = 0;
  await until('the process is still', async () => {
    const now = await processorTime(pid);
    looks = now === last ? looks + 1 : 0;
    last = now;
    return looks >= 50;
  });
}

describe('mail through the tunnel of OpenSSH', () => {
  beforeEach(makeWorld);
  afterEach(() => world.end());

  test('curl brings the five messages, byte for byte', async () => {
    const practice = await world.practise();
    const port = await world.forward(practice);
    expect((await world.curl(port, '')).out.toString()).toMatch(/^(\d \d+\r\n){5}$/);
    for (const [index, { bytes }] of (await samples()).entries()) {
      const { code, out } = await world.curl(port, String(index + 1));
      expect(code).toBe(0);
      expect(out.equals(bytes)).toBe(true);
    }
  });

  test('fetchmail brings them and deletes them; they are back at the next start', async () => {
    const fetchmail = await makeFetchmail();
    world.atEnd(() => fetchmail.stop());
    const fetch = async (practice: Practice): Promise<number | null> =>
      (await fetchmail.run(howtoRc(await world.forward(practice), { user: 'mole' }))).code;

    const first = await world.practise();
    expect(await fetch(first)).toBe(0);
    const mail = (await fetchmail.delivered()).map((bytes) =>
      bytes.toString('utf8').replace(/^Received: from .*\n(?:\t.*\n)*/, ''),
    );
    expect(mail).toEqual((await samples()).map(({ bytes }) => toUnix(bytes).toString('utf8')));
    expect(await fetch(first)).toBe(1);
    await first.stop();

    const { sshPort, pop3Port } = first;
    const second = await world.practise({ preferredPorts: { ssh: sshPort, pop3: pop3Port } });
    expect(await fetch(second)).toBe(0);
    expect(await fetchmail.delivered()).toHaveLength(10);
  });

  test('a key unlocked in an agent opens it too', async () => {
    const practice = await world.practise();
    const socket = world.folder.file('agent');
    world.start(needProgram('ssh-agent', 'openssh-client'), ['-D', '-a', socket]);
    const env = { SSH_AUTH_SOCK: socket, ...(await world.askpass(practice.passphrase)) };
    await until('the key is added', async () => {
      const args = ['-q', practice.keyPath];
      return (
        (await world.start(needProgram('ssh-add', 'openssh-client'), args, env).done).code === 0
      );
    });
    const { out } = await world.start(
      needProgram('ssh', 'openssh-client'),
      [
        ...['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'],
        ...['-p', String(practice.sshPort), '-W', `localhost:${practice.pop3Port}`],
        'mole@127.0.0.1',
      ],
      { SSH_AUTH_SOCK: socket },
    ).done;
    expect(out.toString()).toBe('+OK Mailmole practice server ready\r\n');
  });

  test('an end of one side is passed on, and what was asked before it is answered', async () => {
    const socket = world.dial(await world.forward(await world.practise()));
    socket.end(`${SIGN_IN}${'RETR 5\r\n'.repeat(500)}STAT\r\n`);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const answer = Buffer.concat(chunks).toString('latin1');
    expect(answer.match(/^\.\.fetchmailrc/gm)).toHaveLength(500);
    expect(answer).toMatch(/\+OK 5 \d+\r\n$/);
  });

  test('a client that asks and does not read costs no memory, and gets all in the end', async () => {
    const practice = await world.practise();
    const socket = world.dial(await world.forward(practice));
    const pid = world.hosts[0]?.pid ?? 0;
    socket.pause();
    socket.write(SIGN_IN);
    const times = 20_000;
    socket.end('RETR 3\r\n'.repeat(times));
    // The kernel, OpenSSH and the channel's window fill up, then nothing moves until the client reads.
    await until('the first answers are on their way', () => socket.bytesWritten > 0);
    await whenStill(pid);
    let length = 0;
    socket.on('data', (bytes: Buffer) => (length += bytes.length)).resume();
    await once(socket, 'end');
    const size = (await samples())[2]?.bytes.length ?? 0;
    expect(length).toBeGreaterThan(size * times);
    // More than 100 MB went through it.
    expect(await peakMemory(pid)).toBeLessThan(200_000);
  });
});

describe('what the SSH server refuses', () => {
  let practice: Practice;
  beforeAll(async () => {
    await makeWorld();
    practice = await world.practise();
  });
  afterAll(() => world.end());

  const ONLY = /administratively prohibited: this server leads to 127\.0\.0\.1:\d+ only/;
  const PROHIBITED = /administratively prohibited/;

  test.each([
    ['another port', () => `127.0.0.1:${practice.sshPort}`],
    ['another host', () => `192.0.2.1:${practice.pop3Port}`],
    ['a name that is looked up', () => `mail.example.org:${practice.pop3Port}`],
  ])('a way to %s', async (_name, target) => {
    const { code, err } = await (await world.ssh(practice, { flags: ['-W', target()] })).done;
    expect(err).toMatch(ONLY);
    expect(code).not.toBe(0);
  });

  test.each<[string, SshSettings, RegExp]>([
    ['a shell', { flags: ['-tt'] }, PROHIBITED],
    ['a command', { command: ['true'] }, PROHIBITED],
    ['a file transfer', { flags: ['-s'], command: ['sftp'] }, PROHIBITED],
    [
      'a way back',
      { flags: ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1'] },
      /remote port forwarding failed/,
    ],
    [
      'another user',
      { user: 'root', flags: ['-N'] },
      /root@127\.0\.0\.1: Permission denied \(publickey\)/,
    ],
    [
      'whoever does not know the passphrase',
      { passphrase: 'wrong', flags: ['-N'] },
      /Permission denied \(publickey\)/,
    ],
  ])('%s', async (_name, settings, reason) => {
    const { code, err } = await (await world.ssh(practice, settings)).done;
    expect(err).toMatch(reason);
    expect(code).toBe(255);
  });

  test('another key, and a password', async () => {
    const stranger = await ensurePracticeKeys(world.folder.file('stranger'), 1);
    const { keyPath, passphrase } = stranger;
    const { err } = await (await world.ssh(practice, { keyPath, passphrase, flags: ['-N'] })).done;
    expect(err).toMatch(/Permission denied \(publickey\)/);

    const client = new ssh2.Client().on('error', () => undefined);
    const failed = once(client, 'ready');
    client.connect({
      host: '127.0.0.1',
      port: practice.sshPort,
      username: 'mole',
      password: practice.passphrase,
    });
    await expect(failed).rejects.toThrow('All configured authentication methods failed');
  });

  test('whoever does not sign in, talks nonsense or comes in crowds', async () => {
    const keys = await ensurePracticeKeys(world.folder.file('keys'), 1);
    const nobody = await freePort();
    const server = await startSshServer({
      port: 0,
      hostKey: keys.hostKey,
      clientKey: keys.publicKey,
      pop3Port: nobody,
      signInMs: 1500,
    });
    world.atEnd(() => server.stop());
    const crowd = Array.from({ length: 200 }, (_none, index) => {
      const socket = world.dial(server.port);
      socket.on('end', () => socket.end());
      socket.resume();
      if (index % 2 === 0) socket.write(Buffer.alloc(100_000, index));
      return once(socket, 'close');
    });
    await Promise.all(crowd);

    const client = new ssh2.Client().on('error', () => undefined);
    world.atEnd(() => client.end());
    const privateKey = await readFile(keys.keyPath);
    const ready = once(client, 'ready');
    const { passphrase } = keys;
    client.connect({
      host: '127.0.0.1',
      port: server.port,
      username: 'mole',
      privateKey,
      passphrase,
    });
    await ready;
    // A mail server that is down is "connect failed", not "prohibited".
    const refusal = await new Promise((resolve) =>
      client.forwardOut('127.0.0.1', 1, 'localhost', nobody, resolve),
    );
    expect(refusal).toMatchObject({ reason: 2 });
    expect(String(refusal)).toContain('ECONNREFUSED');
  });
});

describe('the practice host', () => {
  beforeEach(makeWorld);
  afterEach(() => world.end());

  test('says what a mail program and a tunnel need, and ends', async () => {
    const practice = await world.practise();
    expect(practice).toMatchObject({
      user: 'mole',
      keyPath: world.folder.file('keys', 'practice_key'),
    });
    expect(practice.passphrase).toMatch(/^[a-z]+(-[a-z]+){3}$/);
    await practice.stop();
    expect(world.hosts[0]?.exitCode).toBe(0);
    await practice.stop();
  });

  test('has its wishes for ports, and takes others when those are taken', async () => {
    const first = await world.practise();
    const wished = { ssh: first.sshPort, pop3: await freePort() };
    const second = await world.practise({ preferredPorts: wished });
    expect(second.pop3Port).toBe(wished.pop3);
    expect(second.sshPort).not.toBe(first.sshPort);
  });

  test('comes back on its ports after a crash, three times, and then says so', async () => {
    const errors: PracticeError[] = [];
    const practice = await world.practise({ onStopped: (error) => errors.push(error) });
    for (let crash = 1; crash <= 4; crash += 1) {
      await until('the server greets', () => world.greets(practice.pop3Port));
      expect(world.hosts).toHaveLength(crash);
      const host = world.hosts[crash - 1];
      host?.kill('SIGKILL');
      await until('the host is gone', () => host !== undefined && isOver(host));
    }
    await until('it says so', () => errors.length > 0);
    expect(errors).toMatchObject([
      {
        problem: 'stopped',
        message: 'The practice mailbox stopped several times and was left off.',
      },
    ]);
    expect(errors[0]?.detail).toBe('SIGKILL');
    expect(world.hosts).toHaveLength(4);
  });

  test('does not move to other ports after a crash', async () => {
    const errors: PracticeError[] = [];
    const practice = await world.practise({ onStopped: (error) => errors.push(error) });
    const host = world.hosts[0];
    host?.kill('SIGKILL');
    // The port is taken in the moment between: as soon as the old host is gone, before a new one can bind.
    const thief = await thiefOf(practice.pop3Port);
    await until('it gives up', () => errors.length > 0, { timeoutMs: 30_000 });
    expect(errors[0]?.problem).toBe('port-taken');
    expect(errors[0]?.message).toContain(`uses port ${practice.pop3Port}`);
    await thief();
  });

  test('ends with its parent', async () => {
    await world.practise();
    const host = world.hosts[0];
    host?.disconnect();
    await until('the host is gone', () => host !== undefined && isOver(host));
  });

  test('says in a sentence why it cannot start', async () => {
    await writeFile(world.folder.file('file'), '');
    const folder = world.folder.file('file', 'x');
    const options = { spawn: world.spawnHost, folder, preferredPorts: null };
    await expect(startPractice(options)).rejects.toMatchObject({
      problem: 'folder',
      message: `The practice mailbox cannot keep its key in ${folder}. Make sure that you may write there.`,
      detail: expect.stringContaining('ENOTDIR') as string,
    });
  });
});

/** Takes a port as soon as it is free; the returned function gives it back. */
async function thiefOf(port: number): Promise<() => Promise<void>> {
  const server = await until('the port is taken', () =>
    listenOnLoopback({ port, maxConnections: 1, serve: (socket) => socket.destroy() }).catch(
      () => null,
    ),
  );
  return () => server.stop();
}

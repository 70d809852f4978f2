import { existsSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../../electron/shared/account';
import { isProven, type TunnelState } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine, type TestEngine } from '../../support/engine';
import { startDovecot } from '../../world/dovecot';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd, type Sshd, type SshdOptions } from '../../world/sshd';
import { connect, dials } from '../../world/talk';
import { startTcpRelay } from '../../world/tcp-relay';
import { until } from '../../world/wait';
import { brokeOff, exchange, startBulkServer, type BulkServer } from './bulk';
import { plainServer } from './plain-server';
import { connections, greetingOf, isUp, portOf } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
/** The loopback interface under a name that does not look like it, so that the network's state matters. */
const FAR = '127.1';
const MB = 1024 * 1024;

let mail: BulkServer;
beforeAll(async () => {
  mail = await keepForFile(startBulkServer());
});

const isRetrying = (state: TunnelState) => state.kind === 'retrying';
const notUp = (state: TunnelState) => state.kind !== 'connected';

/** An engine and an account for a server that is reached at `at`. */
async function accountAt(
  at: { host: string; port: number; user?: string },
  waits: Partial<Record<'keepalive' | 'verify' | 'probe' | 'reach', number>> = {},
): Promise<{ engine: TestEngine; account: Account }> {
  const engine = await keep(startEngine({ settings: { waits } }));
  const path = await writeKey(engine.folder, key, 'id');
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  const server = { user: 'nobody', ...at };
  return { engine, account: accountFor(server, [forward], { signIn: { kind: 'key-file', path } }) };
}

const server = (options: SshdOptions = {}): Promise<Sshd> =>
  keep(startSshd({ authorizedKeys: [key], ...options }));

describe('a lost line', () => {
  it.each(['kill', 'halt'] as const)('is a reset for the mail program (%s)', async (how) => {
    const sshd = await server();
    const { engine, account } = await accountAt(sshd);
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const transfer = brokeOff(exchange(portOf(account), 0, 1024 * MB));
    const program = await keep(connect(portOf(account)));
    expect(await program.line()).toBe('+OK bulk');
    await until('mail flows', () => engine.traffic().bytesDown > MB);
    await sshd[how]();
    expect(await program.closed).toBe('ECONNRESET');
    expect(await transfer).toBe(true);
    await engine.when(isRetrying, 'retrying');
    expect(engine.state()).toMatchObject({ tries: 1 });
    expect(engine.states().find(isRetrying)).toMatchObject({ cause: { kind: 'connection-lost' } });
    await until('the mail server is rid of it', () => mail.open() === 0);
    // A mail program that connects now is held until the line is back.
    const held = exchange(portOf(account), MB, MB);
    await sshd.start();
    expect(await held).toEqual({ upWhole: true, downWhole: true });
    await engine.when(isProven, 'proven again');
    await until('no connection is left over', () => engine.traffic().openConnections === 0);
    expect(engine.prompts).toHaveLength(1);
  });

  it('that is only silent is noticed by our own watch, on the next one too', async () => {
    const sshd = await server();
    const relay = await keep(startTcpRelay(sshd));
    const { engine, account } = await accountAt(
      { ...sshd, port: relay.port },
      { keepalive: 250, verify: 1_500 },
    );
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const program = await keep(connect(portOf(account)));
    expect(await program.line()).toBe('+OK bulk');
    relay.blackhole();
    expect(await program.closed).toBe('ECONNRESET');
    const lost = await engine.when(isRetrying, 'noticed');
    expect(lost).toMatchObject({
      // What ssh2's keepalive says in its place is "Keepalive timeout".
      cause: { kind: 'connection-lost', detail: 'keepalive: nothing came from the server' },
    });
    await engine.when(
      (s) => s.kind === 'retrying' && s.cause.kind === 'timed-out',
      'the next try is given up too',
    );
    relay.revive();
    await engine.when(isProven, 'proven again');
  });

  it('is not thought lost while the server answers', async () => {
    const sshd = await server();
    const { engine, account } = await accountAt(sshd, { keepalive: 200 });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const seen = sshd.log().length;
    expect(await exchange(portOf(account), 30 * MB, 30 * MB)).toMatchObject({ upWhole: true });
    expect(engine.states().filter(notUp).at(-1)).toMatchObject({ phase: 'signing-in' });
    expect(sshd.log().slice(seen)).not.toContain('Connection from');
  });
});

describe('a server that is not there', () => {
  it('is tried until it is', async () => {
    const sshd = await server();
    await sshd.halt();
    const { engine, account } = await accountAt(sshd);
    engine.host.setAccount(account, 'person');
    const state = await engine.when(isRetrying, 'retrying');
    expect(state).toMatchObject({
      tries: 1,
      cause: { kind: 'connection-refused', host: '127.0.0.1', port: sshd.port },
    });
    await sshd.start();
    // The question about its key needs a person by then.
    expect(await engine.trouble()).toMatchObject({ kind: 'answer-needed', what: 'host-key' });
    engine.host.tryNow('a');
    await engine.when(isProven, 'proven');
  });

  it('because it takes no more connections is tried again', async () => {
    const sshd = await server({ config: { MaxStartups: 1 } });
    const { engine, account } = await accountAt(sshd);
    await engine.folder.write('known_hosts', sshd.knownHosts());
    const first = await keep(connect(sshd.port));
    await first.line();
    engine.host.setAccount(account, 'person');
    const state = await engine.when(isRetrying, 'retrying');
    expect(state).toMatchObject({ cause: { kind: 'connection-lost' } });
    await first.stop();
    await engine.when(isProven, 'proven');
  });

  it('by name is tried again', async () => {
    const { engine, account } = await accountAt({ host: 'mail.invalid', port: 22 });
    engine.host.setAccount(account, 'person');
    const state = await engine.when(isRetrying, 'retrying');
    expect(state).toMatchObject({ cause: { kind: 'host-not-found', host: 'mail.invalid' } });
  });

  it.each(['nothing', 'its version and then nothing'])('and says %s is given up', async (what) => {
    const silent = await plainServer((socket) => {
      if (what !== 'nothing') socket.write('SSH-2.0-Silence\r\n');
    });
    const { engine, account } = await accountAt(silent, { verify: 200 });
    engine.host.setAccount(account, 'person');
    const state = await engine.when(isRetrying, 'retrying');
    expect(state).toMatchObject({ cause: { kind: 'timed-out', phase: 'verifying-host' } });
    await engine.when((s) => s.kind === 'retrying' && s.tries > 1, 'the second try');
  });
});

describe('a server that is something else', () => {
  it('is named at once and not tried again', async () => {
    const dovecot = await keep(startDovecot({ tls: false }));
    const web = await plainServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    const smtp = await plainServer((socket) => socket.write('220 mail.example ESMTP\r\n'));
    const { pop3, imap } = dovecot.ports;
    const ports = { pop3, imap, web: web.port, smtp: smtp.port };
    for (const [name, port] of Object.entries(ports)) {
      const { engine, account } = await accountAt({ host: '127.0.0.1', port });
      engine.host.setAccount(account, 'person');
      expect([name, await engine.trouble()]).toMatchObject([name, { kind: 'not-ssh', port }]);
    }
    expect([web.lines(), smtp.lines()]).toEqual([1, 1]);
  });
});

describe('a server that knows only what was in use in 2005', () => {
  it('is named for it and not tried again', async () => {
    const old = await server({ oldAlgorithms: true });
    const { engine, account } = await accountAt(old);
    engine.host.setAccount(account, 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'no-common-algorithm' });
    expect(engine.prompts).toEqual([]);
    expect(connections(old)).toBe(1);
  });
});

describe('what only a person can mend', () => {
  it('is not tried again, whatever mail programs and networks do', async () => {
    const sshd = await server({ authorizedKeys: [], config: { ListenAddress: '127.0.0.1' } });
    const { engine, account } = await accountAt({ ...sshd, host: FAR });
    engine.host.setAccount(account, 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused' });
    for (let tries = 0; tries < 10; tries++) {
      expect(await greetingOf(account)).toMatch(/^-ERR \[SYS\/TEMP\] Mailmole: /);
      engine.host.networkChanged(false);
      engine.host.networkChanged(true);
      engine.host.power('suspended');
      engine.host.power('resumed');
    }
    // Everything that was told before this has been thought over when this is answered.
    const other = await accountAt(sshd);
    engine.host.setAccount({ ...other.account, id: 'b' }, 'background');
    await engine.when((s) => s.kind !== 'off', 'the other account', 'b');
    expect(engine.state()).toMatchObject({ kind: 'needs-attention' });
    expect(engine.states()).toHaveLength(engine.states().findIndex(isAttention) + 1);
    expect(sshd.log().match(/Connection from .* port \d+ on/g)?.length).toBeLessThanOrEqual(2);
  });
});

const isAttention = (state: TunnelState) => state.kind === 'needs-attention';

describe('the network', () => {
  it('that goes is waited for, and one that comes ends every waiting', async () => {
    const sshd = await server();
    const { engine, account } = await accountAt({ ...sshd, host: FAR });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    // A short gap does not end a session.
    engine.host.networkChanged(false);
    expect(await exchange(portOf(account), MB, MB)).toEqual({ upWhole: true, downWhole: true });
    expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
    await sshd.halt();
    await engine.when((s) => s.kind === 'offline', 'offline');
    await sshd.start();
    const before = connections(sshd);
    engine.host.networkChanged(true);
    await engine.when(isProven, 'proven again');
    expect(connections(sshd)).toBe(before + 1);
  });

  it('that came back is a reason to try at once', async () => {
    const sshd = await server();
    await sshd.halt();
    const { engine, account } = await accountAt({ ...sshd, host: FAR });
    await engine.folder.write(
      'known_hosts',
      `[${FAR}]:${sshd.port} ${sshd.hostKeys[0]?.publicKey}`,
    );
    engine.host.setAccount(account, 'person');
    await engine.when(
      (s) => s.kind === 'retrying' && s.retryAt > Date.now() + 3_000,
      'a long wait',
    );
    await sshd.start();
    engine.host.networkChanged(true);
    await engine.when(isUp, 'in');
    const waits = engine.states().filter((s) => s.kind === 'retrying');
    expect(waits.at(-1)).toMatchObject({ cause: { kind: 'connection-refused' } });
  });

  it('and a wake-up from sleep have a dead line noticed', async () => {
    const sshd = await server();
    const relay = await keep(startTcpRelay(sshd));
    // No keepalive that could notice it first.
    const { engine, account } = await accountAt({ ...sshd, port: relay.port }, { keepalive: 0 });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    // A line that answers stays.
    engine.host.power('suspended');
    engine.host.power('resumed');
    await engine.when(isProven, 'still proven');
    relay.blackhole();
    engine.host.power('resumed');
    const state = await engine.when(isRetrying, 'noticed');
    const detail = 'no answer after the network changed';
    expect(state).toMatchObject({ cause: { kind: 'connection-lost', detail } });
    relay.revive();
    await engine.when(isProven, 'proven again');
    expect(engine.states().filter(isRetrying).length).toBeLessThanOrEqual(2);
  });
});

describe('the tunnel host', () => {
  it('that crashes is started again and reconnects, and its question is taken back', async () => {
    const sshd = await server();
    const { engine, account } = await accountAt(sshd);
    engine.answerWith(() => null);
    engine.host.setAccount({ ...account, mode: 'on-demand' }, 'person');
    await engine.question();
    engine.crash();
    await until('the question is gone', () => engine.open.size === 0);
    expect(await engine.trouble()).toMatchObject({ kind: 'answer-needed' });
    engine.answerWith(() => ({ kind: 'trust' }));
    engine.host.tryNow('a');
    await engine.when(isProven, 'proven');

    const program = await keep(connect(portOf(account)));
    expect(await program.line()).toBe('+OK bulk');
    const [first] = engine.pids;
    engine.crash();
    await program.closed;
    await engine.when(notUp, 'noticed');
    await engine.when(isProven, 'proven again');
    expect(engine.pids).toHaveLength(3);
    expect(existsSync(`/proc/${first ?? 0}`)).toBe(false);
    expect(await exchange(portOf(account), MB, MB)).toEqual({ upWhole: true, downWhole: true });
  });

  it('leaves nothing when it is shut down, in the middle of whatever', async () => {
    const sshd = await server();
    const { engine, account } = await accountAt(sshd);
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const transfer = brokeOff(exchange(portOf(account), 0, 1024 * MB));
    await until('mail flows', () => engine.traffic().bytesDown > 0);
    await engine.host.shutDown();
    expect(await transfer).toBe(true);
    expect(engine.pids.map((pid) => existsSync(`/proc/${pid}`))).toEqual([false]);
    expect(await dials(portOf(account))).toBe(false);
    await sshd.waitForLog(/Received disconnect from .*disconnected by user|Disconnected from user/);
    await new Promise<void>((resolve, reject) => {
      const probe = connectTcp({ host: '::1', port: portOf(account) });
      probe.once('connect', () => reject(new Error('somebody listens')));
      probe.once('error', () => resolve());
    });
  });
});

import { createServer } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Account, Forward, ForwardProtocol } from '../../../electron/shared/account';
import { isProven } from '../../../electron/shared/tunnel-state';
import type { Waits } from '../../../electron/tunnel/ports';
import {
  accountFor,
  forwardTo,
  secretly,
  startEngine,
  type TestEngine,
} from '../../support/engine';
import { makeKey, PASSPHRASE, writeKey } from '../../world/ssh-keys';
import { startSshd, type Sshd } from '../../world/sshd';
import { connect, dials } from '../../world/talk';
import { until } from '../../world/wait';
import { startBulkServer, type BulkServer } from './bulk';
import { connections, greetingOf, isUp, portOf } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });

let mail: BulkServer;
beforeAll(async () => {
  mail = await keepForFile(startBulkServer());
});

interface Setting {
  readonly sshd: Sshd;
  readonly engine: TestEngine;
  readonly account: Account;
}

/** A server that is known and lets the account in, and an account that is switched on by nobody yet. */
async function setting(
  more: Partial<Account> = {},
  waits: Partial<Waits> = {},
  signInKey = key,
): Promise<Setting> {
  const sshd = await keep(startSshd({ authorizedKeys: [key] }));
  const engine = await keep(startEngine({ settings: { waits } }));
  await engine.folder.write('known_hosts', sshd.knownHosts());
  const path = await writeKey(engine.folder, signInKey, 'id');
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  const account = accountFor(sshd, [forward], { signIn: { kind: 'key-file', path }, ...more });
  return { sshd, engine, account };
}

/** Occupies a port of one address, as another program does. */
async function occupy(host: string, port: number): Promise<{ stop: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host, port, exclusive: true }, resolve);
  });
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { stop };
}

/** May this user bind a port that is not for everyone? */
async function mayBind(port: number): Promise<boolean> {
  const bound = await occupy('127.0.0.1', port).catch(() => null);
  await bound?.stop();
  return bound !== null;
}

/** Root may, and so may everyone where the system says so. */
const LOW_IS_FREE = await mayBind(1021);

describe('on demand', () => {
  it('the port is there at once, SSH when a mail program comes, and goes when none is left', async () => {
    const { sshd, engine, account } = await setting({ mode: 'on-demand' }, { idle: 200 });
    engine.host.setAccount(account, 'background');
    expect(await engine.when((s) => s.kind === 'ready', 'ready')).toMatchObject({ last: null });
    expect(connections(sshd)).toBe(0);
    const program = await keep(connect(portOf(account)));
    expect(await program.line()).toBe('+OK bulk');
    await engine.when(isProven, 'proven');
    expect(connections(sshd)).toBe(1);
    // It stays up while the mail program is there, however long the others have been gone.
    expect(await greetingOf(account)).toBe('+OK bulk');
    await program.stop();
    const ready = await engine.when((s) => s.kind === 'ready', 'hung up');
    expect(ready).toMatchObject({ last: { text: '+OK bulk' } });
    await sshd.waitForLog(/Received disconnect from .*/);
    expect(engine.session()).toBeNull();
    // The next one finds the port as if nothing had been.
    expect(await greetingOf(account)).toBe('+OK bulk');
    expect(connections(sshd)).toBe(2);
  });

  it('a person who flips the switch sees that it works', async () => {
    const { engine, account } = await setting({ mode: 'on-demand' }, { idle: 60_000 });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
  });

  it('a line that is lost while nobody uses it is dialled by the next mail program only', async () => {
    const { sshd, engine, account } = await setting({ mode: 'on-demand' });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    await sshd.restart();
    await engine.when((s) => s.kind === 'ready', 'ready');
    expect(await greetingOf(account)).toBe('+OK bulk');
    await engine.when(isProven, 'proven again');
    expect(connections(sshd)).toBe(2);
    expect(engine.states().filter(({ kind }) => kind === 'retrying')).toEqual([]);
  });

  it('three mail programs are held while the line comes back', async () => {
    const { sshd, engine, account } = await setting({ mode: 'on-demand' });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    expect(await (await keep(connect(portOf(account)))).line()).toBe('+OK bulk');
    await sshd.halt();
    await engine.when((s) => s.kind === 'retrying', 'retrying');
    const early = [await keep(connect(portOf(account))), await keep(connect(portOf(account)))];
    await engine.when((s) => s.kind === 'retrying' && s.tries >= 2, 'still down');
    await sshd.start();
    // The third one cuts the wait for the next try short, for the others too.
    const programs = [...early, await keep(connect(portOf(account)))];
    for (const program of programs) expect(await program.line()).toBe('+OK bulk');
    await until('three are open', () => engine.traffic().openConnections === 3);
    for (const program of programs) await program.stop();
    await until('none is open', () => engine.traffic().openConnections === 0);
    await until('none is left at the mail server', () => mail.open() === 0);
  });

  it('a mail program is held while a person types the passphrase', async () => {
    const { engine, account } = await setting({ mode: 'on-demand' }, {}, locked);
    engine.host.setAccount(account, 'background');
    await engine.when((s) => s.kind === 'ready', 'ready');
    const program = await keep(connect(portOf(account)));
    const greeting = program.line();
    expect(await engine.trouble()).toMatchObject({ kind: 'answer-needed', what: 'passphrase' });
    expect(engine.prompts).toEqual([]);
    engine.answerWith(secretly(PASSPHRASE));
    engine.host.tryNow('a');
    expect(await greeting).toBe('+OK bulk');
  });

  const words: readonly (readonly [ForwardProtocol, RegExp | null])[] = [
    ['pop3', /^-ERR \[SYS\/TEMP\] Mailmole: \S/],
    ['imap', /^\* BYE Mailmole: \S/],
    ['smtp', /^421 Mailmole: \S/],
    ['submission', /^421 Mailmole: \S/],
    ['pop3s', null],
    ['imaps', null],
  ];
  const forwards = (): Promise<Forward[]> =>
    Promise.all(words.map(([name]) => forwardTo({ host: '127.0.0.1', port: mail.port }, name)));

  /** What mail programs of each kind are told; a reset where words would only confuse. */
  async function refusals(account: Account): Promise<string[]> {
    return Promise.all(
      account.forwards.map(async ({ localPort, protocol }) => {
        const program = await keep(connect(localPort));
        return protocol.endsWith('s') ? program.closed : program.line();
      }),
    );
  }

  it('mail programs are told why, in their own words, when the wait was in vain', async () => {
    const { sshd, engine, account } = await setting(
      { mode: 'on-demand', forwards: await forwards() },
      { hold: 300 },
    );
    await sshd.halt();
    engine.host.setAccount(account, 'background');
    await engine.when((s) => s.kind === 'ready', 'ready');
    const told = await refusals(account);
    for (const [index, [, pattern]] of words.entries())
      expect(told[index]).toMatch(pattern ?? /^ECONNRESET$/);
    expect(engine.state()).toMatchObject({ cause: { kind: 'connection-refused' } });
  });

  it('and at once when only a person could help', async () => {
    const { sshd, engine, account } = await setting({
      mode: 'on-demand',
      forwards: await forwards(),
    });
    await sshd.authorize([]);
    engine.host.setAccount(account, 'background');
    await engine.when((s) => s.kind === 'ready', 'ready');
    const told = await refusals(account);
    for (const [index, [, pattern]] of words.entries())
      expect(told[index]).toMatch(pattern ?? /^ECONNRESET$/);
    expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused' });
    expect(await refusals(account)).toEqual(told);
    expect(connections(sshd)).toBe(1);
  });
});

describe('always on and by hand', () => {
  it.each(['always-on', 'manual'] as const)('%s stays up when nobody uses it', async (mode) => {
    const { sshd, engine, account } = await setting({ mode }, { idle: 1 });
    engine.host.setAccount(account, 'background');
    await engine.when(isProven, 'proven');
    expect(await greetingOf(account)).toBe('+OK bulk');
    await until('nobody uses it', () => engine.traffic().openConnections === 0);
    expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
    await sshd.restart();
    await engine.when((s) => s.kind !== 'connected', 'the line is lost');
    await engine.when(isProven, 'up again by itself');
    engine.host.setAccount({ ...account, wanted: false }, 'person');
    await engine.when((s) => s.kind === 'off', 'off');
    expect(await dials(portOf(account))).toBe(false);
    expect(connections(sshd)).toBe(2);
  });
});

describe('a change while it is on', () => {
  it('that matters costs one new connection, however much it changes', async () => {
    const { sshd, engine, account } = await setting();
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const moved = await forwardTo({ host: '127.0.0.1', port: mail.port });
    const changed = { ...account, compression: true, forwards: [moved] };
    engine.host.setAccount(changed, 'person');
    await engine.when((s) => s.kind !== 'connected', 'the change is seen');
    await engine.when(isProven, 'proven again');
    expect(engine.session()).toMatchObject({ compressed: true });
    expect(await dials(portOf(account))).toBe(false);
    expect(await greetingOf(changed)).toBe('+OK bulk');
    expect(connections(sshd)).toBe(2);

    // The same port again, so that it has to be free in time.
    engine.host.setAccount({ ...changed, compression: false }, 'person');
    await engine.when((s) => s.kind !== 'connected', 'the change is seen');
    await engine.when(isProven, 'proven again');
    expect(connections(sshd)).toBe(3);
  });

  it('of the name or the mode alone costs none', async () => {
    const { sshd, engine, account } = await setting();
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const program = await keep(connect(portOf(account)));
    expect(await program.line()).toBe('+OK bulk');
    engine.host.setAccount({ ...account, name: 'Another' }, 'person');
    engine.host.setAccount({ ...account, name: 'Another', mode: 'on-demand' }, 'person');
    engine.host.setAccount({ ...account, name: 'Another', mode: 'manual' }, 'person');
    expect(await greetingOf(account)).toBe('+OK bulk');
    expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
    expect(connections(sshd)).toBe(1);
  });

  it('and switching to and fro ends where the switch is', async () => {
    const { engine, account } = await setting();
    for (let times = 0; times < 20; times++) {
      engine.host.setAccount(account, 'person');
      engine.host.setAccount({ ...account, wanted: false }, 'person');
    }
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'on');
    engine.host.setAccount({ ...account, wanted: false }, 'person');
    await engine.when((s) => s.kind === 'off', 'off');
    expect(await dials(portOf(account))).toBe(false);
    engine.host.removeAccount(account.id);
  });
});

describe('the local port', () => {
  it.each(['127.0.0.1', '::1'])('held on %s by another is named, and left alone', async (host) => {
    const { sshd, engine, account } = await setting();
    const port = portOf(account);
    const other = await keep(occupy(host, port));
    engine.host.setAccount(account, 'person');
    const trouble = await engine.trouble();
    expect(trouble).toMatchObject({ kind: 'port-in-use', address: host, port });
    const nextFree = trouble.kind === 'port-in-use' ? (trouble.nextFree ?? 0) : 0;
    expect(nextFree).toBeGreaterThan(port);
    for (const one of ['127.0.0.1', '::1']) await (await occupy(one, nextFree)).stop();
    // Half a port would lead a mail program's password to the stranger, so there is none.
    const half = host === '::1' ? '127.0.0.1' : '::1';
    await (await occupy(half, port)).stop();
    expect(connections(sshd)).toBe(0);
    await other.stop();
    engine.host.tryNow('a');
    await engine.when(isProven, 'proven');
  });

  it('answers on both addresses of localhost, and a single address only on that', async () => {
    const { engine, account } = await setting();
    const [forward] = account.forwards;
    if (forward === undefined) throw new Error('no forward');
    const single = await forwardTo({ host: '127.0.0.1', port: mail.port });
    const forwards = [forward, { ...single, localAddress: '127.0.0.2' }];
    engine.host.setAccount({ ...account, forwards }, 'person');
    await engine.when(isProven, 'proven');
    for (const host of ['127.0.0.1', '::1']) {
      await expect(occupy(host, forward.localPort)).rejects.toThrow('EADDRINUSE');
      await (await occupy(host, single.localPort)).stop();
    }
    await expect(occupy('127.0.0.2', single.localPort)).rejects.toThrow('EADDRINUSE');
  });

  it.skipIf(LOW_IS_FREE)('below 1024 is not for everyone', async () => {
    const { engine, account } = await setting();
    const forwards = account.forwards.map((forward) => ({ ...forward, localPort: 1021 }));
    engine.host.setAccount({ ...account, forwards }, 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'port-forbidden', port: 1021 });
  });

  it('outlives a hundred failed dials, with the mail program that waits on it', async () => {
    const { sshd, engine, account } = await setting();
    await sshd.halt();
    engine.host.setAccount(account, 'person');
    const program = await keep(connect(await listening(account)));
    const failed = () => engine.states().filter((state) => state.kind === 'retrying').length;
    for (let dialled = 1; dialled <= 100; dialled++) {
      await engine.when((s) => s.kind === 'retrying' && failed() >= dialled, 'failed again');
      engine.host.tryNow('a');
    }
    await until('the hundredth has failed too', () => failed() > 100);
    await sshd.start();
    engine.host.tryNow('a');
    expect(await program.line()).toBe('+OK bulk');
    await engine.when(isUp, 'up');
  });
});

/** Waits until an account's port takes connections. */
async function listening(account: Account): Promise<number> {
  await until('the port is bound', () => dials(portOf(account)));
  return portOf(account);
}

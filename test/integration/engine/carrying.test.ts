import { connect as connectTcp, type Socket } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Account, Forward } from '../../../electron/shared/account';
import { isProven, type TunnelState } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine, type TestEngine } from '../../support/engine';
import { startDovecot } from '../../world/dovecot';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd, type Sshd, type SshdOptions } from '../../world/sshd';
import { startTcpRelay } from '../../world/tcp-relay';
import { freePort } from '../../world/world-folder';
import { until } from '../../world/wait';
import { exchange, startBulkServer, type BulkServer } from './bulk';
import { plainServer } from './plain-server';
import { portOf } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
const MB = 1024 * 1024;
const WHOLE = { upWhole: true, downWhole: true };

let mail: BulkServer;
beforeAll(async () => {
  mail = await keepForFile(startBulkServer());
});

interface Carrier {
  readonly sshd: Sshd;
  readonly engine: TestEngine;
  readonly account: Account;
}

/** An account that is being switched on. */
async function switchedOn(
  forwards: readonly Forward[],
  options: SshdOptions = {},
  more: Partial<Account> = {},
): Promise<Carrier> {
  const sshd = await keep(startSshd({ authorizedKeys: [key], ...options }));
  const engine = await keep(startEngine({ settings: { waits: { askAgain: 100 } } }));
  const path = await writeKey(engine.folder, key, 'id');
  const account = accountFor(sshd, forwards, { signIn: { kind: 'key-file', path }, ...more });
  engine.host.setAccount(account, 'person');
  return { sshd, engine, account };
}

const toMail = (): Promise<Forward> => forwardTo({ host: '127.0.0.1', port: mail.port });

/** An account whose tunnel is up and proven. */
async function proven(
  forwards?: readonly Forward[],
  options?: SshdOptions,
  more?: Partial<Account>,
): Promise<Carrier> {
  const carrier = await switchedOn(forwards ?? [await toMail()], options, more);
  await carrier.engine.when(isProven, 'proven');
  return carrier;
}

/** Nothing of the mail programs is left: not here, and not at the mail server. */
async function nothingOpen(engine: TestEngine): Promise<void> {
  await until('no connection is open here', () => engine.traffic().openConnections === 0);
  await until('no connection is open there', () => mail.open() === 0);
}

describe('mail programs', () => {
  it('fifty at once get and give two megabytes each', async () => {
    const { engine, account } = await proven();
    const port = portOf(account);
    const all = Array.from({ length: 50 }, () => exchange(port, 2 * MB, 2 * MB));
    for (const one of await Promise.all(all)) expect(one).toEqual(WHOLE);
    await nothingOpen(engine);
    expect(engine.traffic()).toMatchObject({ openConnections: 0, totalConnections: 50 });
    expect(engine.traffic().bytesUp).toBe(50 * (2 * MB + 8));
    expect(engine.traffic().bytesDown).toBe(50 * (2 * MB + '+OK bulk\r\n'.length + 32));
    expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
  });

  it('that connect and close at once, or reset, leave nothing', async () => {
    const { engine, account } = await proven();
    const port = portOf(account);
    const dial = () => connectTcp({ host: '127.0.0.1', port }).on('error', () => undefined);
    const ways: ((socket: Socket) => unknown)[] = [
      (socket) => socket.end(),
      (socket) => socket.destroy(),
      (socket) => socket.resetAndDestroy(),
      (socket) => socket.end('QUIT\r\n'),
    ];
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const socket = dial();
        await new Promise((resolve) => socket.once('connect', resolve));
        const closed = new Promise((resolve) => socket.once('close', resolve));
        ways[index % ways.length]?.(socket.resume());
        await closed;
      }),
    );
    await nothingOpen(engine);
    expect(await exchange(port, MB, MB)).toEqual(WHOLE);
    expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
  });

  it('may end their side and go on reading', async () => {
    const { engine, account } = await proven();
    const socket = connectTcp({ host: '127.0.0.1', port: portOf(account), allowHalfOpen: true });
    const header = Buffer.alloc(8);
    header.writeUInt32BE(5 * MB, 4);
    socket.end(header);
    let got = 0;
    for await (const chunk of socket) got += (chunk as Buffer).length;
    expect(got).toBe('+OK bulk\r\n'.length + 5 * MB + 32);
    await nothingOpen(engine);
  });

  it('may go on writing when the server has ended its side', async () => {
    let heard = 0;
    const ended = new Promise<void>((resolve) => {
      void plainServer((socket) => {
        socket.on('data', (chunk: Buffer) => (heard += chunk.length)).once('end', resolve);
        socket.end('+OK and no more\r\n');
      }).then((server) => made(server.port));
    });
    let made: (port: number) => void = () => undefined;
    const port = await new Promise<number>((resolve) => (made = resolve));
    const { engine, account } = await proven([await forwardTo({ host: '127.0.0.1', port })]);
    const socket = connectTcp({ host: '127.0.0.1', port: portOf(account), allowHalfOpen: true });
    socket.resume();
    await new Promise((resolve) => socket.once('end', resolve));
    heard = 0;
    socket.end(Buffer.alloc(3 * MB));
    await ended;
    await until('all was heard', () => heard === 3 * MB);
    await until('no connection is open', () => engine.traffic().openConnections === 0);
  });
});

describe('what waits to be sent', () => {
  it('to one mail server that does not read is little, and in nobody else’s way', async () => {
    const stalled = await keep(startBulkServer());
    const forwards = [await forwardTo({ host: '127.0.0.1', port: stalled.port }), await toMail()];
    const { engine, account } = await proven(forwards);
    stalled.stall(true);
    const upload = exchange(forwards[0]?.localPort ?? 0, 40 * MB, 0);
    await until('the upload is on its way', () => engine.traffic().bytesUp > 2 * MB);
    const before = engine.traffic().bytesUp;
    for (let round = 0; round < 5; round++)
      expect(await exchange(forwards[1]?.localPort ?? 0, 2 * MB, 2 * MB)).toEqual(WHOLE);
    await until('the others are counted', () => engine.traffic().bytesUp >= before + 10 * MB);
    // Two windows of the server, what the kernels hold, and not much of ours.
    expect(engine.traffic().bytesUp - 10 * MB).toBeLessThan(20 * MB);
    stalled.stall(false);
    expect(await upload).toEqual(WHOLE);
    expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
    expect(account.forwards).toHaveLength(2);
  });

  it('on a line that stands still does not grow with the number of mail programs', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const relay = await keep(startTcpRelay(sshd));
    const engine = await keep(startEngine());
    const path = await writeKey(engine.folder, key, 'id');
    const signIn = { kind: 'key-file', path } as const;
    const at = { ...sshd, port: relay.port };
    const account = accountFor(at, [await toMail()], { signIn });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const programs = Array.from({ length: 40 }, () =>
      connectTcp({ host: '127.0.0.1', port: portOf(account) }).on('error', () => undefined),
    );
    const ends = programs.map((program) => new Promise((resolve) => program.once('end', resolve)));
    await Promise.all(
      programs.map((program) => new Promise((resolve) => program.once('data', resolve))),
    );
    relay.blackhole();
    const upload = Buffer.alloc(8 + 2 * MB);
    upload.writeUInt32BE(2 * MB, 0);
    for (const program of programs) program.write(upload);
    await until('the uploads begin', () => engine.traffic().bytesUp > 0);
    await standstill(() => engine.traffic().bytesUp);
    // The server's windows would take all 80 MB; two kernels' buffers hold some of it.
    const sent = engine.traffic().bytesUp;
    expect(sent).toBeLessThan(20 * MB);
    const before = mail.taken();
    relay.revive();
    await Promise.all(ends);
    expect(mail.taken() - before).toBe(40 * upload.length);
    await nothingOpen(engine);
  });
});

/** Resolves when a number has not changed for two of the engine's reports, which come every half second. */
async function standstill(read: () => number): Promise<void> {
  let last = read();
  let since = Date.now();
  await until('it stands still', () => {
    const now = read();
    if (now !== last) since = Date.now();
    last = now;
    return Date.now() - since > 1_200;
  });
}

describe('the proof', () => {
  const failedWith = (kind: string) => (state: TunnelState) =>
    state.kind === 'connected' && state.proof.kind === 'failed' && state.proof.error.kind === kind;

  it('is missing while the mail server is down, and comes by itself when it is up', async () => {
    const port = await freePort();
    const { engine, account } = await switchedOn([await forwardTo({ host: '127.0.0.1', port })]);
    const state = await engine.when(failedWith('forward-refused'), 'no proof');
    expect(state).toMatchObject({
      proof: { error: { reason: 'refused', mailHost: '127.0.0.1', mailPort: port } },
    });
    const program = connectTcp({ host: '127.0.0.1', port: portOf(account) }).setEncoding('utf8');
    let told = '';
    for await (const text of program) told += String(text);
    expect(told).toMatch(/^-ERR \[SYS\/TEMP\] Mailmole: \S/);
    await plainServer((socket) => socket.write('+OK at last\r\n'), port);
    expect(await engine.when(isProven, 'proven')).toMatchObject({
      attempt: 2,
      proof: { greeting: { text: '+OK at last' } },
    });
  });

  it.each([
    ['forwarding is not allowed', { allowForwarding: false }, '127.0.0.1', 'prohibited'],
    ['the server knows no such host', {}, 'mail.invalid', 'not-found'],
  ] as const)('is missing when %s', async (_name, options, host, reason) => {
    const forward = await forwardTo({ host, port: mail.port });
    const { engine } = await switchedOn([forward], options);
    const state = await engine.when(failedWith('forward-refused'), 'no proof');
    expect(state).toMatchObject({ proof: { error: { reason, mailHost: host } } });
    expect(engine.state()).toMatchObject({ kind: 'connected' });
  });

  it('is missing when something else answers, or hangs up', async () => {
    const other = await keep(startSshd());
    const wrong = await forwardTo({ host: '127.0.0.1', port: other.port });
    const { engine, account } = await switchedOn([await toMail(), wrong]);
    const state = await engine.when(failedWith('wrong-greeting'), 'no proof');
    expect(state).toMatchObject({
      proof: { error: { expected: '+OK', got: expect.stringMatching(/^SSH-2\.0-/) as string } },
    });
    const mute = await plainServer((socket) => socket.end());
    const forwards = [await forwardTo({ host: '127.0.0.1', port: mute.port })];
    engine.host.setAccount({ ...account, forwards }, 'person');
    await engine.when(failedWith('no-greeting'), 'no proof either');
  });

  it('is given by POP3, IMAP and SMTP, in the clear and under TLS', async () => {
    const { ports } = await keep(startDovecot());
    const smtp = await plainServer((socket) => socket.write('220 mail.example ESMTP\r\n'));
    const to = (port: number, protocol: Forward['protocol']) =>
      forwardTo({ host: '127.0.0.1', port }, protocol);
    const { engine } = await proven([
      await to(ports.imap, 'imap'),
      await to(ports.pop3, 'pop3'),
      await to(smtp.port, 'smtp'),
      await to(smtp.port, 'submission'),
      await to(ports.pop3s, 'pop3s'),
      await to(ports.imaps, 'imaps'),
    ]);
    expect(engine.state()).toMatchObject({
      proof: { greeting: { text: expect.stringMatching(/^\* OK .*Dovecot ready\.$/) as string } },
    });
    expect(smtp.lines()).toBe(2);
  });
});

describe('an account without a shell', () => {
  it.each(['no-sessions', 'refused', 'message'] as const)(
    'carries mail all the same (%s), and no session is ever asked for',
    async (access) => {
      const options = { access, config: { LogLevel: 'DEBUG1' } };
      const { sshd, engine, account } = await proven(undefined, options, { compression: true });
      expect(await exchange(portOf(account), 5 * MB, 5 * MB)).toEqual(WHOLE);
      engine.host.power('resumed');
      engine.host.setAccount({ ...account, wanted: false }, 'person');
      await engine.when((s) => s.kind === 'off', 'off');
      await sshd.waitForLog(/Received disconnect/);
      expect(sshd.log()).toContain('ctype direct-tcpip');
      expect(sshd.log()).not.toMatch(/ctype session|session_new|server_input_channel_req/);
    },
  );
});

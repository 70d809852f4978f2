import { createServer, type AddressInfo, type Socket } from 'node:net';
import ssh2, { type ServerChannel, type TcpipRequestInfo } from 'ssh2';
import { expect, it } from 'vitest';
import type { Account } from '../../../electron/shared/account';
import type { Waits } from '../../../electron/tunnel/ports';
import { isProven, type TunnelState } from '../../../electron/shared/tunnel-state';
import {
  accountFor,
  forwardTo,
  startEngine,
  type EngineOptions,
  type TestEngine,
} from '../../support/engine';
import { connect } from '../../world/talk';
import { until } from '../../world/wait';
import { greetingOf, portOf } from './support';
import { keep, tidyUp } from './tidy';
import { makeServerKey } from '../../support/server-key';

tidyUp();

/** Mail servers that the SSH server below plays, by their ports. */
const GREETS = 110;
const NEVER_OPENS = 111;

type Accept = () => ServerChannel;

/** An SSH server that lets everybody in and does with channels what the test says. */
async function sshServer(onForward: (accept: Accept, info: TcpipRequestInfo) => void) {
  const hostKeys = [makeServerKey().private];
  const sockets = new Set<Socket>();
  const ssh = new ssh2.Server({ hostKeys }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => context.accept());
    client.on('tcpip', (accept, _reject, info) => onForward(accept, info));
    client.on('request', (_accept, reject) => reject?.());
  });
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined));
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  await keep(Promise.resolve({ stop }));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, user: 'me' };
}

function greet(channel: ServerChannel): void {
  channel.on('error', () => undefined).on('end', () => channel.end());
  channel.resume().write('+OK at your service\r\n');
}

/** An account that is switched on, with a forward to each of these ports. */
async function switchedOn(
  at: { host: string; port: number; user: string },
  mailPorts: readonly number[],
  waits: Partial<Waits> = {},
  options: EngineOptions = {},
): Promise<{ engine: TestEngine; account: Account }> {
  const engine = await keep(startEngine({ settings: { waits }, ...options }));
  const forwards = mailPorts.map((port) => forwardTo({ host: 'mail', port }));
  const account = accountFor(at, await Promise.all(forwards), { signIn: { kind: 'password' } });
  engine.answerWith((request) =>
    request.kind === 'host-key' ? { kind: 'trust' } : { kind: 'secret', secret: 'open sesame' },
  );
  engine.host.setAccount(account, 'person');
  return { engine, account };
}

it('a channel that is neither opened nor refused is waited for only so long, and closed when it comes late', async () => {
  const late: Accept[] = [];
  const at = await sshServer((accept, { destPort }) => {
    if (destPort === GREETS) greet(accept());
    else late.push(accept);
  });
  const { engine, account } = await switchedOn(at, [GREETS, NEVER_OPENS], { open: 300 });
  const unproven = (state: TunnelState) =>
    state.kind === 'connected' && state.proof.kind === 'failed';
  expect(await engine.when(unproven, 'not proven')).toMatchObject({
    proof: {
      error: { kind: 'no-greeting', mailPort: NEVER_OPENS, detail: 'no answer for 0.3 s' },
    },
  });
  const [first, second] = account.forwards;
  const toSecond = { ...account, forwards: second === undefined ? [] : [second] };
  const toFirst = { ...account, forwards: first === undefined ? [] : [first] };
  expect(await greetingOf(toSecond)).toMatch(/^-ERR \[SYS\/TEMP\] Mailmole: \S/);
  // The others go on, on the same session.
  expect(await greetingOf(toFirst)).toBe('+OK at your service');
  expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
  let closed = 0;
  const before = late.length;
  for (const accept of late.splice(0))
    accept()
      .on('close', () => closed++)
      .resume();
  await until('late channels are closed', () => closed === before);
  await until('nothing is open', () => engine.traffic().openConnections === 0);
});

it('a thousand connections are carried at once, and the next is answered', async () => {
  const at = await sshServer((accept) => greet(accept()));
  const { engine, account } = await switchedOn(at, [GREETS]);
  await engine.when(isProven, 'proven');
  const port = account.forwards[0]?.localPort ?? 0;
  const programs = await Promise.all(Array.from({ length: 1000 }, () => connect(port)));
  for (const program of programs) expect(await program.line()).toBe('+OK at your service');
  const words = '-ERR [SYS/TEMP] Mailmole: more than 1000 connections at a time';
  expect(await greetingOf(account)).toBe(words);
  expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
  await until('all are counted', () => engine.traffic().openConnections === 1000);
  await programs.pop()?.stop();
  await until('one has gone', () => engine.traffic().openConnections === 999);
  expect(await greetingOf(account)).toBe('+OK at your service');
  await Promise.all(programs.map((program) => program.stop()));
  await until('nothing is open', () => engine.traffic().openConnections === 0);
});

it('a fault of the engine that nobody catches is logged, and ends no connection', async () => {
  const at = await sshServer((accept) => greet(accept()));
  const { engine, account } = await switchedOn(at, [GREETS], {}, { surprised: true });
  await engine.when(isProven, 'proven');
  const program = await connect(portOf(account));
  expect(await program.line()).toBe('+OK at your service');
  process.kill(engine.pids.at(-1) ?? 0, 'SIGPWR');
  const logged = (text: string) => engine.log.some((line) => line.startsWith(text));
  await until('both are logged', () => {
    return logged('error: uncaught: Error: a surprise') && logged('error: unhandled rejection: ');
  });
  const next = await connect(portOf(account));
  expect(await next.line()).toBe('+OK at your service');
  await until('both are counted', () => engine.traffic().openConnections === 2);
  expect(engine.pids).toHaveLength(1);
  await program.stop();
  await next.stop();
});

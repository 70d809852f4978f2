import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, Socket, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dial, type DialOptions } from '../../../electron/tunnel/dial';
import { mapConnectionError, type AttemptContext } from '../../../electron/tunnel/error-mapping';
import { until } from '../../world/wait';
import { freePort } from '../../world/world-folder';

const FAR_OFF_MS = 60_000;
const V6_A = '2001:db8::a';
const V6_B = '2001:db8::b';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A server that takes connections and says nothing. */
async function listen(host: string, port = 0): Promise<number> {
  const taken: Socket[] = [];
  const server = createServer((socket) => taken.push(socket.on('error', () => undefined)));
  server.listen(port, host);
  await once(server, 'listening');
  stops.push(() => {
    for (const socket of taken) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function finds(...addresses: string[]): NonNullable<DialOptions['lookup']> {
  return () =>
    Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
}

/** Begins attempts that end as told for each address, and notes when each began. */
function attempts(ends: Readonly<Record<string, 'never' | { code: string }>>) {
  const begun: { address: string; socket: Socket }[] = [];
  const begin = (address: string, port: number): Socket => {
    const end = ends[address];
    const socket = end === undefined ? connect({ host: address, port }) : new Socket();
    if (typeof end === 'object')
      process.nextTick(() =>
        socket.destroy(Object.assign(new Error(`${end.code} ${address}`), end)),
      );
    begun.push({ address, socket });
    stops.push(() => socket.destroy());
    return socket;
  };
  return { begun, begin, addresses: () => begun.map(({ address }) => address) };
}

async function dialled(...args: Parameters<typeof dial>): Promise<Socket> {
  const socket = await dial(...args);
  stops.push(() => socket.destroy());
  return socket;
}

const failure = (promise: Promise<unknown>): Promise<NodeJS.ErrnoException> =>
  promise.then(
    () => {
      throw new Error('it connected');
    },
    (error: unknown) => error as NodeJS.ErrnoException,
  );

const never = new AbortController().signal;

describe('dialling', () => {
  it('takes an address as it is, without looking it up', async () => {
    const lookup = vi.fn(finds('127.0.0.9'));
    const port = await listen('127.0.0.2');
    const socket = await dialled('127.0.0.2', port, never, { lookup });
    expect(socket.remoteAddress).toBe('127.0.0.2');
    expect(lookup).not.toHaveBeenCalled();
  });

  it("resolves names by the system's resolver, both families of it", async () => {
    const port = await listen('127.0.0.1');
    const socket = await dialled('localhost', port, never);
    expect(socket.remoteAddress).toBe('127.0.0.1');
  });

  it('hands over a socket without delay, kept alive, and heard whatever happens to it', async () => {
    const port = await listen('127.0.0.1');
    const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    stops.push(() => vi.restoreAllMocks());
    const socket = await dialled('127.0.0.1', port, never);
    expect(noDelay).toHaveBeenCalledWith(true);
    expect(keepAlive).toHaveBeenCalledWith(true);
    expect(socket.listenerCount('error')).toBe(1);
    socket.destroy(new Error('of no use'));
    await until('it is closed', () => socket.closed);
  });

  it('goes on to the next address as soon as one fails', async () => {
    const port = await listen('127.0.0.3');
    const lookup = finds('127.0.0.2', '127.0.0.3');
    const socket = await dialled('server', port, never, { lookup, attemptDelayMs: FAR_OFF_MS });
    expect(socket.remoteAddress).toBe('127.0.0.3');
  });

  it('lets the families take turns, the favourite first, each address once', async () => {
    const refused = { code: 'ECONNREFUSED' };
    const all = ['10.0.0.1', '10.0.0.2', '10.0.0.3', V6_A, V6_B];
    const { begin, addresses } = attempts(Object.fromEntries(all.map((one) => [one, refused])));
    const lookup = finds(V6_A, V6_A, V6_B, '10.0.0.1', '10.0.0.2', '10.0.0.1', '10.0.0.3');
    await failure(dial('server', 22, never, { lookup, connect: begin }));
    expect(addresses()).toEqual([V6_A, '10.0.0.1', V6_B, '10.0.0.2', '10.0.0.3']);
  });

  it('starts the next attempt 250 ms after one that hangs; who is late is hung up on', async () => {
    const port = await listen('127.0.0.1');
    const { begin, begun } = attempts({ [V6_A]: 'never' });
    const lookup = finds(V6_A, '127.0.0.1', V6_B);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    stops.push(() => vi.useRealTimers());
    const pending = dialled('server', port, never, { lookup, connect: begin });
    await until('the first has begun', () => begun.length === 1);
    vi.advanceTimersByTime(249);
    expect(begun).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(begun).toHaveLength(2);
    const socket = await pending;
    expect(socket.remoteAddress).toBe('127.0.0.1');
    expect(begun[0]?.socket.destroyed).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(begun).toHaveLength(2);
  });

  it('does not give up a slow attempt for a later one', async () => {
    const port = await listen('127.0.0.1');
    const { begin, begun } = attempts({ [V6_A]: 'never', '10.0.0.1': 'never', [V6_B]: 'never' });
    const lookup = finds(V6_A, '10.0.0.1', V6_B);
    const pending = dialled('server', port, never, { lookup, connect: begin, attemptDelayMs: 20 });
    await until('all have begun', () => begun.length === 3);
    const slow = begun[0]?.socket;
    slow?.connect({ host: '127.0.0.1', port });
    expect(await pending).toBe(slow);
    expect(begun.map(({ socket }) => socket.destroyed)).toEqual([false, true, true]);
  });

  it('passes by a real server whose queue is full', async () => {
    const port = await listen('127.0.0.4');
    await fullListener('127.0.0.3', port);
    const { begin, begun } = attempts({});
    const lookup = finds('127.0.0.3', '127.0.0.4');
    const socket = await dialled('server', port, never, { lookup, connect: begin });
    expect(socket.remoteAddress).toBe('127.0.0.4');
    expect(begun[0]?.socket.destroyed).toBe(true);
  });
});

/** A process that listens but takes nobody, with as many waiting as the system lets. */
async function fullListener(host: string, port: number): Promise<void> {
  const code = `
    const server = require('node:net').createServer();
    server.listen({ host: ${JSON.stringify(host)}, port: ${port}, backlog: 1 }, () => {
      require('node:fs').writeSync(1, 'up');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child: ChildProcess = spawn(process.execPath, ['-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stops.push(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
  const fillers = Array.from({ length: 4 }, () =>
    connect({ host, port }).on('error', () => undefined),
  );
  stops.push(() => fillers.forEach((socket) => socket.destroy()));
  await until('the queue is full', () => fillers.filter((one) => !one.connecting).length === 2);
}

describe('when nobody answers', () => {
  const CODES = ['EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT', 'ECONNREFUSED'];

  it.each([
    [['ENETUNREACH', 'ECONNREFUSED'], 'ECONNREFUSED'],
    [['ECONNREFUSED', 'ENETUNREACH', 'ETIMEDOUT'], 'ECONNREFUSED'],
    [['ENETUNREACH', 'ETIMEDOUT'], 'ETIMEDOUT'],
    [['EADDRNOTAVAIL', 'ECONNRESET'], 'ECONNRESET'],
    [['ENOTFOUND', 'EHOSTUNREACH'], 'EHOSTUNREACH'],
    [CODES, 'ECONNREFUSED'],
  ])('of %j the most telling is %s', async (codes, expected) => {
    const all = codes.map((code, index) => [`10.0.0.${index}`, { code }] as const);
    const { begin } = attempts(Object.fromEntries(all));
    const lookup = finds(...all.map(([address]) => address));
    const error = await failure(dial('server', 22, never, { lookup, connect: begin }));
    expect(error.code).toBe(expected);
    for (const [address, { code }] of all) expect(error.message).toContain(`${code} ${address}`);
  });

  const context: AttemptContext = {
    host: 'server',
    port: 22,
    user: 'u',
    phase: 'reaching-server',
    tried: [],
    offered: [],
    serverSays: '',
  };

  it('error-mapping reads it: refused, by one address and by two', async () => {
    const port = await freePort();
    const one = await failure(dial('127.0.0.1', port, never));
    expect(one).toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.1' });
    expect(mapConnectionError(one, context).kind).toBe('connection-refused');
    const lookup = finds('127.0.0.1', '127.0.0.2');
    const two = await failure(dial('server', port, never, { lookup }));
    expect(mapConnectionError(two, context).kind).toBe('connection-refused');
  });

  it('error-mapping reads it: no such name, and a name without addresses', async () => {
    const unknown = await failure(dial('nowhere.invalid', 22, never));
    expect(mapConnectionError(unknown, context).kind).toBe('host-not-found');
    const empty = await failure(dial('server', 22, never, { lookup: finds() }));
    expect(mapConnectionError(empty, context).kind).toBe('host-not-found');
  });

  it('goes on waiting for the last attempt', async () => {
    const port = await listen('127.0.0.1');
    const { begin, begun } = attempts({ [V6_A]: 'never', '10.0.0.1': { code: 'ECONNREFUSED' } });
    const options = { lookup: finds(V6_A, '10.0.0.1'), connect: begin, attemptDelayMs: 10 };
    const pending = dialled('server', port, never, options);
    await until('the second has failed', () => begun[1]?.socket.closed === true);
    begun[0]?.socket.connect({ host: '127.0.0.1', port });
    expect((await pending).remoteAddress).toBe('127.0.0.1');
  });

  it('refuses an impossible port', async () => {
    expect((await failure(dial('127.0.0.1', 70_000, never))).code).toBe('ERR_SOCKET_BAD_PORT');
  });
});

describe('when it is called off', () => {
  const reason = new Error('called off');

  it('before it began, nothing is begun', async () => {
    const lookup = vi.fn(finds('127.0.0.1'));
    expect(await failure(dial('server', 22, AbortSignal.abort(reason), { lookup }))).toBe(reason);
    expect(lookup).not.toHaveBeenCalled();
  });

  it('it does not wait for the look-up', async () => {
    const control = new AbortController();
    const lookup = () => new Promise<never>(() => undefined);
    const pending = failure(dial('server', 22, control.signal, { lookup }));
    control.abort(reason);
    expect(await pending).toBe(reason);
  });

  it('it hangs up every attempt and begins no other', async () => {
    const control = new AbortController();
    const { begin, begun } = attempts({ [V6_A]: 'never', '10.0.0.1': 'never', [V6_B]: 'never' });
    const options = { lookup: finds(V6_A, '10.0.0.1', V6_B), connect: begin, attemptDelayMs: 10 };
    const pending = failure(dial('server', 22, control.signal, options));
    await until('two have begun', () => begun.length === 2);
    control.abort(reason);
    expect(await pending).toBe(reason);
    expect(begun.map(({ socket }) => socket.destroyed)).toEqual([true, true]);
  });

  it('afterwards, the socket is left alone', async () => {
    const control = new AbortController();
    const port = await listen('127.0.0.1');
    const socket = await dialled('127.0.0.1', port, control.signal);
    control.abort(reason);
    expect(socket.destroyed).toBe(false);
  });
});

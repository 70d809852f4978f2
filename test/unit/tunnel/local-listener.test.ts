import { once } from 'node:events';
import { connect, createServer, Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findFreePort } from '../../../electron/tunnel/free-port';
import { LocalListener } from '../../../electron/tunnel/local-listener';
import { addressesOf, isLoopback } from '../../../electron/tunnel/loopback';
import { until } from '../../world/wait';
import { forwardOf } from './stand-ins';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const somewhere = () => findFreePort('localhost', 20_000 + Math.floor(Math.random() * 20_000));

async function hold(host: string, port: number): Promise<Server> {
  const server = createServer();
  open.push(server);
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  return server;
}

async function listenerOn(localPort: number, localAddress = 'localhost') {
  const sockets: Socket[] = [];
  const forward = forwardOf({ localPort, localAddress });
  const listener = new LocalListener(forward, (socket, to) => {
    expect(to).toBe(forward);
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  open.push({ close: () => (sockets.forEach((socket) => socket.destroy()), listener.close()) });
  await listener.bind();
  return { listener, sockets };
}

async function dial(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  open.push({ close: () => socket.destroy() });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('a local port', () => {
  it('has room for a burst of connections, and sends what they get without delay', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    const port = await somewhere();
    listen.mockClear();
    await listenerOn(port);
    expect(listen.mock.calls).toMatchObject([
      [{ host: '127.0.0.1', port, backlog: 4096 }, expect.anything()],
      [{ host: '::1', port, backlog: 4096 }, expect.anything()],
    ]);
    expect(listen.mock.contexts).toMatchObject([{ noDelay: true }, { noDelay: true }]);
    listen.mockRestore();
  });

  it('is bound on both addresses of localhost', async () => {
    const port = await somewhere();
    const { sockets } = await listenerOn(port);
    await dial('127.0.0.1', port);
    await dial('::1', port);
    await until('both arrived', () => sockets.length === 2);
  });

  it('on one address is bound there only', async () => {
    const port = await somewhere();
    await listenerOn(port, '127.0.0.2');
    await dial('127.0.0.2', port);
    await hold('127.0.0.1', port);
    await hold('::1', port);
  });

  it('hands sockets over before anything is read, and half-open', async () => {
    const port = await somewhere();
    const { sockets } = await listenerOn(port);
    const program = await dial('127.0.0.1', port);
    program.end('QUIT\r\n');
    await until('it arrived', () => sockets.length === 1);
    const [socket] = sockets;
    expect(socket?.allowHalfOpen).toBe(true);
    expect(socket?.bytesRead).toBe(0);
    const got: string[] = [];
    socket?.on('data', (chunk) => got.push(String(chunk)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual([]);
    socket?.resume();
    await until('it is read', () => got.join('') === 'QUIT\r\n');
    expect(socket?.writable).toBe(true);
  });

  it.each(['127.0.0.1', '::1'])(
    'of which %s is taken is not bound on the other either',
    async (host) => {
      const port = await somewhere();
      await hold(host, port);
      await expect(listenerOn(port)).rejects.toMatchObject({
        error: { kind: 'port-in-use', address: host, port },
      });
      await hold(host === '::1' ? '127.0.0.1' : '::1', port);
    },
  );

  it('that is taken names the next free one', async () => {
    const port = await somewhere();
    await hold('127.0.0.1', port);
    await hold('::1', port + 1);
    const error: unknown = await listenerOn(port).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ error: { kind: 'port-in-use' } });
    const { nextFree } = (error as { error: { nextFree: number } }).error;
    expect(nextFree).toBeGreaterThan(port + 1);
    await listenerOn(nextFree);
  });

  it('is free again once it is closed, though a connection is open still', async () => {
    const port = await somewhere();
    const { listener, sockets } = await listenerOn(port);
    const program = await dial('127.0.0.1', port);
    await until('it arrived', () => sockets.length === 1);
    await listener.close();
    await listener.close();
    const again = await listenerOn(port);
    program.write('still here');
    expect(sockets[0]?.destroyed).toBe(false);
    await again.listener.close();
  });

  it('takes a thousand at once', async () => {
    const port = await somewhere();
    const { sockets } = await listenerOn(port);
    const programs = await Promise.all(
      Array.from({ length: 1_000 }, () => dial('127.0.0.1', port)),
    );
    await until('all arrived', () => sockets.length === 1_000);
    expect(programs.every((program) => !program.destroyed)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.1',
    '10.0.0.1',
    'example.org',
    '',
    '127.0.0.1.example.org',
    '127.999.0.1',
    '::ffff:10.0.0.1',
  ])('on %j is refused: mail is not offered to the network', async (localAddress) => {
    expect(isLoopback(localAddress)).toBe(false);
    expect(() => addressesOf(localAddress)).toThrow('not an address of this computer alone');
    await expect(listenerOn(await somewhere(), localAddress)).rejects.toThrow();
  });
});

describe('a free port', () => {
  it('is free on every address, and not among those spoken for', async () => {
    const port = await somewhere();
    await hold('::1', port);
    const next = await findFreePort('localhost', port);
    expect(next).toBeGreaterThan(port);
    expect(await findFreePort('127.0.0.1', port)).toBe(port);
    expect(await findFreePort('127.0.0.1', port, new Set([port]))).toBeGreaterThan(port);
  });

  it('may not be there at all', async () => {
    await expect(findFreePort('127.0.0.1', 65_535, new Set([65_535]))).rejects.toThrow(
      'no free port',
    );
    await expect(findFreePort('localhost', 65_536)).rejects.toThrow('no free port');
  });
});

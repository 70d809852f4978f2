import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { LoopbackServer } from '../../electron/practice/loopback';
import { startPop3Server } from '../../electron/practice/pop3-server';
import { until } from '../world/wait.ts';

const SIGN_IN = 'USER mole\r\nPASS x\r\n';
const BIG = Buffer.from(`Subject: big\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(13_000)}`);

const running: LoopbackServer[] = [];
const clients: Socket[] = [];

async function serve(idleMs?: number): Promise<LoopbackServer> {
  const server = await startPop3Server({
    port: 0,
    messages: [
      { uid: 'small', bytes: Buffer.from('Subject: small\r\n\r\n.\r\n') },
      { uid: 'big', bytes: BIG },
    ],
    ...(idleMs === undefined ? {} : { idleMs }),
  });
  running.push(server);
  return server;
}

function dial(server: LoopbackServer): Socket {
  const socket = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true });
  socket.on('error', () => undefined);
  clients.push(socket);
  return socket;
}

/** Sends everything at once, and reads until the server hangs up. */
async function exchange(server: LoopbackServer, text: string | Buffer): Promise<string> {
  const socket = dial(server);
  socket.end(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

afterEach(async () => {
  for (const socket of clients.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

describe('the POP3 server', () => {
  test('greets, and listens on the loopback address only', async () => {
    const server = await serve();
    const [greeting] = (await once(dial(server), 'data')) as [Buffer];
    expect(greeting.toString()).toBe('+OK Mailmole practice server ready\r\n');
    const elsewhere = connect({ host: '127.0.0.2', port: server.port });
    await expect(once(elsewhere, 'connect')).rejects.toThrow('ECONNREFUSED');
  });

  test('answers a whole session that arrives in one packet, and ends', async () => {
    const answer = await exchange(await serve(), `${SIGN_IN}STAT\r\nRETR 1\r\nQUIT\r\nNOOP\r\n`);
    expect(answer.split('\r\n').slice(3)).toEqual([
      `+OK 2 ${21 + BIG.length}`,
      '+OK 21 octets',
      'Subject: small',
      '',
      '..',
      '.',
      '+OK Goodbye',
      '',
    ]);
  });

  test('answers what came before a client hung up, and carries out no half command', async () => {
    const server = await serve();
    expect(await exchange(server, `${SIGN_IN}NOOP\r\nDELE 1`)).toMatch(/\+OK Still here\r\n$/);
    expect(await exchange(server, `${SIGN_IN}DELE 1\r\n`)).toContain('+OK Message 1 will be');
    expect(await exchange(server, `${SIGN_IN}STAT\r\n`)).toContain('+OK 2 ');
    expect(await exchange(server, `${SIGN_IN}DELE 1\r\nQUIT\r\n`)).toContain('+OK Goodbye');
    expect(await exchange(server, `${SIGN_IN}STAT\r\n`)).toContain('+OK 1 ');
  });

  test('sends big messages whole to many at once', async () => {
    const server = await serve();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => exchange(server, `${SIGN_IN}RETR 2\r\nRETR 2\r\nQUIT\r\n`)),
    );
    for (const answer of answers) expect(answer.length).toBeGreaterThan(2 * BIG.length);
    expect(new Set(answers).size).toBe(1);
  });

  test('refuses an over-long line and goes on', async () => {
    const flood = Buffer.alloc(3_000_000, 'x');
    const text = Buffer.concat([
      Buffer.from('USER '),
      flood,
      Buffer.from(`\r\n${SIGN_IN}QUIT\r\n`),
    ]);
    expect(await exchange(await serve(), text)).toMatch(
      /ready\r\n-ERR That line is too long\r\n\+OK .*\r\n\+OK .*\r\n\+OK Goodbye\r\n$/,
    );
  });

  test('stops reading from a client that does not read', async () => {
    const server = await serve();
    const socket = dial(server);
    socket.pause();
    socket.write(SIGN_IN);
    const command = 'RETR 2\r\n'.repeat(8192);
    const before = process.memoryUsage().arrayBuffers;
    // The kernel takes some megabytes on the way; what matters is that the server leaves the rest there.
    await until('the server stops reading', () => {
      const flowing = socket.write(command);
      return !flowing && socket.writableLength > 2_000_000;
    });
    // Each answer is a megabyte; the client asked for thousands and the server holds none but the shared one.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
  });

  test('has room for 64 connections, and for others when those are gone', async () => {
    const server = await serve();
    const sockets = Array.from({ length: 500 }, () => dial(server));
    const greeted = new Set<Socket>();
    const closed = new Set<Socket>();
    for (const socket of sockets) {
      socket.on('data', () => greeted.add(socket));
      socket.on('close', () => closed.add(socket));
      socket.on('end', () => socket.end());
    }
    await until('all are answered', () => greeted.size + closed.size === 500);
    expect(greeted.size).toBe(64);
    for (const socket of greeted) socket.destroy();
    await until('there is room again', async () =>
      (await exchange(server, 'QUIT\r\n')).includes('Goodbye'),
    );
  });

  test('cuts an idle connection without a word, and removes nothing', async () => {
    const server = await serve(50);
    const socket = dial(server);
    socket.write(`${SIGN_IN}DELE 1\r\n`);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/will be removed when you say QUIT\r\n$/);
    expect(await exchange(server, `${SIGN_IN}STAT\r\nQUIT\r\n`)).toContain('+OK 2 ');
  });

  test('cuts its connections when it is stopped', async () => {
    const server = await serve();
    const socket = dial(server);
    await once(socket, 'data');
    await Promise.all([
      once(socket, 'close'),
      server.stop(),
      once(socket, 'end').then(() => socket.end()),
    ]);
    await expect(
      once(connect({ host: '127.0.0.1', port: server.port }), 'connect'),
    ).rejects.toThrow('ECONNREFUSED');
  });

  test('says so when its port is taken', async () => {
    const { port } = await serve();
    await expect(startPop3Server({ port, messages: [] })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

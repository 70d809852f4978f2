import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  FORWARD_PROTOCOLS,
  FORWARD_TLS,
  type ForwardProtocol,
} from '../../../electron/shared/account';
import { readGreeting, refusalLine } from '../../../electron/tunnel/greeting';
import { mailProtocolOf } from '../../../electron/tunnel/mail-protocol';
import { makeCertificates } from '../../world/certificates';
import { until } from '../../world/wait';
import { makeWorldFolder } from '../../world/world-folder';
import { listen } from './ssh-pair';
import { forwardOf } from './stand-ins';

const open: { close(): void }[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const one of open.splice(0)) one.close();
});

interface Mail {
  readonly channel: Socket;
  readonly heard: () => string;
  readonly server: () => Socket;
}

/** A mail server that does as told with each connection, and our end of one. */
async function mailServer(act: (socket: Socket) => void): Promise<Mail> {
  let text = '';
  let theirs: Socket | null = null;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    theirs = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    act(socket);
  });
  const channel = connect({ host: '127.0.0.1', port: await listen(server), allowHalfOpen: true });
  channel.on('error', () => undefined);
  await once(channel, 'connect');
  await until('accepted', () => theirs);
  open.push({
    close: () => {
      server.close();
      channel.destroy();
      theirs?.destroy();
    },
  });
  return { channel, heard: () => text, server: () => theirs as unknown as Socket };
}

const of = (protocol: ForwardProtocol) => forwardOf({ protocol, mailHost: 'mail.example.org' });

describe('the greeting of a mail server', () => {
  const GREETINGS: readonly [ForwardProtocol, string, string, string][] = [
    ['pop3', '+OK Dovecot ready.\r\n', '+OK Dovecot ready.', 'QUIT\r\n'],
    ['pop3', '+OK\n', '+OK', 'QUIT\r\n'],
    [
      'imap',
      '* OK [CAPABILITY IMAP4rev1] Hello.\r\n',
      '* OK [CAPABILITY IMAP4rev1] Hello.',
      'a LOGOUT\r\n',
    ],
    ['imap', '* PREAUTH welcome back\r\n', '* PREAUTH welcome back', 'a LOGOUT\r\n'],
    ['smtp', '220 mail.example.org ESMTP\r\n', '220 mail.example.org ESMTP', 'QUIT\r\n'],
    ['submission', '220-first\r\n220 second\r\n', '220-first', 'QUIT\r\n'],
    ['pop3', '+OK Grüße \x1b[31mred\x07\r\n', '+OK Grüße [31mred', 'QUIT\r\n'],
  ];
  it.each(GREETINGS)('of %s, %j, is read word for word', async (protocol, bytes, line, goodbye) => {
    const { channel, heard, server } = await mailServer((socket) => socket.write(bytes));
    expect(await readGreeting(channel, of(protocol))).toBe(line);
    await until('it is left politely', () => heard() === goodbye);
    await until('it is ended', () => server().readableEnded);
    server().end('+OK bye\r\n');
    await until('the channel is closed', () => channel.destroyed);
  });

  it('may come byte by byte, through letters of several bytes', async () => {
    const bytes = Buffer.from('+OK Grüße, 你好\r\n');
    const { channel } = await mailServer((socket) => {
      socket.setNoDelay(true);
      let at = 0;
      const next = () => {
        if (at < bytes.length) socket.write(bytes.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    });
    expect(await readGreeting(channel, of('pop3'))).toBe('+OK Grüße, 你好');
  });

  it('without an end is cut at 512 characters', async () => {
    const { channel } = await mailServer((socket) => socket.write(`+OK ${'x'.repeat(100_000)}`));
    expect(await readGreeting(channel, of('pop3'))).toHaveLength(512);
  });

  const WRONG: readonly [ForwardProtocol, string, string][] = [
    ['pop3', '* OK IMAP\r\n', '+OK'],
    ['pop3', '-ERR too many connections\r\n', '+OK'],
    ['imap', '+OK POP3\r\n', '* OK'],
    ['imap', '* BYE overloaded\r\n', '* OK'],
    ['smtp', '421 try later\r\n', '220'],
    ['smtp', '2200 odd\r\n', '220'],
    ['submission', 'HTTP/1.1 400 Bad Request\r\n', '220'],
  ];
  it.each(WRONG)('of %s that is %j is told', async (protocol, bytes, expected) => {
    const { channel } = await mailServer((socket) => socket.write(bytes));
    await expect(readGreeting(channel, of(protocol))).rejects.toMatchObject({
      error: {
        kind: 'wrong-greeting',
        mailHost: 'mail.example.org',
        mailPort: 110,
        expected,
        got: bytes.trim(),
      },
    });
  });

  it.each([
    ['closes', (socket: Socket) => socket.end(), 'the mail server closed the connection'],
    [
      'closes in the midst of a line',
      (socket: Socket) => socket.end('+OK no'),
      'the mail server closed the connection',
    ],
    ['breaks', (socket: Socket) => socket.resetAndDestroy(), 'ECONNRESET'],
  ] as const)('of a server that %s is none', async (_how, act, detail) => {
    const { channel } = await mailServer((socket) => void setImmediate(() => act(socket)));
    await expect(readGreeting(channel, of('pop3'))).rejects.toMatchObject({
      error: { kind: 'no-greeting', detail: expect.stringContaining(detail) as string },
    });
    await until('the channel is closed', () => channel.destroyed);
  });

  it('of a server that is silent is none after 20 s, and the channel is closed 2 s later', async () => {
    const { channel } = await mailServer(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const reading = readGreeting(channel, of('pop3'));
    const told = expect(reading).rejects.toMatchObject({
      error: { kind: 'no-greeting', detail: 'silence' },
    });
    await vi.advanceTimersByTimeAsync(19_999);
    expect(channel.destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await told;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(channel.destroyed).toBe(true);
  });

  it('of a server that goes on talking for ever does not keep the channel', async () => {
    const { channel } = await mailServer((socket) => {
      socket.write('+OK\r\n');
      const more = () => {
        if (!socket.destroyed) socket.write('more\r\n', () => setImmediate(more));
      };
      more();
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    expect(await readGreeting(channel, of('pop3'))).toBe('+OK');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(channel.destroyed).toBe(true);
  });
});

describe('the greeting behind TLS', () => {
  let identity: { key: string; cert: string };
  beforeAll(async () => {
    const folder = await makeWorldFolder('greeting');
    const files = await makeCertificates(folder, 'another.example.org');
    const [key, cert] = await Promise.all(
      [files.keyFile, files.certificateFile].map((file) => readFile(file, 'utf8')),
    );
    identity = { key: key ?? '', cert: cert ?? '' };
    await folder.remove();
  });

  it.each(['mail.example.org', '127.0.0.1', '::1'])(
    'of %s is read, whatever the certificate',
    async (mailHost) => {
      let heard = '';
      const server = createTlsServer(identity, (socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => (heard += String(chunk)));
        socket.write('* OK behind TLS\r\n');
      });
      const channel = connect({ host: '127.0.0.1', port: await listen(server) });
      open.push({ close: () => (server.close(), channel.destroy()) });
      const warnings: Error[] = [];
      const listener = (warning: Error) => warnings.push(warning);
      process.on('warning', listener);
      expect(await readGreeting(channel, forwardOf({ protocol: 'imaps', mailHost }))).toBe(
        '* OK behind TLS',
      );
      await until('it is left politely', () => heard === 'a LOGOUT\r\n');
      process.off('warning', listener);
      expect(warnings).toEqual([]);
    },
  );

  it('of a server that speaks no TLS is told from none', async () => {
    const { channel } = await mailServer((socket) => socket.write('+OK in the clear\r\n'));
    await expect(readGreeting(channel, of('pop3s'))).rejects.toMatchObject({
      error: { kind: 'tls-failed', reason: 'plain-there', detail: '+OK in the clear' },
    });
  });
});

describe('the words of a refusal', () => {
  it('are those of the protocol, in one line that no reason can break out of', () => {
    const shapes: Readonly<Record<ForwardProtocol, RegExp | null>> = {
      pop3: /^-ERR \[SYS\/TEMP\] Mailmole: [^\r\n]*\r\n$/,
      imap: /^\* BYE Mailmole: [^\r\n]*\r\n$/,
      smtp: /^421 Mailmole: [^\r\n]*\r\n$/,
      submission: /^421 Mailmole: [^\r\n]*\r\n$/,
      pop3s: null,
      imaps: null,
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...FORWARD_PROTOCOLS),
        fc.constantFrom(...FORWARD_TLS),
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((s) => `${s}\r\n+OK forged\r\n${s.repeat(50)}`),
        ),
        (protocol, tls, reason) => {
          const line = refusalLine({ protocol, tls }, reason);
          // With a bridge the mail program speaks plain text, whatever lies behind.
          const plain = tls === 'none' ? protocol : mailProtocolOf(protocol);
          const shape = shapes[plain];
          if (shape === null) expect(line).toBeNull();
          else {
            expect(line).toMatch(shape);
            // RFC 1939 and 5321 allow 512 characters, RFC 9051 has no limit.
            expect(line?.length).toBeLessThanOrEqual(256);
          }
        },
      ),
    );
  });
});

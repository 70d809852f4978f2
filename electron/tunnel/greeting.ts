import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Forward, ForwardProtocol } from '../shared/account';
import type { TunnelError } from '../shared/tunnel-error';
import { cleanServerText } from './error-mapping';
import { TunnelFailure } from './tunnel-failure';

/** A mail server that says nothing for this long, in milliseconds, is not a mail server of that kind. */
const GREETING_TIMEOUT_MS = 20_000;
const LONGEST_GREETING = 512;

interface Manners {
  readonly expects: RegExp;
  readonly name: string;
  readonly goodbye: string;
  readonly tls: boolean;
}

/** How each protocol greets and is left (RFC 1939, 9051, 5321; implicit TLS by RFC 8314). */
const MANNERS: Readonly<Record<ForwardProtocol, Manners>> = {
  pop3: { expects: /^\+OK/, name: '+OK', goodbye: 'QUIT\r\n', tls: false },
  pop3s: { expects: /^\+OK/, name: '+OK', goodbye: 'QUIT\r\n', tls: true },
  imap: { expects: /^\* (OK|PREAUTH)/i, name: '* OK', goodbye: 'a LOGOUT\r\n', tls: false },
  imaps: { expects: /^\* (OK|PREAUTH)/i, name: '* OK', goodbye: 'a LOGOUT\r\n', tls: true },
  smtp: { expects: /^220[ -]/, name: '220', goodbye: 'QUIT\r\n', tls: false },
  submission: { expects: /^220[ -]/, name: '220', goodbye: 'QUIT\r\n', tls: false },
};

/**
 * Reads the mail server's first line through a channel, leaves politely and closes the channel.
 *
 * @returns the line, word for word
 * @throws TunnelFailure `no-greeting` or `wrong-greeting`
 */
export async function readGreeting(channel: Duplex, forward: Forward): Promise<string> {
  const manners = MANNERS[forward.protocol];
  // The certificate is the mail program's to check; nothing is sent here that it would have to protect.
  const stream = manners.tls
    ? connectTls({ socket: channel, rejectUnauthorized: false, ...serverName(forward.mailHost) })
    : channel;
  try {
    const line = await firstLine(stream, forward);
    if (!manners.expects.test(line)) throw new TunnelFailure(wrongGreeting(forward, manners, line));
    stream.write(manners.goodbye);
    return line;
  } finally {
    stream.end();
    // What the server still says in farewell is of no interest.
    stream.resume();
    channel.once('end', () => channel.destroy());
    setTimeout(() => channel.destroy(), 2_000).unref();
  }
}

/** An address is no server name (RFC 6066, 3). */
function serverName(host: string): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

function wrongGreeting(forward: Forward, manners: Manners, got: string): TunnelError {
  const { mailHost, mailPort } = forward;
  return { kind: 'wrong-greeting', mailHost, mailPort, expected: manners.name, got };
}

function firstLine(stream: Duplex, forward: Forward): Promise<string> {
  return new Promise((resolve, reject) => {
    // Collected as bytes, since a letter may come in two packets.
    let bytes = Buffer.alloc(0);
    const none = (detail: string) => {
      settle(() => {
        const { mailHost, mailPort } = forward;
        reject(new TunnelFailure({ kind: 'no-greeting', mailHost, mailPort, detail }));
      });
    };
    const timer = setTimeout(() => none('silence'), GREETING_TIMEOUT_MS);
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\n');
      if (end < 0 && bytes.length < LONGEST_GREETING) return;
      const text = bytes.toString('utf8', 0, end < 0 ? LONGEST_GREETING : end);
      settle(() => resolve(cleanServerText(text).slice(0, LONGEST_GREETING)));
    };
    const onEnd = () => none('the mail server closed the connection');
    const onError = (error: Error) => none(error.message);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('close', onEnd);
      // The error listener stays: a stream without one would end the process.
      act();
    };
    stream.on('data', onData).once('end', onEnd).once('close', onEnd).on('error', onError);
  });
}

/**
 * What a mail program is told when it was held and the tunnel did not come up: its own protocol's words for "not
 * now", so that it shows the reason and tries again later (RFC 3206 for POP3's SYS/TEMP).
 *
 * @param reason one line in plain English; it is cut and cleaned here
 */
export function refusalLine(protocol: ForwardProtocol, reason: string): string | null {
  const text = cleanServerText(reason)
    .replace(/[\r\n]+/g, ' ')
    .slice(0, 200);
  switch (protocol) {
    case 'pop3':
      return `-ERR [SYS/TEMP] Mailmole: ${text}\r\n`;
    case 'imap':
      return `* BYE Mailmole: ${text}\r\n`;
    case 'smtp':
    case 'submission':
      return `421 Mailmole: ${text}\r\n`;
    case 'pop3s':
    case 'imaps':
      // The mail program expects TLS here; words in the clear would only confuse it.
      return null;
  }
}

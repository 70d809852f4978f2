import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Forward } from '../shared/account';
import type { TunnelError } from '../shared/tunnel-error';
import { cleanServerText } from './error-mapping';
import { mailProtocolOf, speaksTlsItself, type MailProtocol } from './mail-protocol';
import { handshakeError, serverNameOf } from './tls-errors';
import { TunnelFailure } from './tunnel-failure';
import { Wire } from './wire';

/** A mail server that says nothing for this long, in milliseconds, is not a mail server of that kind. */
export const GREETING_TIMEOUT_MS = 20_000;
/** What a server that kept silent is told by; see `proof.ts`. */
export const SILENCE = 'silence';
const LONGEST_GREETING = 512;

interface Manners {
  readonly expects: RegExp;
  readonly name: string;
  readonly goodbye: string;
}

/** How each protocol greets and is left (RFC 1939, 9051, 5321). */
const MANNERS: Readonly<Record<MailProtocol, Manners>> = {
  pop3: { expects: /^\+OK/, name: '+OK', goodbye: 'QUIT\r\n' },
  imap: { expects: /^\* (OK|PREAUTH)/i, name: '* OK', goodbye: 'a LOGOUT\r\n' },
  smtp: { expects: /^220[ -]/, name: '220', goodbye: 'QUIT\r\n' },
};

/**
 * Reads the mail server's first line through a channel, leaves politely and closes the channel.
 *
 * @param channel what a mail program would be joined to: with a bridge, the inside of it
 * @param timeoutMs how long the server may keep silent
 * @returns the line, word for word; of a greeting that has several, the first
 * @throws TunnelFailure `no-greeting`, `wrong-greeting` or `tls-failed`
 */
export async function readGreeting(
  channel: Duplex,
  forward: Forward,
  timeoutMs = GREETING_TIMEOUT_MS,
): Promise<string> {
  const manners = MANNERS[mailProtocolOf(forward.protocol)];
  const wire = speaksTlsItself(forward) ? new Wire(channel) : null;
  // The certificate is the mail program's to check; nothing is sent here that it would have to protect.
  const stream =
    wire === null
      ? channel
      : connectTls({ socket: wire, rejectUnauthorized: false, ...serverNameOf(forward.mailHost) });
  try {
    const line = await firstLine(stream, forward, timeoutMs, wire);
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

function wrongGreeting(forward: Forward, manners: Manners, got: string): TunnelError {
  const { mailHost, mailPort } = forward;
  return { kind: 'wrong-greeting', mailHost, mailPort, expected: manners.name, got };
}

function firstLine(
  stream: Duplex,
  forward: Forward,
  timeoutMs: number,
  wire: Wire | null,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // Collected as bytes, since a letter may come in two packets.
    let bytes = Buffer.alloc(0);
    const none = (detail: string) => {
      settle(() => {
        const { mailHost, mailPort } = forward;
        reject(new TunnelFailure({ kind: 'no-greeting', mailHost, mailPort, detail }));
      });
    };
    const timer = setTimeout(() => none(SILENCE), timeoutMs);
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\n');
      if (end < 0 && bytes.length < LONGEST_GREETING) return;
      const text = bytes.toString('utf8', 0, end < 0 ? LONGEST_GREETING : end);
      settle(() => resolve(cleanServerText(text).slice(0, LONGEST_GREETING)));
    };
    const onEnd = () => none('the mail server closed the connection');
    const onError = (error: Error) => {
      if (wire === null) none(error.message);
      else settle(() => reject(new TunnelFailure(handshakeError(error, wire.plainStart, forward))));
    };
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
export function refusalLine(
  forward: Pick<Forward, 'protocol' | 'tls'>,
  reason: string,
): string | null {
  // The mail program expects TLS here; words in the clear would only confuse it.
  if (speaksTlsItself(forward)) return null;
  const text = cleanServerText(reason)
    .replace(/[\r\n]+/g, ' ')
    .slice(0, 200);
  switch (mailProtocolOf(forward.protocol)) {
    case 'pop3':
      return `-ERR [SYS/TEMP] Mailmole: ${text}\r\n`;
    case 'imap':
      return `* BYE Mailmole: ${text}\r\n`;
    case 'smtp':
      return `421 Mailmole: ${text}\r\n`;
  }
}

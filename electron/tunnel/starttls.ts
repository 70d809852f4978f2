import type { Duplex } from 'node:stream';
import type { Forward } from '../shared/account';
import type { TlsTrouble } from '../shared/tunnel-error';
import { cleanServerText } from './error-mapping';
import { mailProtocolOf } from './mail-protocol';
import { TunnelFailure } from './tunnel-failure';

/** A line of a mail server before TLS, and all of them together, are no longer than this, in bytes. */
const LONGEST_LINE = 4_096;
const LONGEST_TALK = 64 * 1024;
/** POP3 allows 512 bytes a line (RFC 2449, 4); the mail program's greeting is kept within that. */
const LONGEST_GREETING = 500;

/**
 * Asks a mail server to go on in TLS (RFC 2595, RFC 9051 6.2.1, RFC 3207), and returns the greeting that the mail
 * program is to be given once TLS is up, since none of the protocols greets twice.
 *
 * Nothing heard here can be trusted, so nothing of it may have a meaning later. The answer to STARTTLS must be the last
 * bytes before TLS: more would be somebody's words put before the server's own (CVE-2011-0411 and its kin). The
 * greeting loses what a mail program acts upon: the time stamp of APOP, which in the hands of a man in the middle
 * helps to find the password (CVE-2007-1558), and IMAP's list of what the server could do in the clear (STARTTLS).
 *
 * @param wire nobody else reads it; afterwards it is paused, empty, and TLS may begin on it
 * @throws TunnelFailure `wrong-greeting`, `no-greeting` or `tls-failed`
 */
export async function askForTls(wire: Duplex, forward: Forward): Promise<string> {
  const lines = new Lines(wire, forward);
  try {
    const greeting = await TALKS[mailProtocolOf(forward.protocol)](lines, forward);
    lines.mustBeEmpty();
    return greeting;
  } finally {
    lines.release();
  }
}

type Talk = (lines: Lines, forward: Forward) => Promise<string>;

const TALKS: Readonly<Record<ReturnType<typeof mailProtocolOf>, Talk>> = {
  pop3: async (lines, forward) => {
    const greeting = await lines.next();
    if (!/^\+OK( |$)/i.test(greeting)) throw wrong(forward, '+OK', greeting);
    lines.say('STLS');
    const answer = await lines.next();
    if (!/^\+OK( |$)/i.test(answer)) throw failed(forward, 'no-starttls', answer);
    return greetingOf('+OK', greeting.slice(3).replace(/<[^<>]*>/g, ''));
  },
  imap: async (lines, forward) => {
    const greeting = await lines.next();
    // Who is signed in already cannot ask for TLS any more; a man in the middle would like that (RFC 9051, 11.1).
    if (/^\* PREAUTH/i.test(greeting)) throw failed(forward, 'no-starttls', greeting);
    if (!/^\* OK( |$)/i.test(greeting)) throw wrong(forward, '* OK', greeting);
    lines.say('a STARTTLS');
    let answer = await lines.next();
    while (answer.startsWith('* ')) answer = await lines.next();
    if (!/^a OK( |$)/i.test(answer)) throw failed(forward, 'no-starttls', answer);
    return greetingOf('* OK', greeting.slice(4).replace(/^\s*\[[^\]]*\]/, ''));
  },
  smtp: async (lines, forward) => {
    const greeting = await lines.reply();
    if (!greeting.startsWith('220')) throw wrong(forward, '220', greeting);
    // An address is always true; a name of this computer would be nobody's business (RFC 5321, 4.1.1.1).
    lines.say('EHLO [127.0.0.1]');
    const hello = await lines.reply();
    if (!hello.startsWith('250')) throw failed(forward, 'no-starttls', hello);
    lines.say('STARTTLS');
    const answer = await lines.reply();
    if (!answer.startsWith('220')) throw failed(forward, 'no-starttls', answer);
    return greetingOf('220', greeting.slice(4));
  },
};

function greetingOf(word: string, text: string): string {
  const bytes = Buffer.from(cleanServerText(text)).subarray(0, LONGEST_GREETING);
  // A letter that was cut in two is left out.
  const cut = bytes.toString('utf8').replace(/\ufffd$/, '');
  return `${word} ${cut === '' ? 'ready' : cut}\r\n`;
}

function wrong({ mailHost, mailPort }: Forward, expected: string, line: string): TunnelFailure {
  const got = cleanServerText(line).slice(0, 512);
  return new TunnelFailure({ kind: 'wrong-greeting', mailHost, mailPort, expected, got });
}

function failed(forward: Forward, reason: TlsTrouble, line: string): TunnelFailure {
  const { mailHost, mailPort } = forward;
  const detail = cleanServerText(line).slice(0, 512);
  return new TunnelFailure({ kind: 'tls-failed', mailHost, mailPort, reason, detail });
}

/** Reads a server's lines one by one, within bounds. */
class Lines {
  readonly #wire: Duplex;
  readonly #forward: Forward;
  #bytes: Buffer = Buffer.alloc(0);
  #total = 0;
  #over: string | null = null;
  #wake: () => void = () => undefined;
  readonly #onData = (chunk: Buffer) => {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    this.#total += chunk.length;
    this.#wake();
  };
  readonly #onEnd = () => {
    this.#over = 'the mail server closed the connection';
    this.#wake();
  };
  readonly #onError = (error: Error) => {
    this.#over = error.message;
    this.#wake();
  };

  constructor(wire: Duplex, forward: Forward) {
    this.#wire = wire;
    this.#forward = forward;
    wire.on('data', this.#onData);
    wire.on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onError);
  }

  say(command: string): void {
    // What came before it was asked for is no answer to it.
    this.mustBeEmpty();
    this.#wire.write(`${command}\r\n`);
  }

  /** The next line without its end. */
  async next(): Promise<string> {
    for (;;) {
      const end = this.#bytes.indexOf('\n');
      if (end > LONGEST_LINE || this.#total > LONGEST_TALK) throw this.#none('too long a line');
      if (end >= 0) {
        const line = this.#bytes.toString('utf8', 0, end).replace(/\r$/, '');
        this.#bytes = this.#bytes.subarray(end + 1);
        return line;
      }
      if (this.#bytes.length > LONGEST_LINE) throw this.#none('too long a line');
      if (this.#over !== null) throw this.#none(this.#over);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The first line of an SMTP reply, which may have several (RFC 5321, 4.2.1). */
  async reply(): Promise<string> {
    const first = await this.next();
    for (let line = first; /^\d{3}-/.test(line);) {
      line = await this.next();
      if (line.slice(0, 3) !== first.slice(0, 3)) throw wrong(this.#forward, '220', line);
    }
    return first;
  }

  mustBeEmpty(): void {
    const rest = this.#bytes.length > 0 ? this.#bytes : null;
    if (rest !== null) throw failed(this.#forward, 'tampered', rest.toString('utf8', 0, 512));
  }

  release(): void {
    this.#wire.pause();
    this.#wire.off('data', this.#onData);
    this.#wire.off('end', this.#onEnd).off('close', this.#onEnd).off('error', this.#onError);
  }

  #none(detail: string): TunnelFailure {
    const { mailHost, mailPort } = this.#forward;
    return new TunnelFailure({ kind: 'no-greeting', mailHost, mailPort, detail });
  }
}

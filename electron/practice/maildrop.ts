/** A message on its way into a maildrop. */
export interface NewMessage {
  /** 1 to 70 printable ASCII characters without a space (RFC 1939, UIDL); unique within the maildrop. */
  readonly uid: string;
  readonly bytes: Buffer;
}

/** A message as POP3 needs it. */
export interface StoredMessage {
  readonly uid: string;
  /** Octets of the message itself, lines ended by CRLF, without byte-stuffing. */
  readonly size: number;
  /** What is sent: byte-stuffed, made once and shared by all connections. Without the final `.` line. */
  readonly stuffed: Buffer;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DOT = 0x2e;

/** Ends every line by CRLF, the last one too, as POP3 sends it. Text that is in this form already stays as it is. */
export function withCrlf(bytes: Buffer): Buffer {
  const out: number[] = [];
  let previous = LINE_FEED;
  for (const byte of bytes) {
    if (byte === LINE_FEED && previous !== CARRIAGE_RETURN) out.push(CARRIAGE_RETURN);
    out.push(byte);
    previous = byte;
  }
  const ended = out.at(-1) === LINE_FEED || out.length === 0;
  return Buffer.from(ended ? out : [...out, CARRIAGE_RETURN, LINE_FEED]);
}

/** Doubles a dot at the beginning of a line (RFC 1939, section 3), so that no line of a message looks like its end. */
export function stuff(message: Buffer): Buffer {
  const out: number[] = [];
  let lineStart = true;
  for (const byte of message) {
    if (lineStart && byte === DOT) out.push(DOT);
    out.push(byte);
    lineStart = byte === LINE_FEED;
  }
  return Buffer.from(out);
}

/** Where the body begins: after the first empty line, or at the end of a message that is all header. */
function bodyStart(message: Buffer): number {
  if (message.subarray(0, 2).toString('latin1') === '\r\n') return 2;
  const blank = message.indexOf('\r\n\r\n');
  return blank === -1 ? message.length : blank + 4;
}

/** The header, the empty line, and the first `lines` lines of the body of a stuffed message (RFC 1939, TOP). */
export function topOf(stuffed: Buffer, lines: number): Buffer {
  let end = bodyStart(stuffed);
  for (let line = 0; line < lines && end < stuffed.length; line += 1) {
    end = stuffed.indexOf('\r\n', end) + 2;
  }
  return stuffed.subarray(0, end);
}

/**
 * The messages of one mailbox, in memory only. A message that a mail program deleted comes back at the next start,
 * on purpose: many mail programs delete what they have fetched, and a practice mailbox that can be tried only once
 * would be no practice.
 */
export class Maildrop {
  #messages: readonly StoredMessage[];

  constructor(messages: readonly NewMessage[]) {
    this.#messages = messages.map(({ uid, bytes }) => {
      const message = withCrlf(bytes);
      return { uid, size: message.length, stuffed: stuff(message) };
    });
  }

  /** What is there now. The list never changes: a session keeps its own view until it ends. */
  get messages(): readonly StoredMessage[] {
    return this.#messages;
  }

  /** Removes messages; those that another session removed before do not matter. */
  remove(gone: ReadonlySet<StoredMessage>): void {
    this.#messages = this.#messages.filter((message) => !gone.has(message));
  }
}

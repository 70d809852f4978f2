import { createCipheriv, createHash } from 'node:crypto';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a message is there to try. */
export type MessageKind =
  | 'plain'
  | 'html'
  | 'utf8-body'
  | 'utf8-headers'
  | 'latin1-body'
  | 'dot-lines'
  | 'only-a-dot'
  | 'from-lines'
  | 'empty-body'
  | 'blank-lines'
  | 'folded-headers'
  | 'lines-under-limit'
  | 'lines-over-limit'
  | 'small-attachment'
  | 'large-attachment';

export interface TestMessage {
  /** Its place in the mailbox, from 0. */
  readonly index: number;
  readonly kind: MessageKind;
  /** Without angle brackets. */
  readonly messageId: string;
  /** The whole message with CRLF line ends, as POP3 and IMAP give it. */
  readonly bytes: Buffer;
  /** Of `bytes`, in hexadecimal. */
  readonly sha256: string;
}

export interface MessagePlan {
  /** Default 200. */
  readonly count?: number;
  /** Another seed gives other messages; the same one gives the same bytes for ever. Default 1. */
  readonly seed?: number;
}

const MEGABYTE = 1024 * 1024;

/** Attachments that take time, by place, in bytes before base64: few, and none among the first 20. */
const LARGE: ReadonlyMap<number, number> = new Map([
  [20, MEGABYTE],
  [75, 5 * MEGABYTE],
  [140, 2 * MEGABYTE],
]);

/** Every light kind comes once in the first 14 messages, and then again and again. */
const LIGHT: readonly MessageKind[] = [
  ...(['plain', 'utf8-body', 'dot-lines', 'html', 'only-a-dot', 'lines-under-limit'] as const),
  ...(['empty-body', 'utf8-headers', 'lines-over-limit', 'small-attachment'] as const),
  ...(['latin1-body', 'blank-lines', 'folded-headers', 'from-lines'] as const),
];

/** Random numbers that are the same in every run (mulberry32). */
class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  /** Bytes of a cipher's key stream: as fast as memory, and no zip program makes them smaller. */
  bytes(length: number): Buffer {
    const key = Buffer.alloc(16);
    key.writeUInt32BE(this.below(2 ** 32), 0);
    return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
  }
}

const WORDS = [
  ...(['mail', 'tunnel', 'harbour', 'letter', 'signal', 'night', 'paper', 'river'] as const),
  ...(['answer', 'station', 'window', 'garden', 'engine', 'morning', 'winter', 'copper'] as const),
] as const;
const UTF8_WORDS = [
  'Grüße',
  'façade',
  'naïve',
  'Привет',
  'γειά',
  '日本語',
  'שלום',
  '🚇',
  'Æsir',
] as const;

function words(dice: Dice, list: readonly [string, ...string[]], count: number): string {
  return Array.from({ length: count }, () => dice.pick(list)).join(' ');
}

function paragraph(dice: Dice, list: readonly [string, ...string[]]): string[] {
  return Array.from({ length: 2 + dice.below(12) }, () => words(dice, list, 4 + dice.below(7)));
}

/**
 * A line of exactly this many bytes, of letters and spaces only: where fetchmail cuts a long line, a
 * dot at the start of the rest would mean the end of the message to it.
 */
function lineOf(dice: Dice, length: number): string {
  return `${words(dice, WORDS, Math.ceil(length / 4)).slice(0, length - 1)}x`;
}

/** Headers beyond the ordinary ones, and the lines of the body. Text is UTF-8 unless `latin1`. */
interface Content {
  readonly subject?: string;
  readonly headers: readonly string[];
  readonly body: readonly string[];
  readonly latin1?: boolean;
}

const text = (charset: string): string[] => [
  'MIME-Version: 1.0',
  `Content-Type: text/plain; charset=${charset}`,
  'Content-Transfer-Encoding: 8bit',
];

function encodedWord(words_: string): string {
  return `=?UTF-8?B?${Buffer.from(words_).toString('base64')}?=`;
}

function contentOf(kind: MessageKind, index: number, dice: Dice): Content {
  switch (kind) {
    case 'plain':
      return { headers: [], body: paragraph(dice, WORDS) };
    case 'html':
      return html(index, dice);
    case 'utf8-body':
      return { headers: text('utf-8'), body: paragraph(dice, UTF8_WORDS) };
    case 'utf8-headers':
      return {
        subject: encodedWord(words(dice, UTF8_WORDS, 4)),
        headers: [`X-Raw: ${words(dice, UTF8_WORDS, 5)}`, ...text('utf-8')],
        body: paragraph(dice, UTF8_WORDS),
      };
    case 'latin1-body':
      return { headers: text('iso-8859-1'), body: ['Grüße aus Malmö', 'à bientôt'], latin1: true };
    case 'dot-lines':
      return { headers: [], body: ['.hidden', '..', '...three', '. space', '.', 'end', '..end'] };
    case 'only-a-dot':
      return { headers: [], body: ['.'] };
    case 'from-lines':
      return { headers: [], body: ['From here on', 'From me@example.test Mon Jan  1', '>From'] };
    case 'empty-body':
      return { headers: [], body: [] };
    case 'blank-lines':
      return { headers: [], body: ['', '', 'after two blank lines', '', '', ''] };
    case 'folded-headers':
      return { headers: folded(dice), body: paragraph(dice, WORDS) };
    case 'lines-under-limit':
      return { headers: [], body: [998, 999, 4096, 8188, 8189].map((at) => lineOf(dice, at)) };
    case 'lines-over-limit':
      return { headers: [], body: overLimit(dice) };
    case 'small-attachment':
      return attachment(index, dice, 1_000 + dice.below(200_000));
    case 'large-attachment':
      return attachment(index, dice, LARGE.get(index) ?? MEGABYTE);
  }
}

function overLimit(dice: Dice): string[] {
  const lengths = [8190, 8191, 8192, 8193, 16_381, 16_382, 8_200 + dice.below(60_000)];
  return lengths.flatMap((length) => [lineOf(dice, length), `that line had ${length} bytes`]);
}

function folded(dice: Dice): string[] {
  const lines = paragraph(dice, WORDS);
  return [`References: <${lines.length}@example.test>`, ...lines.map((line) => `\t<${line}>`)];
}

function html(index: number, dice: Dice): Content {
  const lines = paragraph(dice, UTF8_WORDS);
  const parts = [
    part(`alt-${index}`, text('utf-8').slice(1), lines),
    part(
      `alt-${index}`,
      ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: 8bit'],
      [
        '<!doctype html>',
        '<html><body>',
        ...lines.map((line) => `<p>${line}</p>`),
        '</body></html>',
      ],
    ),
  ];
  return multipart('alternative', `alt-${index}`, parts);
}

function attachment(index: number, dice: Dice, size: number): Content {
  const encoded =
    dice
      .bytes(size)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  const parts = [
    part(`mix-${index}`, text('utf-8').slice(1), paragraph(dice, WORDS)),
    part(
      `mix-${index}`,
      [
        `Content-Type: application/octet-stream; name="file-${index}.bin"`,
        'Content-Transfer-Encoding: base64',
        `Content-Disposition: attachment; filename="file-${index}.bin"`,
      ],
      encoded,
    ),
  ];
  return multipart('mixed', `mix-${index}`, parts);
}

function part(boundary: string, headers: readonly string[], body: readonly string[]): string[] {
  return [`--${boundary}`, ...headers, '', ...body];
}

function multipart(subtype: string, boundary: string, parts: readonly string[][]): Content {
  return {
    headers: ['MIME-Version: 1.0', `Content-Type: multipart/${subtype}; boundary="${boundary}"`],
    body: [...parts.flat(), `--${boundary}--`],
  };
}

function makeMessage(index: number, seed: number): TestMessage {
  const dice = new Dice(seed * 1_000_003 + index);
  const kind = LARGE.has(index) ? 'large-attachment' : (LIGHT[index % LIGHT.length] ?? 'plain');
  const { subject, headers, body, latin1 = false } = contentOf(kind, index, dice);
  const messageId = `${index}.${seed}@generator.example.test`;
  const date = new Date(Date.UTC(1998, 8, 1) + index * 3_600_000).toUTCString();
  const lines = [
    'Return-Path: <sender@example.test>',
    `From: Sender ${index} <sender@example.test>`,
    'To: Manish Singh <msingh@popserver.example.test>',
    `Subject: ${subject ?? `${words(dice, WORDS, 3)} (${index})`}`,
    `Date: ${date.replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    ...headers,
    '',
    ...body,
    '',
  ];
  const bytes = Buffer.from(lines.join('\r\n'), latin1 ? 'latin1' : 'utf8');
  return { index, kind, messageId, bytes, sha256: sha256(bytes) };
}

/** The SHA-256 of some bytes in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Makes messages that are the same in every run. The first 14 are one of each light kind; from 20 on
 * there are three large attachments, so a count up to 20 is quick to fetch and 200 is about 14 MB.
 */
export function generateMessages({ count = 200, seed = 1 }: MessagePlan = {}): TestMessage[] {
  return Array.from({ length: count }, (_, index) => makeMessage(index, seed));
}

/** The bytes with LF for every CRLF: the form in which mail lies on a Unix disk. */
export function toUnix(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

/**
 * Adds messages to a Maildir, made when missing, as unread mail in the order given.
 * @param owner the account that the mail server works under; only root can set another than itself.
 */
export async function writeMaildir(
  maildir: string,
  messages: readonly TestMessage[],
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const own = (target: string) => chown(target, owner.uid, owner.gid);
  for (const folder of ['', 'cur', 'new', 'tmp']) {
    await mkdir(path.join(maildir, folder), { recursive: true, mode: 0o700 });
    await own(path.join(maildir, folder));
  }
  for (const message of messages) {
    const stored = toUnix(message.bytes);
    // Dovecot takes both sizes from the name; the number makes names sort in the order given.
    const sizes = `S=${stored.length},W=${message.bytes.length}`;
    const unique = `${904_608_000 + message.index}.${message.messageId.replaceAll('@', '_')}`;
    const file = path.join(maildir, 'new', `${unique},${sizes}`);
    await writeFile(file, stored, { mode: 0o600 });
    await own(file);
  }
}

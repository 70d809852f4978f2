import fc from 'fast-check';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Maildrop, stuff, topOf, withCrlf } from '../../electron/practice/maildrop';
import { MAX_LINE, linesOf, type ClientLine } from '../../electron/practice/pop3-lines';
import { Pop3Session } from '../../electron/practice/pop3-session';

const MESSAGES = [
  { uid: 'first', bytes: Buffer.from('Subject: one\r\n\r\nHello\r\n.\r\n..dots\r\nlast\r\n') },
  { uid: 'second', bytes: Buffer.from('Subject: two\n\nunix lines') },
];

/** Sends lines to a fresh session, or to the given one; gives the last reply as text. */
function talk(lines: readonly string[], session = new Pop3Session(new Maildrop(MESSAGES))): string {
  let last = '';
  for (const text of lines) {
    last = session
      .answer({ kind: 'line', text })
      .parts.map((part) => part.toString())
      .join('');
  }
  return last;
}

const SIGN_IN = ['USER mole', 'PASS anything at all'];
const signedIn = (...lines: string[]): string => talk([...SIGN_IN, ...lines]);

/** What a mail program makes of a multi-line answer: the lines after the first, dots taken away (RFC 1939, section 3). */
function unstuff(answer: Buffer): Buffer {
  const end = answer.indexOf('\r\n') + 2;
  const lines = answer.subarray(end).toString('latin1').split('\r\n');
  const stop = lines.indexOf('.');
  expect(lines.slice(stop)).toEqual(['.', '']);
  const body = lines.slice(0, stop).map((line) => (line.startsWith('.') ? line.slice(1) : line));
  return Buffer.from(body.map((line) => `${line}\r\n`).join(''), 'latin1');
}

describe('before signing in', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['the user is told that any password will do', ['USER mole'], /^\+OK .*[Aa]ny password/],
    ['keywords may be written small', ['user mole'], /^\+OK/],
    [
      'another user is told the right name',
      ['USER msingh'],
      /^-ERR \[AUTH\] The user name here is mole/,
    ],
    ['a user name is needed', ['USER'], /^-ERR/],
    ['a password before a user', ['PASS x'], /^-ERR Say USER first/],
    ['a password after a wrong user', ['USER msingh', 'PASS x'], /^-ERR Say USER first/],
    [
      'a password with spaces and an empty one',
      ['USER mole', 'PASS '],
      /^\+OK Welcome, 2 messages/,
    ],
    ['mail is not read by strangers', ['RETR 1'], /^-ERR Sign in first/],
    ['APOP is not offered', ['APOP mole 0123'], /^-ERR This server does not know/],
    ['STLS is not offered', ['STLS'], /^-ERR/],
    ['AUTH is not offered', ['AUTH'], /^-ERR/],
    ['an empty line', [''], /^-ERR/],
    ['nothing but spaces', ['   '], /^-ERR/],
    ['goodbye', ['QUIT'], /^\+OK/],
  ])('%s', (_name, lines, reply) => {
    expect(talk(lines)).toMatch(reply);
  });

  test('CAPA lists what is there, before and after', () => {
    const answer =
      /^\+OK .*\r\nUSER\r\nTOP\r\nUIDL\r\nPIPELINING\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n\.\r\n$/;
    expect(talk(['CAPA'])).toMatch(answer);
    expect(signedIn('CAPA')).toMatch(answer);
  });
});

describe('signed in', () => {
  test.each<[string, readonly string[], string | RegExp]>([
    ['STAT', ['STAT'], '+OK 2 68\r\n'],
    ['LIST', ['LIST'], '+OK 2 messages\r\n1 40\r\n2 28\r\n.\r\n'],
    ['LIST of one', ['LIST 2'], '+OK 2 28\r\n'],
    ['UIDL', ['UIDL'], '+OK 2 messages\r\n1 first\r\n2 second\r\n.\r\n'],
    ['UIDL of one', ['UIDL 1'], '+OK 1 first\r\n'],
    ['NOOP', ['NOOP'], /^\+OK/],
    ['a second USER', ['USER mole'], /^-ERR You are signed in/],
    ['no such message', ['RETR 3'], '-ERR There is no message 3\r\n'],
    ['message 0', ['RETR 0'], '-ERR There is no message 0\r\n'],
    ['a negative number', ['RETR -1'], /^-ERR Say which message/],
    ['a huge number', ['LIST 99999999999999999999'], /^-ERR Say which message/],
    ['no number', ['DELE'], /^-ERR Say which message/],
    ['a word', ['RETR one'], /^-ERR Say which message/],
    ['TOP without lines', ['TOP 1'], /^-ERR Say TOP/],
    ['a property of objects is no command', ['constructor'], /^-ERR/],
    [
      'RETR stuffs',
      ['RETR 1'],
      '+OK 40 octets\r\nSubject: one\r\n\r\nHello\r\n..\r\n...dots\r\nlast\r\n.\r\n',
    ],
    [
      'bare line feeds are mended',
      ['RETR 2'],
      '+OK 28 octets\r\nSubject: two\r\n\r\nunix lines\r\n.\r\n',
    ],
    ['TOP 0', ['TOP 1 0'], /^\+OK .*\r\nSubject: one\r\n\r\n\.\r\n$/],
    ['TOP 2 counts stuffed lines', ['TOP 1 2'], /\r\n\r\nHello\r\n\.\.\r\n\.\r\n$/],
    ['TOP of more than there is', ['TOP 1 999'], /last\r\n\.\r\n$/],
    ['DELE then STAT', ['DELE 1', 'STAT'], '+OK 1 28\r\n'],
    ['DELE keeps numbers', ['DELE 1', 'LIST'], '+OK 1 message\r\n2 28\r\n.\r\n'],
    ['DELE twice', ['DELE 1', 'DELE 1'], '-ERR Message 1 is marked as deleted\r\n'],
    ['RETR of a deleted one', ['DELE 1', 'RETR 1'], '-ERR Message 1 is marked as deleted\r\n'],
    ['RSET brings back', ['DELE 1', 'RSET', 'STAT'], '+OK 2 68\r\n'],
  ])('%s', (_name, lines, reply) => {
    const answer = signedIn(...lines);
    if (typeof reply === 'string') expect(answer).toBe(reply);
    else expect(answer).toMatch(reply);
  });

  test('QUIT removes what was marked, for the next session; without QUIT nothing is removed', () => {
    const maildrop = new Maildrop(MESSAGES);
    talk([...SIGN_IN, 'DELE 1'], new Pop3Session(maildrop));
    expect(maildrop.messages).toHaveLength(2);

    const other = new Pop3Session(maildrop);
    talk(SIGN_IN, other);
    talk([...SIGN_IN, 'DELE 1', 'QUIT'], new Pop3Session(maildrop));
    expect(talk([...SIGN_IN, 'UIDL'], new Pop3Session(maildrop))).toContain('1 second');
    // A session that began before still sees what it began with.
    expect(talk(['RETR 1'], other)).toContain('Subject: one');
    expect(talk(['DELE 1', 'QUIT'], other)).toMatch(/^\+OK/);
    expect(maildrop.messages.map(({ uid }) => uid)).toEqual(['second']);
  });

  test('QUIT hangs up and nothing else does', () => {
    const session = new Pop3Session(new Maildrop(MESSAGES));
    const hangsUp = [...SIGN_IN, 'NOOP', 'RETR 9', 'QUIT'].map(
      (text) => session.answer({ kind: 'line', text }).hangUp,
    );
    expect(hangsUp).toEqual([false, false, false, false, true]);
  });
});

describe('any message', () => {
  /** Octets with many dots and line ends among them. */
  const octets = fc
    .array(fc.oneof(fc.constantFrom(0x2e, 0x0d, 0x0a), fc.integer({ min: 0, max: 255 })), {
      maxLength: 400,
    })
    .map((bytes) => Buffer.from(bytes));

  test('comes through byte for byte, once its lines end by CRLF', () => {
    fc.assert(
      fc.property(octets, (bytes) => {
        const message = withCrlf(bytes);
        const session = new Pop3Session(new Maildrop([{ uid: 'x', bytes: message }]));
        talk(SIGN_IN, session);
        const { parts } = session.answer({ kind: 'line', text: 'RETR 1' });
        const answer = Buffer.concat(parts.map((part) => Buffer.from(part)));
        expect(answer.toString('latin1').startsWith(`+OK ${message.length} octets\r\n`)).toBe(true);
        expect(unstuff(answer).equals(message)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps everything but its line ends', () => {
    fc.assert(
      fc.property(octets, (bytes) => {
        const mended = withCrlf(bytes);
        const bare = (text: Buffer): string => text.toString('latin1').replaceAll('\r\n', '\n');
        expect(withCrlf(mended).equals(mended)).toBe(true);
        expect([bare(bytes), `${bare(bytes)}\n`]).toContain(bare(mended));
      }),
    );
  });

  test('has a top that is its beginning, and grows by one line', () => {
    fc.assert(
      fc.property(octets, fc.nat(20), (bytes, lines) => {
        const stuffed = stuff(withCrlf(bytes));
        const top = topOf(stuffed, lines);
        const next = topOf(stuffed, lines + 1);
        expect(next.subarray(0, top.length).equals(top)).toBe(true);
        expect(
          next.subarray(top.length).toString('latin1').split('\r\n').length,
        ).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('lines', () => {
  async function read(...chunks: readonly string[]): Promise<ClientLine[]> {
    const lines: ClientLine[] = [];
    const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk, 'latin1')));
    for await (const line of linesOf(source)) lines.push(line);
    return lines;
  }
  const line = (text: string): ClientLine => ({ kind: 'line', text });
  const tooLong: ClientLine = { kind: 'too-long' };

  test('however they are cut', async () => {
    expect(await read('USER mo', 'le\r', '\nPASS', ' x\r\nNOOP\nQU')).toEqual([
      line('USER mole'),
      line('PASS x'),
      line('NOOP'),
    ]);
  });

  test('of the greatest length, and one more', async () => {
    const longest = 'x'.repeat(MAX_LINE);
    expect(await read(`${longest}\r\n${longest}y\r\nNOOP\r\n`)).toEqual([
      line(longest),
      tooLong,
      line('NOOP'),
    ]);
  });

  test('that never end are thrown away, and what follows is understood', async () => {
    const flood = Array.from({ length: 500 }, () => 'x'.repeat(65_536));
    expect(await read(...flood, '\r\nNOOP\r\n')).toEqual([tooLong, line('NOOP')]);
  });
});

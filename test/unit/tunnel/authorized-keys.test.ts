import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { putKey, restrictions, type KeyEntry } from '../../../electron/tunnel/authorized-keys';
import { makeKey } from '../../world/ssh-keys';
import { forwardOf } from './stand-ins';

const MODERN = 'OpenSSH_9.2p1 Debian-2+deb12u3';
const [TYPE = '', BLOB = ''] = (await makeKey({ type: 'ed25519' })).publicKey.split(' ');
const OTHER = (await makeKey({ type: 'ed25519', name: 'other' })).publicKey;
const KEY = `${TYPE} ${BLOB}`;
const OPTIONS = 'restrict,permitopen="m:110",command="false"';
const ENTRY: KeyEntry = { options: OPTIONS, type: TYPE, blob: BLOB, comment: 'Mailmole' };
const LINE = `${OPTIONS} ${KEY} Mailmole`;

/** The file afterwards; null when nothing is to be written. */
function put(text: string, entry = ENTRY): string | null {
  const edit = putKey(Buffer.from(text), entry);
  return edit.kind === 'unchanged' ? null : edit.content.toString();
}

describe('what a key is allowed', () => {
  const to = (mailHost: string, mailPort = 110) => forwardOf({ mailHost, mailPort });

  it('is the forwards of the account and nothing else', () => {
    const options = restrictions([to('mail.example.org'), to('::1', 143)], MODERN);
    expect(options).toBe(
      'restrict,port-forwarding,permitopen="mail.example.org:110",permitopen="[::1]:143",' +
        'permitlisten="localhost:1",command="false"',
    );
  });

  it('names a place once, however many forwards lead there', () => {
    const options = restrictions([to('m'), to('m'), to('m', 25)], MODERN);
    expect(options.match(/permitopen="[^"]+"/g)).toEqual([
      'permitopen="m:110"',
      'permitopen="m:25"',
    ]);
  });

  it.each([
    ['OpenSSH_7.8', true],
    ['OpenSSH_10.0p2', true],
    ['OpenSSH_for_Windows_9.5', true],
    ['OpenSSH_7.4', false],
    ['OpenSSH_6.9p1', false],
    ['dropbear_2022.83', false],
    ['', false],
  ])('names listening to %s: %s', (version, known) => {
    expect(restrictions([to('m')], version).includes('permitlisten=')).toBe(known);
  });

  it.each(['', '*', 'a"b', 'a b', 'a\\', 'a\nb', '[::1]', 'a,b', 'a\u007f'])(
    'is never put together with the name %j',
    (name) => {
      expect(() => restrictions([to(name)], MODERN)).toThrow('is not the name of a mail server');
    },
  );
});

describe('a key that is new', () => {
  it.each([
    ['no file', '', `${LINE}\n`],
    ['other keys', `${OTHER}\n`, `${OTHER}\n${LINE}\n`],
    ['no end of the last line', OTHER, `${OTHER}\n${LINE}\n`],
    ['lines of Windows', `# mine\r\n${OTHER}\r\n`, `# mine\r\n${OTHER}\r\n${LINE}\r\n`],
    ['such without an end', `# mine\r\n${OTHER}`, `# mine\r\n${OTHER}\r\n${LINE}\r\n`],
    ['blank lines', '\n\n', `\n\n${LINE}\n`],
    ['itself in a comment', `# ${KEY}\n`, `# ${KEY}\n${LINE}\n`],
    ['itself as an authority', `cert-authority ${KEY}\n`, `cert-authority ${KEY}\n${LINE}\n`],
    [
      'itself as a restricted authority',
      `from="*",CERT-AUTHORITY ${KEY}\n`,
      `from="*",CERT-AUTHORITY ${KEY}\n${LINE}\n`,
    ],
    [
      'itself within a quotation',
      `command="${KEY}" ${OTHER}\n`,
      `command="${KEY}" ${OTHER}\n${LINE}\n`,
    ],
    ['itself after an open quotation', `command="x ${KEY}\n`, `command="x ${KEY}\n${LINE}\n`],
    ['a longer key', `${KEY}AAAA\n`, `${KEY}AAAA\n${LINE}\n`],
    ['words that are no key', `ssh-ed25519 *\n`, `ssh-ed25519 *\n${LINE}\n`],
  ])('comes last: %s', (_what, before, after) => {
    expect(put(before)).toBe(after);
  });

  it('has a comment of one line', () => {
    expect(put('', { ...ENTRY, comment: ' für\nmich\r\0 ' })).toBe(`${OPTIONS} ${KEY} für mich\n`);
    expect(put('', { ...ENTRY, comment: '\n' })).toBe(`${OPTIONS} ${KEY}\n`);
  });
});

describe('a key that is there', () => {
  it.each([
    ['as it was put', `${LINE}\n`],
    ['under another comment', `${OPTIONS} ${KEY} somebody's own\n`],
    ['without a comment', `${OPTIONS} ${KEY}`],
    ['among others', `${OTHER}\n\t${OPTIONS}\t${TYPE}  ${BLOB}\r\n# end`],
    ['and a second time with other options', `${LINE}\n${KEY}\n`],
  ])('is left alone: %s', (_what, before) => {
    expect(put(before)).toBeNull();
  });

  it.each([
    ['no options', `${KEY} laptop\n`, `${OPTIONS} ${KEY} laptop\n`],
    ['no comment', `${KEY}\n`, `${OPTIONS} ${KEY}\n`],
    ['no end', `${OTHER}\n${KEY} x`, `${OTHER}\n${OPTIONS} ${KEY} x`],
    ['other options', `from="a b\\" c",no-pty ${KEY} x\n`, `${OPTIONS} ${KEY} x\n`],
    ['a line of Windows', `${KEY} x\r\n${OTHER}\r\n`, `${OPTIONS} ${KEY} x\r\n${OTHER}\r\n`],
    ['blanks', `  no-pty \t ${TYPE}\t${BLOB}  x \n`, `${OPTIONS} ${KEY}  x \n`],
    ['a second line', `${KEY} 1\n${KEY} 2\n`, `${OPTIONS} ${KEY} 1\n${KEY} 2\n`],
    [
      'a quotation that speaks of authority',
      `command="cert-authority" ${KEY}\n`,
      `${OPTIONS} ${KEY}\n`,
    ],
  ])('is replaced where it stands: %s', (_what, before, after) => {
    expect(put(before)).toBe(after);
    expect(putKey(Buffer.from(before), ENTRY)).toMatchObject({ replaced: true });
  });
});

describe('a key that two mailboxes share', () => {
  const options = (...hosts: string[]) =>
    restrictions(
      hosts.map((mailHost) => forwardOf({ mailHost, mailPort: 110 })),
      MODERN,
    );
  const entry = (...hosts: string[]): KeyEntry => ({ ...ENTRY, options: options(...hosts) });

  it('leads to the mail servers of both, whichever is installed again', () => {
    const one = put('', entry('a')) ?? '';
    const both = put(one, entry('b')) ?? '';
    expect(both).toBe(`${options('a', 'b')} ${KEY} Mailmole\n`);
    expect(put(both, entry('a'))).toBeNull();
    expect(put(both, entry('b', 'a'))).toBeNull();
    expect(put(both, entry('c', 'b'))).toBe(`${options('a', 'b', 'c')} ${KEY} Mailmole\n`);
  });

  it('loses nothing when the server has come to know another option since', () => {
    const old = restrictions([forwardOf({ mailHost: 'a' })], 'OpenSSH_7.4');
    expect(put(`${old} ${KEY}\n`, entry('b'))).toBe(`${options('a', 'b')} ${KEY}\n`);
  });

  it.each([
    ['what somebody else permitted', 'permitopen="x:1",no-pty'],
    ['what an open key may', 'permitopen="x:1"'],
    ['a command', 'restrict,permitopen="x:1",command="true"'],
    ['two options that look like one', 'restrict,command="a,b",permitopen="x:1"'],
  ])('is not given %s', (_what, before) => {
    expect(put(`${before} ${KEY}\n`, entry('b'))).toBe(`${options('b')} ${KEY}\n`);
  });
});

/** Lines of every kind, with bytes that are no text, and every kind of end. */
const someLine = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(OTHER, '# comment', '', 'ssh-rsa', 'command="', `cert-authority ${KEY}`, 'ü')
    .map((text) => Buffer.from(text)),
);
const someFile = fc
  .array(fc.tuple(someLine, fc.constantFrom('\n', '\r\n')), { maxLength: 8 })
  .chain((lines) => fc.tuple(fc.constant(lines), fc.boolean()))
  .map(([lines, open]) =>
    Buffer.concat(
      lines.flatMap(([line, end], index) =>
        open && index === lines.length - 1 ? [line] : [line, Buffer.from(end)],
      ),
    ),
  );

describe('whatever the file holds', () => {
  it('every other byte stays, and a second time changes nothing', () => {
    fc.assert(
      fc.property(someFile, (before) => {
        const edit = putKey(before, ENTRY);
        if (edit.kind === 'unchanged') throw new Error('nothing was added');
        expect(edit.content.subarray(0, before.length).equals(before)).toBe(true);
        expect(edit.content.subarray(before.length).toString().trim()).toBe(LINE);
        expect(putKey(edit.content, ENTRY)).toEqual({ kind: 'unchanged' });
      }),
    );
  });

  it('a key is replaced in its place alone, and put back by the same way', () => {
    const entries = ['no-pty', 'from="*",no-pty'].map((options) => ({ ...ENTRY, options }));
    fc.assert(
      fc.property(someFile, someFile, fc.constantFrom(...entries), (head, tail, old) => {
        const whole = head.length === 0 || head.at(-1) === 10 ? head : Buffer.from([...head, 10]);
        const line = Buffer.from(`${old.options} ${KEY} mine\n`);
        const before = Buffer.concat([whole, line, tail]);
        const edit = putKey(before, ENTRY);
        if (edit.kind === 'unchanged') throw new Error('nothing was replaced');
        const wanted = Buffer.concat([whole, Buffer.from(`${OPTIONS} ${KEY} mine\n`), tail]);
        expect(edit.content.equals(wanted)).toBe(true);
        const back = putKey(edit.content, old);
        expect(back.kind === 'changed' && back.content.equals(before)).toBe(true);
      }),
    );
  });
});

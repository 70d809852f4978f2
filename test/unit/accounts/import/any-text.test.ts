import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  importSetupFile,
  importSetupLink,
  importText,
} from '../../../../electron/accounts/import/import-text';
import { LARGEST_IMPORT, missingIn } from '../../../../electron/shared/imported';
import { keysOf } from '../../support/words';
import { aContext } from './support';

const KEYS = new Set([
  ...keysOf('import').map((key) => key.replace(/_(?:one|other)$/u, '')),
  ...keysOf('form'),
]);

/** Pieces that mean something to one importer or another, so that more than the first word is reached. */
const PIECES = [
  'ssh',
  ' ',
  '\n',
  '\\\n',
  '\t',
  '"',
  "'",
  '\\',
  '$',
  '`',
  '*',
  '[',
  ']',
  ':',
  '/',
  '@',
  '=',
  '#',
  ',',
  ';',
  '&',
  '|',
  '<',
  '>',
  '-L',
  '-o',
  '-J',
  '-p',
  '-i',
  '11110:pop:110',
  '[::1]',
  'user@host',
  'ssh://',
  'sleep 5',
  '%h',
  '%',
  '~/',
  '${HOME}',
  'Host',
  'Match',
  'Include',
  'HostName',
  'LocalForward',
  'ProxyJump',
  'IdentityFile',
  'Port',
  'a',
  '*',
  '!',
  'none',
  'yes',
  'poll',
  'skip',
  'defaults',
  'set',
  'with',
  'proto',
  'pop3',
  'imap',
  'port',
  'user',
  'is',
  'there',
  'here',
  'password',
  'secret',
  'preconnect',
  'plugin',
  'ssl',
  'via',
  'no',
  'keep',
  '{',
  '}',
  '"format"',
  '"mailmole-setup"',
  '"mailmole-accounts"',
  '"version"',
  '1',
  '2',
  '"accounts"',
  '"server"',
  'null',
  'mailmole://setup/',
  'eyJ9',
  '\u0000',
  '\ufeff',
  '\u2028',
  '−',
  'é',
  '😀',
] as const;

const BEGINNINGS = [
  '',
  'ssh ',
  'ssh -L 1:a:110 ',
  'Host a\n',
  'poll a ',
  'poll a preconnect "ssh ',
  '{"format":"mailmole-setup",',
  '{"format":"mailmole-accounts","version":1,"accounts":[',
  'mailmole://setup/',
] as const;

const anyText = fc
  .tuple(
    fc.constantFrom(...BEGINNINGS),
    fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })), { maxLength: 40 }),
  )
  .map(([begin, pieces]) => begin + pieces.join(''));

/** Every importer ends in mailboxes or in errors that have words and a place within the text. */
function judge(text: string): void {
  const lines = text.split('\n');
  for (const read of [
    importText(text, aContext({ '/home/mary/.ssh/a': text })),
    importSetupFile(text),
    importSetupLink(text),
  ]) {
    const told = read.ok
      ? read.value.notCarried.map(({ why, place }) => ({ key: why, place }))
      : read.error.map(({ messageKey, place }) => ({ key: messageKey, place }));
    for (const { key, place } of told) {
      expect(KEYS).toContain(key);
      if (place === null || place.file !== null) continue;
      expect(place.line).toBeLessThanOrEqual(lines.length);
      expect(place.column).toBeLessThanOrEqual((lines[place.line - 1] ?? '').length + 1);
      expect(place.column).toBeGreaterThan(0);
    }
    if (!read.ok) {
      expect(read.error.length).toBeGreaterThan(0);
      continue;
    }
    expect(read.value.drafts.length).toBeGreaterThan(0);
    const names = read.value.drafts.map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    for (const draft of read.value.drafts)
      for (const { localAddress } of draft.forwards)
        expect(
          localAddress === 'localhost' || localAddress === '::1' || localAddress.startsWith('127.'),
        ).toBe(true);
    expect(() => read.value.drafts.map(missingIn)).not.toThrow();
  }
}

describe('any text at all', () => {
  it('ends in mailboxes or in errors that say where', () => {
    fc.assert(fc.property(anyText, judge), { numRuns: 800 });
  });

  it.each<[string, string]>([
    ['quotation marks', 'ssh ' + '"'.repeat(500_001)],
    ['backslashes', 'ssh ' + '\\'.repeat(500_000)],
    ['words', 'ssh ' + 'a '.repeat(500_000)],
    ['options', 'ssh ' + '-oPort=1 '.repeat(100_000) + 'gate'],
    ['forwards', 'ssh ' + '-L1:a:110 '.repeat(100_000) + 'gate'],
    ['colons', 'ssh -L ' + ':'.repeat(500_000) + ' gate'],
    ['jumps', 'ssh -J ' + 'a,'.repeat(200_000) + 'a gate'],
    ['hosts', 'Host a\nHostName b\n'.repeat(50_000)],
    ['many hosts', Array.from({ length: 50_000 }, (_, n) => `Host h${n}`).join('\n')],
    ['patterns', `Host ${'*a'.repeat(200_000)}b a\nHostName c`],
    ['includes of itself', 'Host a\nInclude /home/mary/.ssh/a\n'.repeat(10_000)],
    ['percent signs', `Host a\nHostName ${'%'.repeat(900_000)}`],
    ['fetchmail’s strings', 'poll a user "' + '\\x'.repeat(400_000) + '"'],
    ['fetchmail’s entries', 'poll a proto pop3 user b\n'.repeat(30_000)],
    ['brackets', '['.repeat(900_000)],
    ['objects', '{"a":'.repeat(150_000)],
    ['a long text in JSON', `{"a":"${'\\n'.repeat(400_000)}"}`],
    ['names in JSON', `{${Array.from({ length: 60_000 }, (_, n) => `"${n}":1`).join(',')}}`],
    ['a long link', `mailmole://setup/${'A'.repeat(900_000)}`],
    ['too much', 'x'.repeat(LARGEST_IMPORT + 1)],
  ])('however much of it there is: %s', (_, text) => {
    const files = { '/home/mary/.ssh/a': text };
    const read = importText(text, aContext(files));
    expect(typeof read.ok).toBe('boolean');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_LINE, typed } from '../../../electron/asking/line-editor';

const after = (...chunks: string[]) => chunks.reduce(typed, EMPTY_LINE);

describe('a line typed at a terminal in raw mode', () => {
  it.each<[string[], string, string]>([
    [['s', 'e', 'c', '\r'], 'sec', 'entered'],
    [['pasted\n'], 'pasted', 'entered'],
    [['two\nlines\n'], 'two', 'entered'],
    [['abc\u007f\u007fd\r'], 'ad', 'entered'],
    [['\u007f\r'], '', 'entered'],
    [['pässwörd€\b\r'], 'pässwörd', 'entered'],
    [['🐭x\u007f\u007fy\r'], 'y', 'entered'],
    [['wrong\u0015right\r'], 'right', 'entered'],
    [['a', '\u001b[A', 'b\r'], 'ab', 'entered'],
    [['a\tb\r'], 'ab', 'entered'],
    [['\u0004'], '', 'declined'],
    [['a\u0004b\r'], 'ab', 'entered'],
    [['abc\u0003'], 'abc', 'interrupted'],
    [['abc'], 'abc', 'open'],
  ])('%o', (chunks, text, end) => {
    expect(after(...chunks)).toMatchObject({ text, end });
  });

  it('shows what it takes, and takes back what it erases', () => {
    expect(after('ab').shown).toBe('ab');
    expect(typed(after('ab'), '\u007f').shown).toBe('\b \b');
    expect(typed(after('ab'), '\u0015c').shown).toBe('\b \b\b \bc');
  });

  it('shows nothing that moves a cursor, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (chunks) => {
        const line = after(...chunks);
        expect(line.text).not.toMatch(/[\r\n\u0003\u0004\u0015\u007f\b\t\u001b]/u);
        expect(line.shown.replaceAll('\b \b', '')).not.toMatch(/[\r\n\b\u001b]/u);
      }),
    );
  });
});

import fc from 'fast-check';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { withCrlf } from '../../electron/practice/maildrop';
import { headerText, mailDate, quotedPrintable } from '../../electron/practice/mime';
import { sampleMessages } from '../../electron/practice/sample-messages';
import { tinyPng } from '../../electron/practice/tiny-png';

const MADE_AT = Date.UTC(2026, 10, 24, 9, 30, 15);
const messages = sampleMessages(MADE_AT);
const texts = messages.map(({ bytes }) => bytes.toString('utf8'));

/** The values of one header, unfolded. */
function header(name: string): string[] {
  return texts.map((text) => {
    const head = text.slice(0, text.indexOf('\r\n\r\n')).replaceAll('\r\n ', ' ');
    return new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1]?.trim() ?? '';
  });
}

describe('the sample messages', () => {
  test('are five, each with its own id, the same whenever they are made', () => {
    expect(messages).toHaveLength(5);
    expect(new Set(messages.map(({ uid }) => uid)).size).toBe(5);
    for (const { uid } of messages) expect(uid).toMatch(/^[!-~]{1,70}$/);
    expect(sampleMessages(MADE_AT)).toEqual(messages);
    expect(sampleMessages(MADE_AT + 1)[0]?.uid).not.toBe(messages[0]?.uid);
  });

  test('are in the form in which they travel: CRLF everywhere, no line over 998 octets', () => {
    for (const { bytes } of messages) {
      expect(withCrlf(bytes).equals(bytes)).toBe(true);
      const lines = bytes.toString('latin1').split('\r\n');
      expect(lines.join('')).not.toMatch(/[\r\n\0]/);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
    }
  });

  test('come in order, a minute apart, the last a minute before the mailbox was made', () => {
    expect(header('Date').map((date) => MADE_AT - Date.parse(date))).toEqual([
      300_000, 240_000, 180_000, 120_000, 60_000,
    ]);
    expect(mailDate(MADE_AT)).toBe('Tue, 24 Nov 2026 09:30:15 +0000');
  });

  test('hold what a mail path can spoil', () => {
    const [, way, shapes, pointing, removing] = texts;
    for (const script of ['Καλημέρα', 'שלום', 'नमस्ते', '你好', 'こんにちは', '🐾']) {
      expect(way).toContain(script);
    }
    const shown = shapes?.replaceAll('=\r\n', '').match(/cid:[^"]+/g) ?? [];
    expect(shown).toHaveLength(6);
    for (const id of shown) expect(shapes).toContain(`Content-ID: <${id.slice(4)}>`);
    expect(shapes?.match(/Content-Type: image\/png/g)).toHaveLength(6);
    expect(pointing).toContain('Content-Disposition: attachment; filename="mailmole-settings.pdf"');
    expect(removing).toContain('\r\n.\r\n..\r\n...\r\n\r\n.fetchmailrc');
    expect(Math.max(...(removing ?? '').split('\r\n').map((line) => line.length))).toBe(952);
  });

  test('declare only what is true: 7bit is ASCII, everything says its encoding', () => {
    for (const text of texts) {
      const encoding = /^Content-Transfer-Encoding: (\S+)\r\n/m.exec(text)?.[1];
      if (encoding !== '8bit') expect(text).toMatch(/^[\x01-\x7f]*$/);
    }
  });
});

describe('encodings', () => {
  const decode = (text: string): string =>
    Buffer.from(
      text
        .replaceAll('=\r\n', '')
        .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      'latin1',
    ).toString('utf8');

  test('quoted-printable comes back, in short lines without spaces at their ends', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(fc.constantFrom(' ', '\n', '='), fc.string({ unit: 'grapheme' })),
        }),
        (text) => {
          const encoded = quotedPrintable(text);
          expect(decode(encoded)).toBe(text.replaceAll('\n', '\r\n'));
          for (const line of encoded.split('\r\n')) {
            expect(line.length).toBeLessThanOrEqual(76);
            expect(line).toMatch(/^[ -~]*$/);
            expect(line).not.toMatch(/ $/);
          }
        },
      ),
    );
  });

  test('a header comes back, in words that never cut a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const encoded = headerText(text);
        expect(encoded).toMatch(/^[ -~]*(\r\n [ -~]+)*$/);
        const words = encoded.match(/=\?UTF-8\?B\?[^?]*\?=/g);
        if (words === null) return;
        for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
        const back = words.map((word) =>
          Buffer.from(word.slice(10, -2), 'base64').toString('utf8'),
        );
        if (words.join('\r\n ') === encoded) expect(back.join('')).toBe(text);
      }),
    );
  });

  test('a picture holds its pixels', () => {
    const png = tinyPng(['#..', '.##'], [1, 2, 3], [250, 251, 252], 3);
    const at = png.indexOf('IDAT');
    const data = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    // Nine pixels a row, one bit each after the filter's octet: three ink and six paper, then the reverse.
    const rows = [
      [0, 0b11100000, 0],
      [0, 0b00011111, 0b10000000],
    ];
    expect([...data]).toEqual(rows.flatMap((row) => [...row, ...row, ...row]));
  });
});

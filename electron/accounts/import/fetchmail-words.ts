import type { ImportProblem } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import type { Source } from './findings';

/** A piece of a `.fetchmailrc`, as fetchmail's own lexer (rcfile_l.l) cuts it. */
export interface RcToken {
  readonly kind: 'word' | 'string' | 'equals';
  /** For a string: what it means, escapes read. */
  readonly text: string;
  /** Of its first character; for a string, of the one behind its quotation mark. */
  readonly at: number;
}

/** Words that fetchmail passes over, so that its file reads like English. */
const NOISE = new Set(['with', 'and', 'has', 'wants', 'options']);

/** After these a plain word is a value, even one that is a keyword else. */
const BEFORE_VALUE = new Set(['user', 'username', 'pass', 'password', 'is', 'to', '=']);

/** Cuts a `.fetchmailrc` into its pieces. Comments, commas, colons and noise words are gone. */
export function readRcTokens(source: Source): Result<readonly RcToken[], ImportProblem> {
  const { text } = source;
  const tokens: RcToken[] = [];
  let at = 0;
  let valueNext = false;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '#') at = endOfLine(text, at);
    else if (char === '"' || char === "'") {
      const end = text.indexOf(char, at + 1);
      if (end < 0) return fail(source.problem(at, 'import:fetchmail.unclosed', { mark: char }));
      tokens.push({ kind: 'string', text: unescaped(text.slice(at + 1, end)), at: at + 1 });
      at = end + 1;
      valueNext = false;
    } else if (char === '=') {
      tokens.push({ kind: 'equals', text: '=', at });
      at += 1;
      valueNext = true;
    } else if (isBetween(char)) at += 1;
    else {
      const start = at;
      while (at < text.length && text[at] !== '=' && !isBetween(text[at] ?? '')) at += 1;
      const word = text.slice(start, at);
      // A backslash at the end of a line joins it to the next.
      if (word === '\\' && text[at] === '\n') continue;
      if (!valueNext && NOISE.has(word)) continue;
      tokens.push({
        kind: valueNext ? 'string' : 'word',
        text: valueNext ? unescaped(word) : word,
        at: start,
      });
      valueNext = !valueNext && BEFORE_VALUE.has(word);
    }
  }
  return ok(tokens);
}

function isBetween(char: string): boolean {
  return ' \t\r\n;:,'.includes(char);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

const LETTERS: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', r: '\r', '\n': '' };

/** Reads C's escapes: `\n`, `\\`, octal with a leading zero, decimal, and hexadecimal, three or two digits long. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([\da-f]{1,2})|(0[0-7]{0,2})|([1-9]\d{0,2})|([\s\S]?))/giu,
    (_, hex?: string, octal?: string, decimal?: string, letter?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (decimal !== undefined) return String.fromCharCode(Number(decimal) % 256);
      return LETTERS[letter ?? ''] ?? letter ?? '';
    },
  );
}

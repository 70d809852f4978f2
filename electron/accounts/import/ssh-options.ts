import type { ImportProblem, NotCarried } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import type { Source, Word } from './findings';
import { fateOf } from './ssh-keywords';

/** One value of an option, and where it stands. */
export interface Setting extends Word {
  readonly source: Source;
}

/** Options that are added to one another; of every other the first counts (ssh_config(5)). */
const ADDED = new Set(['identityfile', 'localforward']);

/** Options of several arguments, and what stands between them in a value of ours. */
const JOINED: Readonly<Record<string, string>> = { localforward: ':', userknownhostsfile: ' ' };

/** Whichever of these comes first rules the other out. */
const PROXIES = ['proxyjump', 'proxycommand'];

/** The options of one connection, gathered in the order in which ssh would meet them. */
export class SshOptions {
  readonly #values = new Map<string, Setting[]>();
  readonly #left: NotCarried[] = [];

  /** What was met and cannot be carried over. */
  get notCarried(): readonly NotCarried[] {
    return this.#left;
  }

  /** The value that counts. */
  one(keyword: string): Setting | undefined {
    return this.#values.get(keyword)?.[0];
  }

  all(keyword: string): readonly Setting[] {
    return this.#values.get(keyword) ?? [];
  }

  is(keyword: string): boolean {
    return ['yes', 'true'].includes(this.one(keyword)?.text.toLowerCase() ?? '');
  }

  leaveOut(...left: readonly NotCarried[]): void {
    this.#left.push(...left);
  }

  /** Takes an option in. Several arguments become one value. */
  add(source: Source, at: number, keyword: string, args: readonly Word[]): void {
    const name = keyword.toLowerCase();
    const fate = fateOf(name);
    if (fate === null) {
      this.leaveOut(source.notCarried(at, keyword, 'import:why.unknown-option'));
      return;
    }
    const [first] = args;
    const between = JOINED[name];
    const all = between === undefined ? first?.text : args.map((arg) => arg.text).join(between);
    const text = all ?? '';
    const known = this.#values.get(name);
    if (known !== undefined && !ADDED.has(name)) return;
    if (PROXIES.includes(name) && PROXIES.some((each) => this.#values.has(each))) return;
    const setting: Setting = { text, at: first?.at ?? at, source };
    if (known === undefined) this.#values.set(name, [setting]);
    else known.push(setting);
    if (fate.kind === 'left-out' && !fate.unless.includes(text.toLowerCase()))
      this.leaveOut(source.notCarried(at, keyword, fate.why));
  }
}

/** A line of ssh_config(5), or the argument of `-o`. */
export interface SshLine {
  readonly keyword: string;
  readonly at: number;
  readonly args: readonly Word[];
}

const SPACE = /[ \t\r\f]/u;

/**
 * Reads one line: a keyword, blanks or one `=`, and arguments with quotation marks, as OpenSSH's argv_split does.
 *
 * @returns null for an empty line or a comment
 */
export function readSshLine(
  source: Source,
  text: string,
  start: number,
): Result<SshLine | null, ImportProblem> {
  let at = skip(text, 0);
  if (at >= text.length || text[at] === '#') return ok(null);
  const keywordAt = at;
  while (at < text.length && !/[ \t\r\f="]/u.test(text[at] ?? '')) at += 1;
  const keyword = text.slice(keywordAt, at);
  at = skip(text, at);
  if (text[at] === '=') at = skip(text, at + 1);
  const args = splitArguments(text, at, start);
  if (!args.ok) return fail(source.problem(start + args.error, 'import:ssh.unclosed'));
  return ok({ keyword, at: start + keywordAt, args: args.value });
}

function skip(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text[at] ?? '')) at += 1;
  return at;
}

/** @returns where the quotation mark that is not closed stands, when one is not */
function splitArguments(
  text: string,
  from: number,
  start: number,
): Result<readonly Word[], number> {
  const words: Word[] = [];
  let at = skip(text, from);
  while (at < text.length && text[at] !== '#') {
    const begin = at;
    let word = '';
    let quote = '';
    let quoteAt = at;
    for (; at < text.length; at += 1) {
      const char = text[at] ?? '';
      const next = text[at + 1] ?? '';
      if (
        char === '\\' &&
        next !== '' &&
        (`'"\\`.includes(next) || (quote === '' && next === ' '))
      ) {
        word += next;
        at += 1;
      } else if (quote === '' && SPACE.test(char)) break;
      else if (quote === '' && (char === '"' || char === "'")) {
        quote = char;
        quoteAt = at;
      } else if (char === quote) quote = '';
      else word += char;
    }
    if (quote !== '') return fail(quoteAt);
    words.push({ text: word, at: start + begin });
    at = skip(text, at);
  }
  return ok(words);
}

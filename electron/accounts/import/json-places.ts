import type { ImportProblem } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import type { Source } from './findings';

/**
 * Reads JSON (RFC 8259) and remembers where each value stands. `JSON.parse` says where a text is broken in some of its
 * errors only, and never where a value stood that turns out to be a wrong one.
 */

/** A read document, and the place of each of its values by its path, such as `forwards.0.mailPort`. */
export interface PlacedJson {
  readonly value: unknown;
  /** Of the value itself or, for what is missing, of what it is missing in. */
  offsetOf(path: readonly PropertyKey[]): number;
}

/** Deeper than any document of ours, and far from the limit of the stack. */
const DEEPEST = 64;
const BLANK = /[ \t\r\n]*/uy;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
const PLAIN = /[^"\\\u0000-\u001f]*/uy;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/uy;
const WORD = /[a-z]+/uy;
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Reads a document; a broken one is told by its first fault. */
export function readJson(source: Source): Result<PlacedJson, ImportProblem> {
  const reader = new Reader(source.text);
  try {
    const value = reader.document();
    return ok({ value, offsetOf: (path) => reader.offsetOf(path) });
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw thrown;
    return fail(source.problem(thrown.at, thrown.messageKey));
  }
}

class Broken extends Error {
  readonly at: number;
  readonly messageKey: string;
  constructor(at: number, messageKey: string) {
    super(messageKey);
    this.at = at;
    this.messageKey = messageKey;
  }
}

class Reader {
  readonly #text: string;
  readonly #offsets = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\ufeff')) this.#at = 1;
  }

  document(): unknown {
    const value = this.#value([]);
    this.#skip();
    if (this.#at < this.#text.length) throw new Broken(this.#at, 'import:json.more');
    return value;
  }

  offsetOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const offset = this.#offsets.get(keyOf(path.slice(0, length)));
      if (offset !== undefined) return offset;
    }
    return 0;
  }

  #value(path: readonly PropertyKey[]): unknown {
    if (path.length > DEEPEST) throw new Broken(this.#at, 'import:json.deep');
    this.#skip();
    const start = this.#at;
    this.#offsets.set(keyOf(path), start);
    const char = this.#text[start];
    if (char === '{') return this.#object(path);
    if (char === '[') return this.#array(path);
    if (char === '"') return this.#string();
    const number = this.#take(NUMBER);
    if (number !== null) return Number(number);
    const word = this.#take(WORD);
    if (word !== null && WORDS.has(word)) return WORDS.get(word);
    throw new Broken(start, char === undefined ? 'import:json.ends' : 'import:json.value');
  }

  #object(path: readonly PropertyKey[]): unknown {
    const entries = new Map<string, unknown>();
    this.#at += 1;
    this.#skip();
    if (this.#text[this.#at] === '}') {
      this.#at += 1;
      return {};
    }
    for (;;) {
      this.#skip();
      const start = this.#at;
      if (this.#text[start] !== '"') throw new Broken(start, 'import:json.name');
      const name = this.#string();
      if (entries.has(name)) throw new Broken(start, 'import:json.twice');
      this.#skip();
      if (this.#text[this.#at] !== ':') throw new Broken(this.#at, 'import:json.colon');
      this.#at += 1;
      entries.set(name, this.#value([...path, name]));
      // Made from entries, `__proto__` is a name like any other.
      if (!this.#goesOn('}')) return Object.fromEntries(entries);
    }
  }

  #array(path: readonly PropertyKey[]): unknown {
    const values: unknown[] = [];
    this.#at += 1;
    this.#skip();
    if (this.#text[this.#at] === ']') {
      this.#at += 1;
      return values;
    }
    for (;;) {
      values.push(this.#value([...path, values.length]));
      if (!this.#goesOn(']')) return values;
    }
  }

  /** After a value: is there another one? */
  #goesOn(end: string): boolean {
    this.#skip();
    const char = this.#text[this.#at];
    if (char !== ',' && char !== end)
      throw new Broken(this.#at, char === undefined ? 'import:json.ends' : 'import:json.comma');
    this.#at += 1;
    return char === ',';
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    // Pieces are taken one by one: one pattern for all would need a stack as long as the text.
    do this.#take(PLAIN);
    while (this.#take(ESCAPE) !== null);
    if (this.#text[this.#at] !== '"') throw new Broken(this.#at, 'import:json.string');
    this.#at += 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #skip(): void {
    this.#take(BLANK);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }
}

function keyOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('\u0000');
}

import type { ImportPlace, ImportProblem, NotCarried } from '../../shared/imported';

type Params = ImportProblem['params'];

/** Longest piece of a text that is shown again, in UTF-16 units. */
const SHOWN = 60;

/** A piece of another text, such as a command within a file. */
export interface Within {
  readonly source: Source;
  readonly offset: number;
}

/** A text that is read, with what tells where in it something stands. */
export class Source {
  readonly text: string;
  readonly #file: string | null;
  readonly #within: Within | null;
  readonly #lineStarts: readonly number[];

  /**
   * @param file null for the text that was given itself; an included file's path else
   * @param within where this text stands in another one, whose places are then told
   */
  constructor(text: string, file: string | null = null, within: Within | null = null) {
    this.text = text;
    this.#file = file;
    this.#within = within;
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /** The line and column of an offset, by halving. */
  placeAt(offset: number): ImportPlace {
    if (this.#within !== null) return this.#within.source.placeAt(this.#within.offset + offset);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const column = offset - (this.#lineStarts[low] ?? 0) + 1;
    return { file: this.#file, line: low + 1, column };
  }

  problem(offset: number, messageKey: string, params: Params = {}): ImportProblem {
    return { place: this.placeAt(offset), messageKey, params };
  }

  notCarried(offset: number, what: string, why: string, params: Params = {}): NotCarried {
    return { what: shortened(what), place: this.placeAt(offset), why, params };
  }
}

/** A problem of the text as a whole. */
export function problemOfAll(messageKey: string, params: Params = {}): ImportProblem {
  return { place: null, messageKey, params };
}

/** A piece of the text as it may be shown again: one line, and not too long. */
export function shortened(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}

/** A word of a text, with its quotation marks taken away, and where it begins. */
export interface Word {
  readonly text: string;
  readonly at: number;
}

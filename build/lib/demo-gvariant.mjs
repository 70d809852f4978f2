/** Reads the text form of GLib's values, in which gdbus prints its answers. */

/** A type in front of a value; the value itself says enough. */
const TYPE =
  /(?:boolean|byte|u?int(?:16|32|64)|handle|double|string|objectpath|signature)\s+|@\S+\s+/y;
const NUMBER = /-?(?:0x[0-9a-f]+|[0-9.]+(?:e[-+]?\d+)?)/iy;
const WORD = /true|false|nothing/y;
const QUOTED = /b?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/sy;
/** @type {Record<string, string>} */
const ESCAPES = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07' };

/**
 * Parses one value. Tuples and arrays become arrays, dictionaries become objects, and a variant is
 * the value in it.
 * @param {string} text such as `(<[':1.7/StatusNotifierItem']>,)`
 * @returns {unknown}
 * @throws {Error} where the text is no such value
 */
export function parseGVariant(text) {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}

class Reader {
  #text;
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** @returns {unknown} */
  value() {
    this.#space();
    while (this.#take(TYPE));
    switch (this.#text[this.#at]) {
      case '<':
        return this.#list('<', '>')[0];
      case '(':
        return this.#list('(', ')');
      case '[':
        return this.#list('[', ']');
      case '{':
        return this.#dictionary();
      default:
        return this.#plain();
    }
  }

  end() {
    this.#space();
    if (this.#at < this.#text.length) this.#fail();
  }

  /**
   * @param {string} open
   * @param {string} close
   */
  #list(open, close) {
    const values = [];
    this.#expect(open);
    while (!this.#skip(close)) {
      values.push(this.value());
      this.#skip(',');
    }
    return values;
  }

  #dictionary() {
    /** @type {Record<string, unknown>} */
    const entries = {};
    this.#expect('{');
    while (!this.#skip('}')) {
      const key = String(this.value());
      this.#expect(':');
      entries[key] = this.value();
      this.#skip(',');
    }
    return entries;
  }

  #plain() {
    const word = this.#take(WORD);
    if (word) return word[0] === 'nothing' ? null : word[0] === 'true';
    const quoted = this.#take(QUOTED);
    if (quoted) return unescape(quoted[1] ?? quoted[2]);
    const number = this.#take(NUMBER);
    return number ? Number(number[0]) : this.#fail();
  }

  /** @param {RegExp} pattern a sticky one */
  #take(pattern) {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at = pattern.lastIndex;
    return match;
  }

  /** @param {string} character */
  #skip(character) {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** @param {string} character */
  #expect(character) {
    if (!this.#skip(character)) this.#fail();
  }

  #space() {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  /** @returns {never} */
  #fail() {
    throw new Error(`Not understood at ${this.#at}: ${this.#text.slice(this.#at, this.#at + 60)}`);
  }
}

/** @param {string} text */
function unescape(text) {
  return text.replace(/\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gis, (_all, u4, u8, other) =>
    other === undefined ? String.fromCodePoint(parseInt(u4 ?? u8, 16)) : (ESCAPES[other] ?? other),
  );
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWords } from '../../electron/core/words';
import { loadLanguage, resources, UNTRANSLATED } from '../../electron/shared/i18n/catalogue';
import { LANGUAGES, type Language } from '../../electron/shared/preferences';

const FOLDER = join(import.meta.dirname, '../../electron/shared/i18n');
const HOLE = /\{\{[^}]*\}\}/gu;
const PLURAL = /_(zero|one|two|few|many|other)$/u;

/** Every text of a namespace, by the path of its key. */
function textsOf(words: object, path = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(words).flatMap(([name, value]: [string, unknown]) => {
      const here = path === '' ? name : `${path}.${name}`;
      return typeof value === 'object' && value !== null
        ? [...textsOf(value, here)]
        : [[here, String(value)] as const];
    }),
  );
}

function stemOf(key: string): string {
  return key.replace(PLURAL, '');
}

/** The keys a language must have for the English ones: a number needs a text for each of its own plural forms. */
function keysFor(english: Iterable<string>, language: Language): ReadonlySet<string> {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return new Set(
    [...english].flatMap((key) =>
      PLURAL.test(key) ? forms.map((form) => `${stemOf(key)}_${form}`) : [key],
    ),
  );
}

const holesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{\s*([\w-]+)/gu)].map(([, name = '']) => name).sort();

/** English stands first. */
const others: readonly Language[] = LANGUAGES.slice(1);
const namespaces = Object.entries(resources.en).filter(([name]) => !UNTRANSLATED.has(name));

describe('the languages', () => {
  it('are those that have a folder', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.sort()).toEqual([...LANGUAGES].sort());
  });

  it.each(others)('%s has every text, and none that nobody asks for', async (language) => {
    const catalogue = await loadLanguage(language);
    for (const [namespace, english] of namespaces) {
      const words = Object.entries(catalogue).find(([name]) => name === namespace)?.[1] ?? {};
      const wanted = keysFor(textsOf(english).keys(), language);
      expect([...textsOf(words).keys()].sort(), namespace).toEqual([...wanted].sort());
    }
  });

  it.each(others)('%s fills in what English fills in', async (language) => {
    const catalogue = await loadLanguage(language);
    for (const [namespace, english] of namespaces) {
      const originals = textsOf(english);
      const words = Object.entries(catalogue).find(([name]) => name === namespace)?.[1] ?? {};
      for (const [key, text] of textsOf(words)) {
        const original =
          originals.get(key) ?? originals.get(`${stemOf(key)}_other`) ?? originals.get(stemOf(key));
        // A text for one or two things may say the number as a word.
        const said = PLURAL.test(key) ? holesIn(`${text}{{count}}`) : holesIn(text);
        const wanted = PLURAL.test(key)
          ? holesIn(`${original ?? ''}{{count}}`)
          : holesIn(original ?? '');
        expect([...new Set(said)], `${namespace}:${key}`).toEqual([...new Set(wanted)]);
        expect(text.trim(), `${namespace}:${key}`).toBe(text);
        expect(text, `${namespace}:${key}`).not.toBe('');
      }
    }
  });

  it.each(others)('%s is a translation, not English once more', async (language) => {
    const catalogue = await loadLanguage(language);
    const same: string[] = [];
    let all = 0;
    for (const [namespace, english] of namespaces) {
      const words = Object.entries(catalogue).find(([name]) => name === namespace)?.[1] ?? {};
      for (const [key, text] of textsOf(english)) {
        // Names and abbreviations are the same everywhere; a sentence is not.
        // Whatever is filled in counts as one word, however it is formatted.
        if (text.replaceAll(HOLE, '…').split(' ').length < 4) continue;
        all += 1;
        if (textsOf(words).get(key) === text) same.push(`${namespace}:${key}`);
      }
    }
    expect(same).toEqual([]);
    expect(all).toBeGreaterThan(100);
  });

  it('are spoken by the main process as soon as they are asked for', async () => {
    const words = createWords('en');
    for (const language of LANGUAGES) {
      await words.speak(language, language);
      expect(words.t('preferences:title'), language).toBe(
        textsOf((await loadLanguage(language)).preferences).get('title'),
      );
    }
  });
});

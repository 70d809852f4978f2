import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPreferences } from '../../../electron/preferences/preference-schema';
import { DEFAULT_PREFERENCES, languageFor, localeFor } from '../../../electron/shared/preferences';

describe('preferences read from a file', () => {
  it('are the defaults where it says nothing', () => {
    expect(readPreferences({})).toEqual({ preferences: DEFAULT_PREFERENCES, problems: [] });
  });

  it('come back as they were written', () => {
    const chosen = { ...DEFAULT_PREFERENCES, theme: 'dark', lockWithScreen: true } as const;
    const read = readPreferences(JSON.parse(JSON.stringify(chosen)));
    expect(read).toEqual({ preferences: chosen, problems: [] });
  });

  it('keep what is sound beside what is damaged, and name the latter', () => {
    const read = readPreferences({ theme: 'dark', logLevel: 'loud', startAtLogin: 1, more: 2 });
    expect(read.preferences).toEqual({ ...DEFAULT_PREFERENCES, theme: 'dark' });
    expect([...read.problems].sort()).toEqual(['logLevel', 'startAtLogin']);
  });

  it('are whole whatever stands in the file', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const { preferences } = readPreferences(json);
        expect(Object.keys(preferences).sort()).toEqual(Object.keys(DEFAULT_PREFERENCES).sort());
      }),
    );
  });
});

describe('the language', () => {
  it('is the chosen one', () => {
    expect(languageFor('en', ['de-DE'])).toBe('en');
  });

  it('is else the first of the system that there is', () => {
    expect(languageFor('system', ['tlh', 'en_GB.UTF-8'])).toBe('en');
    expect(languageFor('system', [])).toBe('en');
  });

  it('writes dates and numbers as in the region of the person', () => {
    expect(localeFor('en', ['de-CH', 'en-GB'])).toBe('en-GB');
    expect(localeFor('en', ['de-CH'])).toBe('en');
  });
});

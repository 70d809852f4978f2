import type { Preferences } from '../shared/preferences';

/** The preferences, kept where `write` keeps them. */
export interface PreferenceBook {
  current(): Preferences;
  /** Writes them before anybody hears of it; an error of the disk is thrown and nothing is changed. */
  set(preferences: Preferences): void;
  /** Calls back after each change until the returned function is called. */
  onChange(listener: (now: Preferences, before: Preferences) => void): () => void;
}

/** Keeps the preferences in memory, and writes all of them on each change. */
export function createPreferenceBook(
  initial: Preferences,
  write: (preferences: Preferences) => void,
): PreferenceBook {
  let preferences = initial;
  const listeners = new Set<(now: Preferences, before: Preferences) => void>();
  return {
    current: () => preferences,
    set(next) {
      const before = preferences;
      write(next);
      preferences = next;
      for (const listener of [...listeners]) listener(next, before);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

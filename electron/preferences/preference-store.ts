import { copyFileSync, rmSync } from 'node:fs';
import ElectronStore from 'electron-store';
import { freeName } from '../accounts/account-file';
import type { Preferences } from '../shared/preferences';
import type { PreferenceBook } from './preference-book';
import { createPreferenceBook } from './preference-book';
import { preferencesFile, readPreferencesFile } from './preference-file';

export interface OpenedPreferences {
  readonly book: PreferenceBook;
  /** Where a file that was damaged is kept, and what was wrong with it, for the log. */
  readonly setAside: { readonly file: string; readonly problems: readonly string[] } | null;
}

/**
 * Opens `preferences.json` in the folder of the user's data. What is damaged in it becomes the default, and the file as
 * it was is kept under another name. Throws when the folder cannot be used at all.
 */
export function openPreferenceStore(folder: string, now: Date): OpenedPreferences {
  const path = preferencesFile(folder);
  const { preferences, problems } = readPreferencesFile(path);
  const setAside = problems.length === 0 ? null : { file: freeName(path, 'broken', now), problems };
  if (setAside !== null) {
    copyFileSync(path, setAside.file);
    // electron-store would throw on a file that is no JSON.
    rmSync(path);
  }
  const store = new ElectronStore<Record<string, unknown>>({
    cwd: folder,
    name: 'preferences',
    clearInvalidConfig: false,
    configFileMode: 0o600,
  });
  const write = (next: Preferences): void => {
    store.store = { ...next };
  };
  if (setAside !== null) write(preferences);
  return { book: createPreferenceBook(preferences, write), setAside };
}

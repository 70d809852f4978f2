import { renameSync } from 'node:fs';
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
  // Moved, which needs no room on the disk: electron-store would throw on a file that is no JSON.
  if (setAside !== null) renameSync(path, setAside.file);
  const store = new ElectronStore<Record<string, unknown>>({
    cwd: folder,
    name: 'preferences',
    clearInvalidConfig: false,
    configFileMode: 0o600,
  });
  const write = (next: Preferences): void => {
    store.store = { ...next };
  };
  if (setAside !== null) {
    try {
      write(preferences);
    } catch {
      // On a full disk they are in force all the same, and written with the next change.
    }
  }
  return { book: createPreferenceBook(preferences, write), setAside };
}

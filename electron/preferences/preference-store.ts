import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import ElectronStore from 'electron-store';
import { freeName } from '../accounts/account-file';
import type { Preferences } from '../shared/preferences';
import { textOfThrown } from '../shared/thrown';
import type { PreferenceBook } from './preference-book';
import { createPreferenceBook } from './preference-book';
import type { PreferencesRead } from './preference-schema';
import { readPreferences } from './preference-schema';

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
  const path = join(folder, 'preferences.json');
  const { preferences, problems } = read(path);
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

function read(path: string): PreferencesRead {
  const { preferences } = readPreferences({});
  if (!existsSync(path)) return { preferences, problems: [] };
  try {
    return readPreferences(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return { preferences, problems: [textOfThrown(error)] };
  }
}

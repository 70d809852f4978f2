import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOfThrown } from '../shared/thrown';
import { readPreferences, type PreferencesRead } from './preference-schema';

/** Where a profile's preferences are kept. */
export function preferencesFile(folder: string): string {
  return join(folder, 'preferences.json');
}

/** What stands in the file; the defaults for what is damaged, and where there is none. Changes nothing. */
export function readPreferencesFile(path: string): PreferencesRead {
  const { preferences } = readPreferences({});
  if (!existsSync(path)) return { preferences, problems: [] };
  try {
    return readPreferences(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return { preferences, problems: [textOfThrown(error)] };
  }
}

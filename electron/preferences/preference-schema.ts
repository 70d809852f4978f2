import { z } from 'zod';
import { PREFERENCE_FIELDS } from '../shared/ipc-parsers';
import type { Preferences } from '../shared/preferences';
import { DEFAULT_PREFERENCES } from '../shared/preferences';

/** What was read of a file, and the names of what could not be used and became the default. */
export interface PreferencesRead {
  readonly preferences: Preferences;
  readonly problems: readonly string[];
}

/** Takes from unknown JSON every preference that is sound; the others are the defaults. Never throws. */
export function readPreferences(raw: unknown): PreferencesRead {
  const found = z.record(z.string(), z.unknown()).safeParse(raw);
  if (!found.success) return { preferences: DEFAULT_PREFERENCES, problems: ['not an object'] };
  const problems: string[] = [];
  const sound = Object.entries(PREFERENCE_FIELDS).flatMap(([name, schema]) => {
    if (found.data[name] === undefined) return [];
    const parsed = schema.safeParse(found.data[name]);
    if (!parsed.success) problems.push(name);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  const preferences = { ...DEFAULT_PREFERENCES, ...Object.fromEntries(sound) };
  return { preferences, problems };
}

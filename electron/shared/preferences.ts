import type { TunnelMode } from './account';
import type { Language } from './i18n/languages';
import { LANGUAGES } from './i18n/languages';
import type { KeepUnlocked } from './prompt';

export type { Language };
export { LANGUAGES };

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Which notifications are shown: what needs a person, dropped and restored tunnels too, or none. */
export const NOTIFICATIONS = ['all', 'needs-you', 'none'] as const;
export type Notifications = (typeof NOTIFICATIONS)[number];

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** What a person chose for the whole application. */
export interface Preferences {
  /** In the tray only, without a window. */
  readonly startAtLogin: boolean;
  /** What a new mailbox begins with. */
  readonly defaultMode: TunnelMode;
  /** What the question for a passphrase or password begins with. */
  readonly keepUnlocked: KeepUnlocked;
  /** Forget unlocked keys and passwords when the screen is locked or the computer goes to sleep. */
  readonly lockWithScreen: boolean;
  readonly language: Language | 'system';
  readonly theme: Theme;
  readonly notifications: Notifications;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export const DEFAULT_PREFERENCES: Preferences = {
  startAtLogin: false,
  defaultMode: 'on-demand',
  keepUnlocked: 'until-quit',
  lockWithScreen: false,
  language: 'system',
  theme: 'system',
  notifications: 'all',
  logLevel: 'info',
};

/** The language to speak: the chosen one, else the first of the system's (`tags`, BCP 47, best first) that there is, else English. */
export function languageFor(chosen: Preferences['language'], tags: readonly string[]): Language {
  if (chosen !== 'system') return chosen;
  for (const tag of tags) {
    const primary = tag.toLowerCase().split(/[-_]/u)[0];
    const found = LANGUAGES.find((language) => language === primary);
    if (found !== undefined) return found;
  }
  return 'en';
}

/** The tag that dates and numbers are written by: the system's own when it is of that language (`de-CH`), else the language. */
export function localeFor(language: Language, tags: readonly string[]): string {
  const own = tags.find((tag) => tag.toLowerCase().split(/[-_]/u)[0] === language);
  return own?.replaceAll('_', '-') ?? language;
}

import { app, nativeTheme } from 'electron';
import type { Words } from '../core/words';
import type { PreferenceBook } from '../preferences/preference-book';
import type { Language } from '../shared/preferences';
import { languageFor, localeFor } from '../shared/preferences';
import { textOfThrown } from '../shared/thrown';
import type { AppState } from '../state/app-state';
import type { Log, TunnelHost } from '../tunnel/ports';
import { setStartAtLogin, startsAtLogin } from './login-item';
import { watchScreenLock } from './screen-lock';

export interface PreferenceParts {
  readonly book: PreferenceBook;
  readonly words: Words;
  readonly state: AppState;
  readonly engine: Pick<TunnelHost, 'lock'>;
  readonly home: string;
  readonly log: Log;
}

/**
 * Makes the preferences true, now and after each change: theme, language, login item, locking with the screen. What
 * the system's own settings say of starting at login goes before what is kept here. Returns what ends the watching.
 */
export function applyPreferences(parts: PreferenceParts): () => void {
  const { book, home, engine, log } = parts;
  const actual = startsAtLogin(home);
  if (actual !== book.current().startAtLogin) book.set({ ...book.current(), startAtLogin: actual });
  let stopWatching = (): void => undefined;
  const watch = (on: boolean): void => {
    stopWatching();
    stopWatching = on
      ? watchScreenLock(() => {
          log('info', 'The screen was locked or the computer sleeps: unlocked keys are forgotten.');
          engine.lock();
        }, log)
      : () => undefined;
  };
  book.onChange((now, before) => {
    if (now.startAtLogin !== before.startAtLogin) changeLoginItem(parts, now.startAtLogin);
    if (now.lockWithScreen !== before.lockWithScreen) watch(now.lockWithScreen);
    void show(parts);
  });
  watch(book.current().lockWithScreen);
  void show(parts);
  return () => stopWatching();
}

/** Theme and language, in the windows and in the tray. */
async function show({ book, words, state, log }: PreferenceParts): Promise<void> {
  const preferences = book.current();
  nativeTheme.themeSource = preferences.theme;
  state.setPreferences(preferences, await speakAsPreferred(words, book, log));
}

/** Has the words speak the person's language, and says which that is; English when its words cannot be read. */
export async function speakAsPreferred(
  words: Words,
  book: PreferenceBook,
  log: Log,
): Promise<Language> {
  const system = app.getPreferredSystemLanguages();
  const language = languageFor(book.current().language, system);
  try {
    await words.speak(language, localeFor(language, system));
    return language;
  } catch (error) {
    log('error', `The words in ${language} could not be read: ${textOfThrown(error)}`);
    return 'en';
  }
}

function changeLoginItem({ home, log, state }: PreferenceParts, on: boolean): void {
  try {
    setStartAtLogin(on, home);
  } catch (error) {
    log('error', `Starting at login could not be changed: ${textOfThrown(error)}`);
    state.addNotice('app:notice.not-done', {});
  }
}

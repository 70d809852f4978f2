import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { IpcAnswer } from '../../electron/shared/ipc-contract';
import { LANGUAGES, type Language, type Preferences } from '../../electron/shared/preferences';
import { inPage } from '../support/pages.ts';
import type { TestApp } from '../support/app.ts';
import { until } from '../world/wait.ts';

/** Where the pictures go, unless the environment says otherwise. */
const FOLDER =
  process.env.MAILMOLE_PICTURES ??
  path.resolve(import.meta.dirname, '../../docs/screenshots/views');

/** The languages that pictures are taken in, unless the environment names others: two that run from the left, one from the right. */
export const PICTURED = (process.env.MAILMOLE_PICTURED?.split(',') ?? ['en', 'de', 'ar']).filter(
  (language): language is Language => LANGUAGES.some((each) => each === language),
);
const THEMES = ['light', 'dark'] as const;

/** Takes each view in every language and theme, as the windows show it. */
export class Camera {
  readonly #app: TestApp;

  constructor(app: TestApp) {
    this.#app = app;
  }

  /** Takes a view of `page`, or of the main window, and leaves the application as it was: English, light. */
  async shoot(view: string, page?: Page): Promise<void> {
    const shown = page ?? (await this.#app.main()).page;
    // Nothing is to look as if it were pointed at.
    await shown.mouse.move(0, 0);
    for (const language of PICTURED) {
      for (const theme of THEMES) {
        await this.#speak(shown, { language, theme });
        const folder = path.join(FOLDER, `${language}-${theme}`);
        await mkdir(folder, { recursive: true });
        await shown.screenshot({ path: path.join(folder, `${view}.png`), animations: 'disabled' });
      }
    }
    await this.#speak(shown, { language: 'en', theme: 'light' });
  }

  async #speak(
    page: Page,
    change: Pick<Preferences, 'theme'> & { readonly language: Language },
  ): Promise<void> {
    const answer = await inPage<IpcAnswer<'getSnapshot'>>(page, 'window.mailmole.getSnapshot()');
    if (!answer.ok) throw new Error(`no snapshot: ${answer.error.kind}`);
    const wanted = JSON.stringify({ ...answer.value.preferences, ...change });
    await inPage(page, `window.mailmole.setPreferences(${wanted})`);
    const dark = "matchMedia('(prefers-color-scheme: dark)').matches";
    await until(`the page speaks ${change.language} and is ${change.theme}`, async () => {
      const spoken = await inPage<string>(page, 'document.documentElement.lang');
      const isDark = await inPage<boolean>(page, dark);
      return spoken.startsWith(change.language) && isDark === (change.theme === 'dark');
    });
  }
}

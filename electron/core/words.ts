import i18next from 'i18next';
import { loadLanguage, resources } from '../shared/i18n/catalogue';
import type { Translate } from '../shared/messages';
import type { Language } from '../shared/preferences';

/** The catalogue for the main process: English until told otherwise. */
export interface Words {
  readonly t: Translate;
  /** From now on in this language, with dates and numbers as in `locale` (a BCP 47 tag of the same language). */
  speak(language: Language, locale: string): Promise<void>;
}

/** The catalogue in English, with dates and numbers as in `locale` where that is an English one. */
export function createWords(locale: string): Words {
  const words = i18next.createInstance();
  // With everything at hand and initAsync off, the instance is ready when init returns.
  void words.init({
    resources,
    lng: locale.startsWith('en') ? locale : 'en',
    fallbackLng: 'en',
    initAsync: false,
    // Menus and notifications are no HTML.
    interpolation: { escapeValue: false },
  });
  return {
    t: (key, params) => words.t(key, { ...params }),
    async speak(language, locale) {
      for (const [namespace, texts] of Object.entries(await loadLanguage(language))) {
        if (words.hasResourceBundle(language, namespace)) continue;
        // They are nobody else's: a copy of 80 KB would cost the start 3 ms.
        words.addResourceBundle(language, namespace, texts, false, true, { skipCopy: true });
      }
      await words.changeLanguage(locale);
    },
  };
}

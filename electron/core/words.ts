import i18next from 'i18next';
import { resources } from '../shared/i18n/catalogue';
import type { Translate } from '../shared/messages';

/** The catalogue for the main process. `locale` is the system's BCP 47 tag; its region decides how numbers look. */
export function createWords(locale: string): Translate {
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
  return (key, params) => words.t(key, { ...params });
}

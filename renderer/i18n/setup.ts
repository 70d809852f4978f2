import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { loadLanguage, resources } from '../../electron/shared/i18n/catalogue';
import type { Language } from '../../electron/shared/preferences';
import { localeFor } from '../../electron/shared/preferences';

/** Readies the catalogue for React, in English until a language is known. */
export async function setUpWords(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources,
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'window',
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
}

/**
 * From now on in this language. `system` are the person's BCP 47 tags, best first: one of the same language decides
 * how dates and numbers are written. Returns the tag that is spoken; rejects when the words cannot be read.
 */
export async function speak(language: Language, system: readonly string[]): Promise<string> {
  for (const [namespace, texts] of Object.entries(await loadLanguage(language)))
    i18next.addResourceBundle(language, namespace, texts);
  const locale = localeFor(language, system);
  await i18next.changeLanguage(locale);
  return locale;
}

/** `rtl` or `ltr`, for the page. */
export function directionOf(locale: string): 'rtl' | 'ltr' {
  return i18next.dir(locale);
}

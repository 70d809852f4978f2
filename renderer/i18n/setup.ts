import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { resources } from '../../electron/shared/i18n/catalogue';

/**
 * Readies the catalogue for React. `system` is the person's BCP 47 tag: its region decides how dates and numbers are
 * written even where the words are English.
 */
export async function setUpWords(system: string): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources,
    lng: system.startsWith('en') ? system : 'en',
    fallbackLng: 'en',
    defaultNS: 'window',
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
}

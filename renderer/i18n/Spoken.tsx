import { useEffect, useState, type ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { systemLanguages, writePageIn } from '../bridge';
import { useSnapshot } from '../state/use-snapshot';
import { directionOf, speak } from './setup';

/** Draws what is inside once its language is there, and anew in another one when the person chooses it. */
export function Spoken({ children }: { readonly children: ReactNode }) {
  const language = useSnapshot()?.language;
  const [locale, setLocale] = useState<string | null>(null);
  useEffect(() => {
    if (language === undefined) return undefined;
    let isWanted = true;
    const show = (spoken: string): void => {
      if (!isWanted) return;
      writePageIn(spoken, directionOf(spoken));
      setLocale(spoken);
    };
    // Words that cannot be read are no reason to show nothing: English is always there.
    speak(language, systemLanguages()).then(show, () => show('en'));
    return () => {
      isWanted = false;
    };
  }, [language]);
  // Until then there is nothing but the ground, so that nothing jumps.
  return locale === null ? null : <I18nProvider locale={locale}>{children}</I18nProvider>;
}

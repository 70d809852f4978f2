import i18next from 'i18next';
import { resources } from '../../../electron/shared/i18n/catalogue';
import type { Translate } from '../../../electron/shared/messages';

/** The real catalogue in British English, through an i18next of its own. */
export async function englishWords(): Promise<Translate> {
  const words = i18next.createInstance();
  await words.init({
    resources,
    lng: 'en-GB',
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
  });
  return (key, params) => words.t(key, { ...params });
}

/** Answers with the key itself and its parameters, and remembers every key it was asked for. */
export function recordingWords(): { readonly t: Translate; readonly asked: Set<string> } {
  const asked = new Set<string>();
  const t: Translate = (key, params) => {
    asked.add(key);
    return params ? `${key} ${JSON.stringify(params)}` : key;
  };
  return { t, asked };
}

/** Every key of one namespace, as `namespace:path.to.key`. */
export function keysOf(namespace: keyof (typeof resources)['en']): readonly string[] {
  const walk = (value: unknown, path: string): string[] =>
    typeof value === 'string'
      ? [path]
      : Object.entries(value as object).flatMap(([name, inner]) =>
          walk(inner, path === '' ? name : `${path}.${name}`),
        );
  return walk(resources.en[namespace], '').map((path) => `${namespace}:${path}`);
}

import app from './en/app.json';
import asking from './en/asking.json';
import cli from './en/cli.json';
import errors from './en/errors.json';
import form from './en/form.json';
import headless from './en/headless.json';
import importing from './en/import.json';
import preferences from './en/preferences.json';
import programs from './en/programs.json';
import prompts from './en/prompts.json';
import states from './en/states.json';
import tray from './en/tray.json';
import window from './en/window.json';
import wizard from './en/wizard.json';
import type { Language } from './languages';

const en = {
  app,
  asking,
  cli,
  errors,
  form,
  headless,
  import: importing,
  preferences,
  programs,
  prompts,
  states,
  tray,
  window,
  wizard,
} as const;

/** Every word a person reads, by language and namespace, as i18next takes it (`resources`). Keys are written `namespace:key`. English is always there. */
export const resources = { en } as const;

/** Always in English, whatever is spoken elsewhere: what scripts read must not change with the language of a person. */
export const UNTRANSLATED: ReadonlySet<string> = new Set(['asking', 'cli', 'headless']);

/** The words of one language, by namespace. */
export type Catalogue = Readonly<
  Record<Exclude<keyof typeof en, 'asking' | 'cli' | 'headless'>, object>
>;

/** Each other language, in a file that is read only when it is spoken. */
const OTHERS: Readonly<
  Record<Exclude<Language, 'en'>, () => Promise<{ readonly default: Catalogue }>>
> = {
  de: () => import('./de/index'),
  fr: () => import('./fr/index'),
  es: () => import('./es/index'),
  pt: () => import('./pt/index'),
  ja: () => import('./ja/index'),
  ar: () => import('./ar/index'),
};

/** The words of a language. Rejects when its file cannot be read. */
export async function loadLanguage(language: Language): Promise<Catalogue> {
  return language === 'en' ? en : (await OTHERS[language]()).default;
}

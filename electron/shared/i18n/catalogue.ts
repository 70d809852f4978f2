import app from './en/app.json';
import asking from './en/asking.json';
import cli from './en/cli.json';
import errors from './en/errors.json';
import form from './en/form.json';
import programs from './en/programs.json';
import prompts from './en/prompts.json';
import states from './en/states.json';
import tray from './en/tray.json';
import window from './en/window.json';

/** Every word a person reads, by language and namespace, as i18next takes it (`resources`). Keys are written `namespace:key`. */
export const resources = {
  en: { app, asking, cli, errors, form, programs, prompts, states, tray, window },
} as const;

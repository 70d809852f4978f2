import app from './app.json';
import errors from './errors.json';
import form from './form.json';
import importing from './import.json';
import preferences from './preferences.json';
import programs from './programs.json';
import prompts from './prompts.json';
import states from './states.json';
import tray from './tray.json';
import window from './window.json';
import wizard from './wizard.json';

export default {
  app,
  errors,
  form,
  import: importing,
  preferences,
  programs,
  prompts,
  states,
  tray,
  window,
  wizard,
} as const;

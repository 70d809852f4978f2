import cli from '../shared/i18n/en/cli.json';
import type { Translate } from '../shared/messages';

const PREFIX = 'cli:';

/**
 * The command's own words, from the one namespace that is English everywhere and knows neither plurals nor dates: text
 * with holes needs no i18next, and the command has to answer at once. Any other key is its own text.
 */
export const cliWords: Translate = (key, params = {}) => {
  let found: unknown = key.startsWith(PREFIX) ? cli : null;
  for (const name of key.slice(PREFIX.length).split('.')) {
    found = found !== null && typeof found === 'object' ? Reflect.get(found, name) : null;
  }
  if (typeof found !== 'string') return key;
  return found.replace(/\{\{(\w+)\}\}/gu, (hole, name: string) => String(params[name] ?? hole));
};

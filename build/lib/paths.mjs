/** Where things are: the project's root, its cache outside the project, its generated folders. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder, absolute. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything `npm run build` makes. */
export const outFolder = path.join(root, 'out');

/**
 * The folder for what is worth keeping between clones (the fallback Electron). It lies outside
 * node_modules, which `npm ci` empties.
 * @returns {string} MAILMOLE_CACHE, else $XDG_CACHE_HOME/mailmole, else ~/.cache/mailmole
 */
export function cacheFolder() {
  const { MAILMOLE_CACHE, XDG_CACHE_HOME } = process.env;
  if (MAILMOLE_CACHE) return MAILMOLE_CACHE;
  return path.join(XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'mailmole');
}

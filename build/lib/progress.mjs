/** What a person sees while a script works: whole sentences, and a sign of life every few seconds. */

import fs from 'node:fs';
import path from 'node:path';

const TICK_MS = 5_000;

/**
 * Prints one line to stderr, so that a script's stdout stays free for its result.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`[setup] ${text}\n`);
}

/**
 * @param {number} since a Date.now()
 * @returns {string} the seconds since then, such as `4.2 s`
 */
export function elapsed(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Says what is being done, then every five seconds that it still is.
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @param {() => string} [detail] added to every tick, such as `120 MB`
 * @returns {Promise<T>}
 */
export async function withTicks(label, work, detail) {
  const start = Date.now();
  say(`${label} …`);
  const timer = setInterval(() => {
    const more = detail?.();
    say(`${label} … ${Math.round((Date.now() - start) / 1000)} s${more ? `, ${more}` : ''}`);
  }, TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/**
 * @param {string} folder need not exist
 * @returns {number} the bytes of all files below it
 */
export function bytesIn(folder) {
  if (!fs.existsSync(folder)) return 0;
  return fs
    .readdirSync(folder, { recursive: true })
    .map((name) => fs.statSync(path.join(folder, String(name)), { throwIfNoEntry: false }))
    .reduce((sum, stat) => sum + (stat?.isFile() ? stat.size : 0), 0);
}

/** @param {string} folder */
export function megabytes(folder) {
  return `${Math.round(bytesIn(folder) / 1e6)} MB`;
}

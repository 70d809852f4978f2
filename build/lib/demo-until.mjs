import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 50;

/**
 * Waits until a condition gives something other than a falsy value, and returns that.
 * @template T
 * @param {string} what for the error text
 * @param {() => T | Promise<T>} condition
 * @param {number} [limitMs]
 * @returns {Promise<NonNullable<T>>}
 * @throws {Error} that names `what` when the limit has passed
 */
export async function until(what, condition, limitMs = 30_000) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await delay(LOOK_MS);
  }
}

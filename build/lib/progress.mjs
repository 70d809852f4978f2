/** What a person sees while a script works: whole sentences, and a sign of life every few seconds. */

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

import { setTimeout as sleep } from 'node:timers/promises';

/** How to wait: the limit in milliseconds (default 10,000) and what to add to the error text. */
export interface UntilOptions {
  readonly timeoutMs?: number;
  readonly detail?: () => string;
}

/**
 * Waits until `condition` gives something other than `false`, `null` or `undefined`, and returns it.
 * It looks every 10 ms; the last look happens after the limit, so a slow machine gets a fair answer.
 * @throws Error that names `what` when the limit has passed.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, detail }: UntilOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const lastLook = Date.now() >= deadline;
    const value = await condition();
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<T, false | null | undefined>;
    }
    if (lastLook) {
      throw new Error(`Waited ${timeoutMs} ms in vain: ${what}${detail ? `\n${detail()}` : ''}`);
    }
    await sleep(10);
  }
}

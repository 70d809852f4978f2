import type { Clock } from './ports';

/** Timers by name, each set at most once: setting it again begins it anew. */
export class NamedTimers<Name extends string> {
  readonly #clock: Clock;
  readonly #cancels = new Map<Name, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param ms after which `act` is called, once, unless it is cleared before */
  set(name: Name, ms: number, act: () => void): void {
    this.clear(name);
    const cancel = this.#clock.after(ms, () => {
      this.#cancels.delete(name);
      act();
    });
    this.#cancels.set(name, cancel);
  }

  clear(name: Name): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }
}

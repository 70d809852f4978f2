import type { Phase } from '../shared/tunnel-state';

/** Limits how long each phase of an attempt may take, in milliseconds; stands still while a person thinks. */
export class PhaseTimer {
  readonly #onExpired: (phase: Phase) => void;
  #phase: Phase = 'reaching-server';
  #left = 0;
  #startedAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #held = false;

  constructor(onExpired: (phase: Phase) => void) {
    this.#onExpired = onExpired;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Begins a phase that may take `ms`. */
  enter(phase: Phase, ms: number): void {
    this.#clear();
    this.#phase = phase;
    this.#left = ms;
    if (!this.#held) this.#run();
  }

  /** A person is being asked, or no longer is. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (held) {
      this.#left = Math.max(0, this.#left - (performance.now() - this.#startedAt));
      this.#clear();
    } else if (this.#left > 0) this.#run();
  }

  stop(): void {
    this.#clear();
    this.#left = 0;
  }

  #run(): void {
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => this.#onExpired(this.#phase), this.#left);
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

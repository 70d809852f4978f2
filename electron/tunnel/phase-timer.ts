import type { Phase } from '../shared/tunnel-state';

/** Limits how long each phase of an attempt may take, in milliseconds; stands still while a person thinks. */
export class PhaseTimer {
  readonly #onExpired: (phase: Phase) => void;
  #phase: Phase = 'reaching-server';
  /** Of the phase's time; null when no phase runs. */
  #left: number | null = null;
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
    if (!this.#held) this.#run(ms);
  }

  /** A person is being asked, or no longer is. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (this.#left === null) return;
    if (held) {
      this.#left = Math.max(0, this.#left - (performance.now() - this.#startedAt));
      this.#clear();
    } else this.#run(this.#left);
  }

  stop(): void {
    this.#clear();
    this.#left = null;
  }

  #run(ms: number): void {
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => {
      this.stop();
      this.#onExpired(this.#phase);
    }, ms);
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

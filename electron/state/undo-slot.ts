import type { Account } from '../shared/account';
import type { Clock } from '../tunnel/ports';
import type { AppState } from './app-state';

/** How long a removed mailbox can be brought back, in milliseconds. */
export const UNDO_MS = 30_000;

/** A removed mailbox and where it stood in the list. */
export interface Removed {
  readonly account: Account;
  readonly index: number;
}

/** Remembers the mailbox removed last, until it is taken back, another one is removed, or the time is over. */
export class UndoSlot {
  #removed: Removed | null = null;
  #stopTimer: () => void = () => undefined;
  readonly #state: AppState;
  readonly #clock: Clock;

  constructor(state: AppState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  keep(removed: Removed): void {
    this.#stopTimer();
    this.#removed = removed;
    this.#state.setUndo({ accountId: removed.account.id, name: removed.account.name });
    this.#stopTimer = this.#clock.after(UNDO_MS, () => this.empty());
  }

  /** What can be brought back now. */
  get kept(): Removed | null {
    return this.#removed;
  }

  /** It is back in its place, or its time is over. */
  empty(): void {
    this.#stopTimer();
    this.#removed = null;
    this.#state.setUndo(null);
  }
}

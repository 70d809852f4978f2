import type { Clock } from '../../../electron/tunnel/ports';
import { NOW } from './snapshots';

/** A clock that stands still until a test turns it. */
export interface TurnedClock extends Clock {
  /** Lets `ms` milliseconds pass and calls back whoever waited for a moment within them, in order. */
  turn(ms: number): void;
  /** How many wait for something. */
  waiting(): number;
}

/** Stands at `NOW`. */
export function turnedClock(): TurnedClock {
  let now = NOW;
  let waits: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    random: () => 0.5,
    waiting: () => waits.length,
    after(ms, callback) {
      const wait = { at: now + ms, callback };
      waits.push(wait);
      return () => (waits = waits.filter((each) => each !== wait));
    },
    turn(ms) {
      const end = now + ms;
      for (;;) {
        const due = waits.filter((wait) => wait.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        waits = waits.filter((wait) => wait !== due);
        now = due.at;
        due.callback();
      }
      now = end;
    },
  };
}

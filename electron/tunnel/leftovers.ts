import type { Clock } from './ports';

/** So long nothing may have happened, in milliseconds. */
export const QUIET_MS = 5_000;
/** A process that has grown by less than this, in bytes, is left alone. */
export const WORTH_IT = 4 * 1024 * 1024;

export interface LeftoversParts {
  readonly clock: Clock;
  /** Memory that the process holds, in bytes. */
  readonly held: () => number;
  /** Collects what nobody refers to any more: some 10 ms of work. */
  readonly collect: () => void;
}

/**
 * Gives memory back once a lot of mail has gone through. V8 looks at its own heap alone to decide whether a program at
 * rest is worth a collection, and that hardly grows; the buffers of the packets lie outside of it, and 20 to 30 MiB of
 * them would stay until there is as much mail again.
 *
 * @returns to be called whenever something happened
 */
export function clearsUp({ clock, held, collect }: LeftoversParts): () => void {
  let before = held();
  let takeBack: (() => void) | null = null;
  return () => {
    // What was collected is given back by another thread, some time later.
    if (takeBack === null) before = Math.min(before, held());
    takeBack?.();
    takeBack = clock.after(QUIET_MS, () => {
      takeBack = null;
      if (held() - before < WORTH_IT) return;
      collect();
      before = held();
    });
  };
}

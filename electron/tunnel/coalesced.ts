/**
 * Shares one piece of work among many callers: never more than one run at a time, and each caller gets the outcome of
 * a run that began after it called, so that what it asks about had happened by then. A thousand calls at once make
 * two runs at most.
 */
export function coalesced<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const start = (): Promise<T> => {
    next = null;
    const run = work().finally(() => {
      if (running === run) running = null;
    });
    running = run;
    return run;
  };
  return () => {
    if (running === null) return start();
    next ??= running.then(start, start);
    return next;
  };
}

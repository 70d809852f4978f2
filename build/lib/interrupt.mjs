/** One place that listens for SIGINT, SIGTERM and SIGHUP, so that whatever was started is ended first. */

/** @type {Set<() => void | Promise<void>>} */
const cleanups = new Set();
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
let interrupted = false;

/**
 * Calls `cleanup` when a signal asks this process to end; the latest registered comes first. The
 * process then ends by that same signal.
 * @param {() => void | Promise<void>} cleanup
 * @returns {() => void} takes the registration back
 */
export function onInterrupt(cleanup) {
  if (cleanups.size === 0) for (const signal of signals) process.on(signal, handle);
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size === 0) stopListening();
  };
}

/**
 * Calls `undo` however this process ends but by SIGKILL: what was made for a while only must not stay.
 * @param {() => void} undo must be harmless when there is nothing to undo
 * @returns {() => void} takes the registration back
 */
export function undoAtEnd(undo) {
  const release = onInterrupt(undo);
  process.on('exit', undo);
  return () => {
    process.off('exit', undo);
    release();
  };
}

/** @param {NodeJS.Signals} signal */
async function handle(signal) {
  if (interrupted) return;
  interrupted = true;
  for (const cleanup of [...cleanups].reverse()) {
    try {
      await cleanup();
    } catch (error) {
      console.error(error);
    }
  }
  stopListening();
  process.kill(process.pid, signal);
}

function stopListening() {
  for (const signal of signals) process.off(signal, handle);
}

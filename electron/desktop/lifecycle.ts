import { app, powerMonitor } from 'electron';
import type { Log } from '../tunnel/ports';
import { textOfThrown } from '../shared/thrown';

/** Starts in the tray only, as at login. */
export const HIDDEN = '--hidden';

/** Whatever is being hung up, quitting takes no longer than this, in milliseconds. */
const QUIT_WITHIN_MS = 5000;

/** Was this start, or that of a second instance, meant to show no window? */
export function startsHidden(argv: readonly string[]): boolean {
  return argv.includes(HIDDEN);
}

/**
 * Makes this the one instance for its folder of data. False when another one runs already: it has been told, and
 * this one must end. `again` is called when a later start is turned away in the same manner.
 */
export function claimInstance(again: (argv: readonly string[], cwd: string) => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', (_event, argv, cwd) => again(argv, cwd));
  return true;
}

/**
 * Quits in order, whoever asks: the tray, a signal, the end of the session. `shutDown` hangs up first, and is
 * given five seconds. Closing the last window is no reason to quit: the tray stays.
 */
export function quitInOrder(shutDown: () => Promise<void>, log: Log): void {
  let ending = false;
  let systemEnds = false;
  app.on('window-all-closed', () => undefined);
  // Holding up a quit makes macOS break off the whole logout, so that then nobody is kept waiting.
  app.whenReady().then(
    () => powerMonitor.on('shutdown', () => (systemEnds = true)),
    () => undefined,
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => app.quit());
  }
  app.on('before-quit', (event) => {
    if (systemEnds) {
      void shutDown();
      return;
    }
    event.preventDefault();
    if (ending) return;
    ending = true;
    log('info', 'Quitting.');
    setTimeout(() => app.exit(0), QUIT_WITHIN_MS);
    shutDown()
      .catch((error: unknown) => log('error', `Quitting was not orderly: ${textOfThrown(error)}`))
      .finally(() => app.exit(0));
  });
}

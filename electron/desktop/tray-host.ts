import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock, Log } from '../tunnel/ports';

const WATCHER = 'org.kde.StatusNotifierWatcher';
/** How long a panel may take to come up after login, in milliseconds, before we say that there is none. */
const PATIENCE_MS = 10_000;

/** What can become of the search for a place in the panel. */
export interface TrayHostListener {
  /** A panel appeared after the icon was made, so that the icon must be made anew. */
  appeared(): void;
  /** There is no place for tray icons on this desktop, so far. */
  missing(): void;
}

/**
 * The look begins this long after the icon was made, in milliseconds: starting a process halts this one for a tenth of
 * what the whole start takes, and the icon would wait for that.
 */
const ICON_FIRST_MS = 100;

/** `gdbus monitor` says so, once at its start and again whenever it changes. */
const OWNED = `The name ${WATCHER} is owned by`;

/**
 * Watches, on Linux, for a panel that shows tray icons (it owns the name org.kde.StatusNotifierWatcher on the
 * session bus). `gdbus` looks and waits in a process of its own, which ends as soon as a panel is there; where it is
 * not installed nothing is known and nothing is said. Returns what ends the watching.
 */
export function watchTrayHost(listener: TrayHostListener, clock: Clock, log: Log): () => void {
  let stopLooking = (): void => undefined;
  let firstAnswer = true;
  const stopWaiting = clock.after(PATIENCE_MS, () => {
    log('warn', 'There is no panel for tray icons on this desktop.');
    listener.missing();
  });
  const stop = (): void => {
    stopWaiting();
    stopLooking();
  };
  const heard = (line: string): void => {
    if (!line.startsWith('The name ')) return;
    const late = !firstAnswer;
    firstAnswer = false;
    if (!line.startsWith(OWNED)) return;
    stop();
    // Owned at once: Electron found the panel by itself when the icon was made.
    if (late) listener.appeared();
  };
  const failed = (error: Error): void => {
    stopWaiting();
    log('info', `Whether there is a panel for tray icons is not known: ${error.message}`);
  };
  stopLooking = clock.after(ICON_FIRST_MS, () => (stopLooking = monitorBus(heard, failed)));
  return stop;
}

/** Returns what ends the process. */
function monitorBus(heard: (line: string) => void, failed: (error: Error) => void): () => void {
  const monitor = spawn('gdbus', ['monitor', '--session', '--dest', WATCHER], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  monitor.on('error', failed);
  createInterface({ input: monitor.stdout }).on('line', heard);
  return () => void monitor.kill();
}

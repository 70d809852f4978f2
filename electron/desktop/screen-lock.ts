import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { powerMonitor } from 'electron';
import type { Log } from '../tunnel/ports';
import { screenLockReader } from './screen-lock-reader';

/**
 * Calls `locked` when the screen is locked or the computer goes to sleep, until the returned function is called. On
 * Linux Electron has no event for the screen; every desktop's screen saver announces itself on the session bus, where
 * `dbus-monitor` listens in a process of its own. Where that is not installed only sleep is noticed.
 */
export function watchScreenLock(locked: () => void, log: Log): () => void {
  powerMonitor.on('suspend', locked);
  if (process.platform !== 'linux') {
    powerMonitor.on('lock-screen', locked);
    return () => {
      powerMonitor.off('suspend', locked);
      powerMonitor.off('lock-screen', locked);
    };
  }
  const rule = "type='signal',member='ActiveChanged'";
  const monitor = spawn('dbus-monitor', ['--session', rule], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  monitor.on('error', (error) =>
    log('info', `Whether the screen is locked is not known: ${error.message}`),
  );
  createInterface({ input: monitor.stdout }).on('line', screenLockReader(locked));
  return () => {
    powerMonitor.off('suspend', locked);
    monitor.kill();
  };
}

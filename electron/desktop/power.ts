import { net, powerMonitor } from 'electron';
import type { AppState } from '../state/app-state';
import type { Log, TunnelHost } from '../tunnel/ports';

/**
 * How often the network is looked at, in milliseconds. The main process gets no event for it; reading the flag that
 * Chromium keeps anyway costs nothing measurable, and a window that could tell us is not always there.
 */
const LOOK_EVERY_MS = 3000;

/** Tells the engine of sleep, waking and the coming and going of the network. Returns what ends the watching. */
export function watchPowerAndNetwork(
  engine: Pick<TunnelHost, 'power' | 'networkChanged'>,
  state: Pick<AppState, 'setOnline'>,
  log: Log,
): () => void {
  let online = true;
  const look = (): void => {
    const now = net.isOnline();
    if (now === online) return;
    online = now;
    log('info', online ? 'The network is back.' : 'There is no network.');
    state.setOnline(online);
    engine.networkChanged(online);
  };
  const suspended = (): void => {
    log('info', 'The computer goes to sleep.');
    engine.power('suspended');
  };
  const resumed = (): void => {
    log('info', 'The computer woke up.');
    look();
    engine.power('resumed');
  };
  powerMonitor.on('suspend', suspended);
  powerMonitor.on('resume', resumed);
  const timer = setInterval(look, LOOK_EVERY_MS);
  look();
  return () => {
    clearInterval(timer);
    powerMonitor.off('suspend', suspended);
    powerMonitor.off('resume', resumed);
  };
}

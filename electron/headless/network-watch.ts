import { networkInterfaces } from 'node:os';
import type { AppState } from '../state/app-state';
import type { Log, TunnelHost } from '../tunnel/ports';

/** How often the computer is looked at, in milliseconds. */
const LOOK_EVERY_MS = 3000;
/** A clock that went on this much while this program stood still, in milliseconds, went on through a sleep. */
const SLEPT_MS = 10_000;

/** What a look at the computer shows. */
export interface Look {
  /** The addresses by which this computer is reached from others, sorted. */
  readonly addresses: readonly string[];
  /** Milliseconds since 1970, and on a clock that stands still while the computer sleeps. */
  readonly wall: number;
  readonly awake: number;
}

/** What happened between two looks, in the order in which the engine is to hear of it. */
export type Change = 'network-gone' | 'network-new' | 'woke-up';

/**
 * Compares two looks. An address that is new is a network to try; only the loss of all of them is the loss of the
 * network, so that a computer that never had one (and tunnels to itself) is not thought offline. Pure.
 */
export function changesBetween(before: Look, now: Look): readonly Change[] {
  const had = before.addresses.length > 0;
  const has = now.addresses.length > 0;
  const isNew = now.addresses.some((address) => !before.addresses.includes(address));
  const slept = now.wall - before.wall - (now.awake - before.awake) > SLEPT_MS;
  return [
    ...(had && !has ? (['network-gone'] as const) : []),
    ...(isNew ? (['network-new'] as const) : []),
    ...(slept ? (['woke-up'] as const) : []),
  ];
}

function lookAround(): Look {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .sort();
  return { addresses, wall: Date.now(), awake: performance.now() };
}

/** Tells the engine of new networks, lost ones and waking; without Electron nothing else does. Returns what ends it. */
export function watchNetwork(
  engine: Pick<TunnelHost, 'power' | 'networkChanged'>,
  state: Pick<AppState, 'setOnline'>,
  log: Log,
): () => void {
  let before = lookAround();
  const timer = setInterval(() => {
    const now = lookAround();
    for (const change of changesBetween(before, now)) {
      log('info', `The computer: ${change}.`);
      if (change === 'woke-up') engine.power('resumed');
      else {
        state.setOnline(change === 'network-new');
        engine.networkChanged(change === 'network-new');
      }
    }
    before = now;
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

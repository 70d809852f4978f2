import type { AppSnapshot } from '../../electron/shared/app-snapshot';
import type { Bridge } from '../../electron/shared/ipc-contract';

/** Where React reads the newest snapshot; null until the first one is there. */
export interface SnapshotStore {
  readonly subscribe: (listener: () => void) => () => void;
  readonly get: () => AppSnapshot | null;
  /** Calls back when the window is wanted at a place, until the returned function is called. */
  readonly whenPlaced: (listener: () => void) => () => void;
}

/** Listens to the main process for as long as the window lives, and asks for the first snapshot. */
export function createSnapshotStore(
  bridge: Pick<Bridge, 'getSnapshot' | 'onSnapshot' | 'onPlace'>,
): SnapshotStore {
  let current: AppSnapshot | null = null;
  const listeners = new Set<() => void>();
  const take = (snapshot: AppSnapshot): void => {
    // The answer to the first question may be overtaken by a push; an older snapshot never replaces a newer one.
    if (current !== null && snapshot.at < current.at) return;
    current = snapshot;
    for (const listener of listeners) listener();
  };
  bridge.onSnapshot(take);
  void bridge.getSnapshot().then((answer) => {
    if (answer.ok) take(answer.value);
  });
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get: () => current,
    whenPlaced: (listener) => bridge.onPlace(listener),
  };
}

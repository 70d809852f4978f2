import { createContext, use, useSyncExternalStore } from 'react';
import type { AppSnapshot } from '../../electron/shared/app-snapshot';
import type { SnapshotStore } from './snapshot-store';

export const SnapshotContext = createContext<SnapshotStore | null>(null);

/** The newest snapshot; null until the first one has arrived. */
export function useSnapshot(): AppSnapshot | null {
  const store = use(SnapshotContext);
  if (store === null) throw new Error('There is no snapshot store around this component.');
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

import type { AppSnapshot } from '../../../electron/shared/app-snapshot';
import { IPC_NAMES, type Bridge, type IpcName } from '../../../electron/shared/ipc-contract';
import { ok } from '../../../electron/shared/result';

/** A main process that does nothing but note what it was asked, and push what a test gives it. */
export interface FakeBridge {
  readonly bridge: Bridge;
  readonly calls: readonly (readonly unknown[])[];
  readonly push: (snapshot: AppSnapshot) => void;
  /** What a verb answers from now on; null is the answer of those that were not told. */
  readonly answer: (name: IpcName, give: () => Promise<unknown>) => void;
}

/** Makes one; it begins with this snapshot. */
export function fakeBridge(first: AppSnapshot): FakeBridge {
  let current = first;
  const calls: unknown[][] = [];
  const listeners = new Set<(snapshot: AppSnapshot) => void>();
  const answers = new Map<IpcName, () => Promise<unknown>>([
    ['getSnapshot', () => Promise.resolve(ok(current))],
  ]);
  const verb = (name: IpcName): [string, unknown] => [
    name,
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return answers.get(name)?.() ?? Promise.resolve(ok(null));
    },
  ];
  const onSnapshot = (listener: (snapshot: AppSnapshot) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const verbs: Readonly<Record<string, unknown>> = Object.fromEntries(IPC_NAMES.map(verb));
  return {
    // Each name has its verb; a record of all of them cannot say so.
    bridge: { ...verbs, onSnapshot, onPlace: () => () => undefined } as unknown as Bridge,
    calls,
    push: (snapshot) => {
      current = snapshot;
      for (const listener of listeners) listener(snapshot);
    },
    answer: (name, give) => answers.set(name, give),
  };
}

import { createContext, use } from 'react';
import type {
  Bridge,
  IpcAnswer,
  IpcArgs,
  IpcFailure,
  IpcName,
  IpcReply,
} from '../../electron/shared/ipc-contract';
import { IPC_NAMES } from '../../electron/shared/ipc-contract';

/** What the bridge offers, with failures already told to the person: a verb that failed answers `undefined`. */
export type Verbs = {
  readonly [N in IpcName]: (...args: IpcArgs<N>) => Promise<IpcReply<N> | undefined>;
} & Pick<Bridge, 'pathOfFile'>;

/** Pressed twice, these have done what was wanted the first time: that they cannot do it again is nothing to tell. */
const ONCE: ReadonlySet<IpcName> = new Set<IpcName>(['tryNow', 'undoRemove']);

/** Wraps every verb of the bridge; `report` hears of each one that was not carried out. */
export function createVerbs(bridge: Bridge, report: (failure: IpcFailure) => void): Verbs {
  const wrap =
    <N extends IpcName>(name: N) =>
    async (...args: IpcArgs<N>): Promise<IpcReply<N> | undefined> => {
      try {
        // The compiler cannot follow that a verb takes the arguments of its own name.
        const verb = bridge[name] as (...args: IpcArgs<N>) => Promise<IpcAnswer<N>>;
        const answer = await verb(...args);
        if (answer.ok) return answer.value;
        if (answer.error.kind !== 'not-now' || !ONCE.has(name)) report(answer.error);
      } catch (error) {
        report({ kind: 'failed', problem: String(error) });
      }
      return undefined;
    };
  // Each name is paired with its own wrapper; fromEntries cannot say so.
  const verbs = Object.fromEntries(IPC_NAMES.map((name) => [name, wrap(name)])) as unknown as Verbs;
  return { ...verbs, pathOfFile: (file) => bridge.pathOfFile(file) };
}

export const VerbsContext = createContext<Verbs | null>(null);

/** Everything a person can make the application do. */
export function useVerbs(): Verbs {
  const verbs = use(VerbsContext);
  if (verbs === null) throw new Error('There are no verbs around this component.');
  return verbs;
}

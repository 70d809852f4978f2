import type { IpcAnswer, IpcArgs, IpcFailure, IpcName } from '../shared/ipc-contract';
import { parseArgs } from '../shared/ipc-parsers';
import { fail } from '../shared/result';
import { textOfThrown } from '../shared/thrown';

/** What each verb of the contract does. A thrown error is a failure nobody foresaw. */
export type Handlers = {
  readonly [N in IpcName]: (...args: IpcArgs<N>) => IpcAnswer<N> | Promise<IpcAnswer<N>>;
};

/**
 * Carries out one request: refuses strangers, parses the arguments, answers with an envelope in every case.
 * `trusted` says whether it came from the page of one of our windows; `failed` hears of errors nobody foresaw.
 */
export async function answerRequest<N extends IpcName>(
  handlers: Handlers,
  name: N,
  args: readonly unknown[],
  trusted: boolean,
  failed: (error: unknown) => void,
): Promise<IpcAnswer<N>> {
  if (!trusted) return fail<IpcFailure>({ kind: 'stranger' });
  const parsed = parseArgs(name, args);
  if (!parsed.ok) return parsed;
  try {
    return await handlers[name](...parsed.value);
  } catch (error) {
    failed(error);
    const problem = textOfThrown(error);
    return fail<IpcFailure>({ kind: 'failed', problem });
  }
}

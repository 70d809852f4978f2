import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../../electron/desktop/ipc-policy';
import { answerRequest } from '../../../electron/desktop/ipc-policy';
import { IPC_NAMES } from '../../../electron/shared/ipc-contract';
import { ok } from '../../../electron/shared/result';

/** Handlers that note their calls and, when told to, throw. */
function handlersThat(answer: () => unknown) {
  const calls: unknown[][] = [];
  const entries = IPC_NAMES.map((name) => [
    name,
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return answer();
    },
  ]);
  return { calls, handlers: Object.fromEntries(entries) as Handlers };
}

const failures: unknown[] = [];
const failed = (error: unknown): void => void failures.push(error);

describe('a request from a window', () => {
  it('reaches its handler with its arguments', async () => {
    const { calls, handlers } = handlersThat(() => Promise.resolve(ok(null)));
    const answer = await answerRequest(handlers, 'setWanted', ['a', true], true, failed);
    expect(answer).toEqual({ ok: true, value: null });
    expect(calls).toEqual([['setWanted', 'a', true]]);
  });

  it.each(IPC_NAMES)('of a stranger is refused: %s', async (name) => {
    const { calls, handlers } = handlersThat(() => ok(null));
    const answer = await answerRequest(handlers, name, ['a'], false, failed);
    expect(answer).toEqual({ ok: false, error: { kind: 'stranger' } });
    expect(calls).toEqual([]);
  });

  it('with wrong arguments does not reach its handler', async () => {
    const { calls, handlers } = handlersThat(() => ok(null));
    const answer = await answerRequest(handlers, 'setWanted', ['a', 1], true, failed);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'bad-request' } });
    expect(calls).toEqual([]);
  });

  it('keeps the kind of a refusal', async () => {
    const refusal = { ok: false, error: { kind: 'not-now' } };
    const { handlers } = handlersThat(() => refusal);
    expect(await answerRequest(handlers, 'tryNow', ['a'], true, failed)).toEqual(refusal);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('ENOSPC: no space left');
      },
    ],
    ['rejects', () => Promise.reject(new Error('ENOSPC: no space left'))],
  ])('answers also when the handler %s, and says so to the log', async (_how, answer) => {
    failures.length = 0;
    const { handlers } = handlersThat(answer);
    expect(await answerRequest(handlers, 'undoRemove', [], true, failed)).toEqual({
      ok: false,
      error: { kind: 'failed', problem: 'ENOSPC: no space left' },
    });
    expect(failures).toHaveLength(1);
  });
});

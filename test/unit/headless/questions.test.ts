import { describe, expect, it } from 'vitest';
import { Questions } from '../../../electron/headless/questions';
import type { OpenPrompt, PromptAnswer } from '../../../electron/shared/prompt';

const question = (id: string, accountId = 'a'): OpenPrompt => ({
  id,
  accountId,
  accountName: accountId,
  request: { kind: 'password', user: 'u', host: 'h', wrongBefore: false },
});

/** Questions in a process that has a terminal of its own, or, as under systemd, has not. */
function bench(hasTerminal: boolean) {
  const here: string[] = [];
  const given: [string, PromptAnswer['kind']][] = [];
  const questions = new Questions(
    ({ id }, signal) => {
      here.push(id);
      if (!hasTerminal) return Promise.resolve({ kind: 'nobody' });
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'cancel' }));
      });
    },
    (id, { kind }) => given.push([id, kind]),
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { questions, here, given, settled };
}

const caller = (...accounts: string[]) => ({
  accounts: new Set(accounts),
  hangUp: new AbortController(),
});

describe('who is asked when there is no window', () => {
  it('is nobody when there is neither a command nor a terminal', async () => {
    const { questions, given, settled } = bench(false);
    questions.update([question('q')]);
    await settled();
    expect(given).toEqual([['q', 'nobody']]);
  });

  it('is the command that waits for a question about this mailbox', async () => {
    const { questions, here, given, settled } = bench(false);
    const { accounts, hangUp } = caller('a');
    const next = questions.next(accounts, hangUp.signal);
    questions.update([question('q')]);
    expect(await next).toMatchObject({ id: 'q' });
    questions.answer('q', { kind: 'secret', secret: 'x' });
    await settled();
    expect([here, given]).toEqual([[], [['q', 'secret']]]);
  });

  it('is not a command that was typed for another mailbox', async () => {
    const { questions, given, settled } = bench(false);
    const { accounts, hangUp } = caller('b');
    void questions.next(accounts, hangUp.signal);
    questions.update([question('q')]);
    await settled();
    expect(given).toEqual([['q', 'nobody']]);
  });

  it('is the same command for one question after the other', async () => {
    const { questions, given } = bench(false);
    const { accounts, hangUp } = caller('a');
    const first = questions.next(accounts, hangUp.signal);
    questions.update([question('q')]);
    await first;
    const second = questions.next(accounts, hangUp.signal);
    questions.answer('q', { kind: 'trust' });
    questions.update([question('r')]);
    expect(await second).toMatchObject({ id: 'r' });
    expect(given).toEqual([['q', 'trust']]);
  });

  it('is the next one when a command hangs up in the middle', async () => {
    const { questions, here, given, settled } = bench(false);
    const { accounts, hangUp } = caller('a');
    const taken = questions.next(accounts, hangUp.signal);
    const next = questions.next(accounts, hangUp.signal);
    questions.update([question('q')]);
    await taken;
    hangUp.abort();
    expect(await next).toBeNull();
    await settled();
    expect([here, given]).toEqual([['q'], [['q', 'nobody']]]);
    questions.answer('q', { kind: 'trust' });
    expect(given).toHaveLength(1);
  });

  it('is a command that comes while the terminal is asked', async () => {
    const { questions, here, given, settled } = bench(true);
    questions.update([question('q')]);
    expect(here).toEqual(['q']);
    const { accounts, hangUp } = caller('a');
    expect(await questions.next(accounts, hangUp.signal)).toMatchObject({ id: 'q' });
    await settled();
    expect(given).toEqual([]);
  });

  it('is nobody any more once a question was taken back', async () => {
    const { questions, given } = bench(false);
    const { accounts, hangUp } = caller('a');
    const next = questions.next(accounts, hangUp.signal);
    questions.update([question('q')]);
    await next;
    questions.update([]);
    questions.answer('q', { kind: 'trust' });
    expect(given).toEqual([]);
  });

  it('is nobody for a command that has hung up before it asked', async () => {
    const { questions } = bench(false);
    expect(await questions.next(new Set(['a']), AbortSignal.abort())).toBeNull();
  });
});

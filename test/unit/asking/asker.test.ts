import { describe, expect, it } from 'vitest';
import { Asker } from '../../../electron/asking/asker';
import type { OpenPrompt, PromptAnswer } from '../../../electron/shared/prompt';

const question = (id: string): OpenPrompt => ({
  id,
  accountId: id,
  accountName: id,
  request: { kind: 'password', user: 'u', host: 'h', wrongBefore: false },
});

/** An asker whose person answers when the test says so. */
function bench() {
  const asked: { id: string; signal: AbortSignal; answer: (text: string | null) => void }[] = [];
  const given: [string, PromptAnswer][] = [];
  const asker = new Asker(
    ({ id }, signal) =>
      new Promise((resolve) => {
        const answer = (secret: string | null): void =>
          resolve(secret === null ? { kind: 'cancel' } : { kind: 'secret', secret });
        asked.push({ id, signal, answer });
        signal.addEventListener('abort', () => answer(null));
      }),
    (id, answer) => given.push([id, answer]),
  );
  return { asker, asked, given, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

describe('one person and several questions', () => {
  it('are brought together one at a time, oldest first, each once', async () => {
    const { asker, asked, given, settled } = bench();
    asker.update([question('a'), question('b')]);
    expect(asked.map(({ id }) => id)).toEqual(['a']);
    asked[0]?.answer('x');
    await settled();
    expect(given).toEqual([['a', { kind: 'secret', secret: 'x' }]]);
    expect(asked.map(({ id }) => id)).toEqual(['a', 'b']);
    // The answer may take a while to close its question.
    asker.update([question('a'), question('b')]);
    asked[1]?.answer('y');
    await settled();
    expect(given.map(([id]) => id)).toEqual(['a', 'b']);
    expect(asked).toHaveLength(2);
  });

  it('part when a question is taken back: it is not answered, and the next one comes', async () => {
    const { asker, asked, given, settled } = bench();
    asker.update([question('a'), question('b')]);
    asker.update([question('b')]);
    expect(asked[0]?.signal.aborted).toBe(true);
    await settled();
    expect(given).toEqual([]);
    expect(asked.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('are done when stopped', async () => {
    const { asker, asked, given, settled } = bench();
    asker.update([question('a'), question('b')]);
    asker.stop();
    await settled();
    expect([asked.length, given]).toEqual([1, []]);
  });

  it('meet again when the same question is asked anew', async () => {
    const { asker, asked, settled } = bench();
    asker.update([question('a')]);
    asked[0]?.answer(null);
    await settled();
    asker.update([]);
    asker.update([question('a')]);
    expect(asked).toHaveLength(2);
  });
});

import { describe, expect, it } from 'vitest';
import { clearsUp, QUIET_MS, WORTH_IT } from '../../../electron/tunnel/leftovers';
import type { Clock } from '../../../electron/tunnel/ports';

/** A process whose memory and time are turned by hand. */
function stand() {
  const waiting = new Set<{ readonly ms: number; readonly run: () => void }>();
  const memory = { held: 100 * WORTH_IT, left: 0, collected: 0 };
  const clock: Pick<Clock, 'after'> = {
    after: (ms, run) => {
      const entry = { ms, run };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
  };
  const happened = clearsUp({
    clock: { ...clock, now: () => 0, random: () => 0 },
    held: () => memory.held + memory.left,
    collect: () => {
      memory.collected++;
      memory.left = 0;
    },
  });
  const quiet = (): void => {
    for (const entry of [...waiting]) {
      waiting.delete(entry);
      entry.run();
    }
  };
  return { memory, waiting, happened, quiet };
}

describe('what a lot of mail leaves behind', () => {
  it('is collected once nothing happens any more', () => {
    const { memory, waiting, happened, quiet } = stand();
    for (let i = 0; i < 10; i++) happened();
    memory.left = WORTH_IT;
    expect([...waiting].map(({ ms }) => ms)).toEqual([QUIET_MS]);
    expect(memory.collected).toBe(0);
    quiet();
    expect(memory).toMatchObject({ collected: 1, left: 0 });
    expect(waiting.size).toBe(0);
  });

  it('is left alone when it is little', () => {
    const { memory, happened, quiet } = stand();
    happened();
    memory.left = WORTH_IT - 1;
    quiet();
    expect(memory.collected).toBe(0);
  });

  it('adds up over many small things', () => {
    const { memory, happened, quiet } = stand();
    for (let i = 0; i < 4; i++) {
      memory.left += WORTH_IT / 4;
      happened();
      quiet();
    }
    expect(memory.collected).toBe(1);
  });

  it('is not what is in use: that is not collected over and over', () => {
    const { memory, happened, quiet } = stand();
    memory.held += 2 * WORTH_IT;
    for (let i = 0; i < 5; i++) {
      happened();
      quiet();
    }
    expect(memory.collected).toBe(1);
  });

  it('counts as gone once it is, be it a while after the collection', () => {
    const { memory, happened, quiet } = stand();
    memory.held += WORTH_IT;
    happened();
    quiet();
    memory.held -= WORTH_IT;
    happened();
    memory.left = WORTH_IT;
    quiet();
    expect(memory.collected).toBe(2);
  });

  it('wakes nobody while nothing happens', () => {
    const { memory, waiting, quiet } = stand();
    memory.left = 2 * WORTH_IT;
    expect(waiting.size).toBe(0);
    quiet();
    expect(memory.collected).toBe(0);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { Told } from '../../../electron/desktop/notification-policy';
import { notesFor } from '../../../electron/desktop/notification-policy';
import type { Translate } from '../../../electron/shared/messages';
import { aSnapshot, aView, ERRORS, STATES } from '../support/snapshots';
import { englishWords } from '../support/words';

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

type StateName = keyof typeof STATES;

/** How many notifications each of these states brings, one after the other. */
function countsOf(states: readonly StateName[], watched = false): readonly number[] {
  let told: Told = new Map();
  return states.map((state) => {
    const next = notesFor(told, aSnapshot([aView(STATES[state])]), watched, t);
    told = next.told;
    return next.notes.length;
  });
}

describe('notifications', () => {
  it.each<[StateName, number]>([
    ['attention', 1],
    ['question', 1],
    ['off', 0],
    ['ready', 0],
    ['connecting', 0],
    ['waiting', 0],
    ['asking', 0],
    ['on', 0],
    ['unproven', 0],
    ['retrying', 0],
    ['offline', 0],
    ['disconnecting', 0],
  ])('in %s: %i', (state, count) => {
    expect(countsOf([state])).toEqual([count]);
  });

  it('say whose, what and what to do', () => {
    const { notes } = notesFor(new Map(), aSnapshot([aView(STATES.question)]), false, t);
    expect(notes).toEqual([
      {
        accountId: 'university',
        title: 'University: Your key is locked.',
        body: 'Mailmole needs its passphrase and did not want to interrupt you. Enter it when you are ready.',
      },
    ]);
  });

  it.each<[string, readonly StateName[], readonly number[]]>([
    ['once while it lasts', ['question', 'question'], [1, 0]],
    [
      'once for a mail program that keeps asking',
      ['question', 'connecting', 'question', 'ready', 'connecting', 'question'],
      [1, 0, 0, 0, 0, 0],
    ],
    ['again when it had been mended', ['question', 'on', 'question'], [1, 0, 1]],
    ['again after it was switched off', ['question', 'off', 'question'], [1, 0, 1]],
    ['again when it is another trouble', ['question', 'attention'], [1, 1]],
  ])('come %s', (_what, states, counts) => {
    expect(countsOf(states)).toEqual(counts);
  });

  it('do not come while a person looks at the window, nor later for what was seen there', () => {
    expect(countsOf(['question'], true)).toEqual([0]);
    const seen = notesFor(new Map(), aSnapshot([aView(STATES.question)]), true, t);
    expect(notesFor(seen.told, aSnapshot([aView(STATES.question)]), false, t).notes).toEqual([]);
  });

  it('have words for every error', () => {
    for (const error of Object.values(ERRORS)) {
      const snapshot = aSnapshot([aView({ kind: 'needs-attention', error })]);
      const [note] = notesFor(new Map(), snapshot, false, t).notes;
      expect(note?.title).not.toMatch(/errors:|\{\{/u);
      expect(note?.body).not.toMatch(/errors:|\{\{/u);
    }
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { Note } from '../../../electron/desktop/notification-policy';
import {
  DROPPED_AFTER_MS,
  NOTHING_TOLD,
  notesFor,
  QUIET_MS,
} from '../../../electron/desktop/notification-policy';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import type { Translate } from '../../../electron/shared/messages';
import type { Preferences } from '../../../electron/shared/preferences';
import { DEFAULT_PREFERENCES } from '../../../electron/shared/preferences';
import { anAccount, aSnapshot, aView, ERRORS, NOW, STATES } from '../support/snapshots';
import { englishWords } from '../support/words';

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

type StateName = keyof typeof STATES;

const UNIVERSITY = anAccount();
const WORK = anAccount({ id: 'work', name: 'Work' });

function view(state: StateName, account = UNIVERSITY): AccountView {
  return aView(STATES[state], { account });
}

/** One person's day: what was told at each look. */
function aDay(change: Partial<Preferences> = {}) {
  let memory = NOTHING_TOLD;
  let now = NOW;
  const preferences = { ...DEFAULT_PREFERENCES, ...change };
  const look = (views: readonly AccountView[], watched = false): readonly Note[] => {
    const next = notesFor(memory, aSnapshot(views, { at: now, preferences }), watched, t);
    memory = next.memory;
    return next.notes;
  };
  return {
    look,
    /** What stands in the notes after these states of one mailbox, seen at the same moment. */
    counts: (states: readonly StateName[], watched = false) =>
      states.map((state) => look([view(state)], watched).length),
    later(ms: number) {
      now += ms;
    },
    /** Waits until the policy wants to look again. */
    due() {
      expect(memory.lookAt).not.toBeNull();
      now = memory.lookAt ?? now;
    },
    wantsNothing: () => memory.lookAt === null,
  };
}

describe('notifications of what needs a person', () => {
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
    expect(aDay().counts([state])).toEqual([count]);
  });

  it('say whose, what and what to do', () => {
    expect(aDay().look([view('question')])).toEqual([
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
    expect(aDay().counts(states)).toEqual(counts);
  });

  it('do not come while a person looks at the window, nor later for what was seen there', () => {
    const day = aDay();
    expect(day.counts(['question'], true)).toEqual([0]);
    expect(day.counts(['question'])).toEqual([0]);
  });

  it('have words for every error', () => {
    for (const error of Object.values(ERRORS)) {
      const [note] = aDay().look([aView({ kind: 'needs-attention', error })]);
      expect(note?.title).not.toMatch(/errors:|\{\{/u);
      expect(note?.body).not.toMatch(/errors:|\{\{/u);
    }
  });
});

describe('notifications of a lost connection', () => {
  it('come when it has lasted, and when it is over', () => {
    const day = aDay();
    expect(day.counts(['on', 'retrying', 'connecting'])).toEqual([0, 0, 0]);
    day.later(DROPPED_AFTER_MS - 1);
    expect(day.counts(['retrying'])).toEqual([0]);
    day.due();
    expect(day.look([view('retrying')])).toEqual([
      {
        accountId: 'university',
        title: 'University: the connection was lost',
        body: 'Mailmole keeps trying. You need not do anything.',
      },
    ]);
    expect(day.wantsNothing()).toBe(true);
    day.later(60_000);
    expect(day.counts(['connecting', 'asking'])).toEqual([0, 0]);
    expect(day.look([view('on')])).toEqual([
      {
        accountId: 'university',
        title: 'University is on again',
        body: 'Your mail program can fetch mail.',
      },
    ]);
  });

  it('do not come when it is back in time', () => {
    const day = aDay();
    day.counts(['on', 'retrying']);
    day.later(DROPPED_AFTER_MS - 1);
    expect(day.counts(['connecting', 'on'])).toEqual([0, 0]);
    day.later(DROPPED_AFTER_MS);
    expect(day.counts(['on'])).toEqual([0]);
  });

  it('say that it is the network, and speak once of all that it took', () => {
    const day = aDay();
    day.look([view('on'), view('on', WORK)]);
    day.look([view('offline'), view('offline', WORK)]);
    day.due();
    expect(day.look([view('offline'), view('offline', WORK)])).toEqual([
      {
        accountId: null,
        title: '2 mailboxes lost their connection',
        body: 'There is no network. Mailmole connects again when it is back.',
      },
    ]);
    expect(day.look([view('on'), view('on', WORK)]).map(({ title }) => title)).toEqual([
      '2 mailboxes are on again',
    ]);
  });

  it.each<[string, StateName]>([
    ['was never there', 'connecting'],
    ['waits for a mail program', 'ready'],
  ])('do not come for what %s', (_what, first) => {
    const day = aDay();
    day.counts([first, 'retrying']);
    expect(day.wantsNothing()).toBe(true);
  });

  it('do not come for what the person did: switched off, or changed', () => {
    const off = aDay();
    expect(off.counts(['on', 'disconnecting', 'off'])).toEqual([0, 0, 0]);
    expect(off.wantsNothing()).toBe(true);
    const changed = aDay();
    changed.look([view('on')]);
    changed.look([view('connecting', anAccount({ compression: true }))]);
    expect(changed.wantsNothing()).toBe(true);
  });

  it('come again only after a while for a line that comes and goes', () => {
    const day = aDay();
    day.counts(['on', 'retrying']);
    day.due();
    expect(day.counts(['retrying', 'on', 'retrying'])).toEqual([1, 1, 0]);
    day.later(DROPPED_AFTER_MS);
    expect(day.counts(['retrying', 'on'])).toEqual([0, 0]);
    expect(day.counts(['retrying'])).toEqual([0]);
    day.due();
    expect(day.counts(['retrying'])).toEqual([1]);
    day.later(QUIET_MS);
    expect(day.counts(['retrying'])).toEqual([0]);
  });

  it('count from the waking when the computer slept', () => {
    const day = aDay();
    day.counts(['on', 'retrying']);
    day.later(3_600_000);
    expect(day.counts(['retrying'])).toEqual([0]);
    day.due();
    expect(day.counts(['retrying'])).toEqual([1]);
  });

  it('do not come while a person looks at the window', () => {
    const day = aDay();
    day.counts(['on', 'retrying'], true);
    day.due();
    expect(day.counts(['retrying'], true)).toEqual([0]);
    expect(day.counts(['retrying'])).toEqual([0]);
  });
});

describe('who wants fewer notifications', () => {
  it('hears only of what needs them', () => {
    const day = aDay({ notifications: 'needs-you' });
    day.counts(['on', 'retrying']);
    day.due();
    expect(day.counts(['retrying', 'on', 'question'])).toEqual([0, 0, 1]);
  });

  it('hears nothing', () => {
    expect(aDay({ notifications: 'none' }).counts(['question'])).toEqual([0]);
  });
});

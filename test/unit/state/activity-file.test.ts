import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { minuteOf, NO_TOTALS, noActivity, todayOf } from '../../../electron/shared/activity';
import { NO_TRAFFIC } from '../../../electron/shared/app-snapshot';
import type { TunnelErrorKind } from '../../../electron/shared/tunnel-error';
import {
  activityDocument,
  documentOf,
  keepActivities,
  readActivities,
} from '../../../electron/state/activity-file';
import { createAppState } from '../../../electron/state/app-state';
import { openDrafts } from '../../../electron/state/draft-keeper';
import { anAccount, aView, ERRORS, NOW, STATES } from '../support/snapshots';
import { turnedClock, type TurnedClock } from '../support/turned-clock';

const DAY = 24 * 60 * 60_000;
const A = anAccount({ id: 'a', name: 'Work' });
const B = anAccount({ id: 'b', name: 'Home' });

let folder: string;
let clock: TurnedClock;
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailmole-activity-'));
  clock = turnedClock();
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const parts = () => ({
  folder,
  clock,
  log: (_level: string, text: string): void => void logged.push(text),
});
const text = (): string => readFileSync(join(folder, 'activity.json'), 'utf8');

/** An application that starts in the folder, with two mailboxes. */
function started() {
  const state = createAppState('1.2.3', clock, readActivities(parts()));
  state.setAccounts([A, B]);
  return { state, flush: keepActivities(state, parts()) };
}

describe('what mailboxes did, over a restart', () => {
  it('is there again, and counting goes on', () => {
    const first = started();
    const traffic = { ...NO_TRAFFIC, totalConnections: 2, bytesDown: 700, bytesUp: 5 };
    first.state.setTruth('a', { state: STATES.on, traffic, session: null });
    clock.turn(30_100);
    expect(text()).toContain('"bytesDown":700');
    first.state.setTruth('b', { state: STATES.retrying, traffic: NO_TRAFFIC, session: null });
    first.flush();
    const before = first.state.snapshot().accounts.map(({ activity }) => activity);
    clock.turn(60_000);

    const second = started();
    const [a, b] = second.state.snapshot().accounts.map(({ activity }) => activity);
    expect(a).toEqual(before[0]);
    expect(b?.events).toMatchObject([{ kind: 'trouble', error: { kind: 'connection-refused' } }]);
    second.state.setTruth('a', {
      ...{ state: STATES.on, session: null },
      traffic: { ...NO_TRAFFIC, totalConnections: 1, bytesDown: 50 },
    });
    const now = second.state.snapshot().accounts[0]?.activity ?? noActivity(0);
    expect(todayOf(now, clock.now())).toMatchObject({ connections: 3, bytesDown: 750 });
    expect(now.minutes).toEqual([
      [minuteOf(NOW), 705],
      [minuteOf(NOW) + 1, 50],
    ]);
  });

  it('counts another day from nothing, and still knows when the mail server greeted last', () => {
    const { state, flush } = started();
    const traffic = { ...NO_TRAFFIC, bytesDown: 700 };
    state.setTruth('a', { state: STATES.on, traffic, session: null });
    flush();
    clock.turn(DAY);
    const activity = started().state.snapshot().accounts[0]?.activity ?? noActivity(0);
    expect(todayOf(activity, clock.now())).toEqual(NO_TOTALS);
    expect(activity.greetedAt).toBe(NOW - 120_000);
  });

  it('is not written while nothing happens', () => {
    const { state, flush } = started();
    state.setOnline(false);
    clock.turn(60_000);
    flush();
    expect(() => text()).toThrow(/ENOENT/u);
  });

  it('goes with a mailbox that is removed', () => {
    const { state, flush } = started();
    state.setTruth('a', { state: STATES.on, traffic: NO_TRAFFIC, session: null });
    state.setTruth('b', { state: STATES.on, traffic: NO_TRAFFIC, session: null });
    clock.turn(60_000);
    expect(Object.keys(activityDocument.parse(JSON.parse(text())).mailboxes)).toEqual(['a', 'b']);
    state.setAccounts([B]);
    clock.turn(60_000);
    flush();
    expect(Object.keys(activityDocument.parse(JSON.parse(text())).mailboxes)).toEqual(['b']);
  });

  it('is nothing when the file is damaged, which is set aside', () => {
    writeFileSync(join(folder, 'activity.json'), '{"version":1,"mailboxes":{"a":{}}}');
    expect(readActivities(parts()).size).toBe(0);
    expect(logged[0]).toContain('is damaged');
  });

  it('loses the minutes that are still to come, which a clock that was put back leaves', () => {
    const minute = minuteOf(NOW);
    const activity = {
      ...noActivity(NOW),
      minutes: [
        [minute - 1, 5],
        [minute + 100, 7],
      ] as const,
    };
    const view = aView(STATES.off, { account: A, activity });
    writeFileSync(join(folder, 'activity.json'), JSON.stringify(documentOf({ accounts: [view] })));
    expect(readActivities(parts()).get('a')?.minutes).toEqual([[minute - 1, 5]]);
  });

  it.each(Object.keys(ERRORS) as TunnelErrorKind[])(
    'writes %s down without a server’s raw words',
    (kind) => {
      const raw = { detail: 'raw words', serverSays: 'raw words', got: 'raw words' };
      const named = Object.keys(ERRORS[kind]).filter((name) => name in raw);
      const error = {
        ...ERRORS[kind],
        ...Object.fromEntries(named.map((name) => [name, 'raw words'])),
      };
      const activity = {
        ...noActivity(NOW),
        events: [{ kind: 'trouble', at: NOW, error, times: 1 } as const],
      };
      const document = documentOf({ accounts: [aView(STATES.off, { activity })] });
      expect(JSON.stringify(document)).not.toContain('raw words');
      expect(activityDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    },
  );
});

describe('what was typed, over a restart', () => {
  const isThere = (place: string): boolean => place === 'a';

  it('is there again, but not what was typed for a mailbox that is gone', () => {
    const first = openDrafts(parts(), isThere);
    for (const place of ['new', 'a', 'gone']) first.drafts.keep(place, `typed for ${place}`);
    clock.turn(1_000);
    expect(openDrafts(parts(), isThere).drafts.all()).toEqual({
      new: 'typed for new',
      a: 'typed for a',
    });
    first.drafts.keep('new', null);
    first.flush();
    expect(openDrafts(parts(), isThere).drafts.all()).toEqual({ a: 'typed for a' });
  });
});

import { describe, expect, it } from 'vitest';
import {
  dayOf,
  lastHour,
  MINUTES_TOLD,
  noActivity,
  NO_TOTALS,
  todayOf,
  type Activity,
} from '../../../electron/shared/activity';
import { NO_TRAFFIC, type Traffic } from '../../../electron/shared/app-snapshot';
import type { TunnelState } from '../../../electron/shared/tunnel-state';
import { afterChange, afterMoment, MOST_EVENTS } from '../../../electron/state/activity';
import { anAccount, ERRORS, FORWARD, NOW, STATES } from '../support/snapshots';

const MINUTE = 60_000;
/** Noon by this computer's calendar, so that no test runs into the next day by chance. */
const NOON = new Date(2026, 10, 24, 12, 0).getTime();

const traffic = (change: Partial<Traffic>): Traffic => ({ ...NO_TRAFFIC, ...change });
const at = (state: TunnelState, change: Partial<Traffic> = {}) => ({
  state,
  traffic: traffic(change),
});

/** Lets a mailbox go through these moments, a minute apart. */
function through(...moments: readonly ReturnType<typeof at>[]): Activity {
  let activity = noActivity(NOON);
  let before = at(STATES.off);
  for (const [index, moment] of moments.entries()) {
    activity = afterMoment(activity, before, moment, NOON + index * MINUTE);
    before = moment;
  }
  return activity;
}

const kinds = ({ events }: Activity) => events.map(({ kind }) => kind).reverse();

describe('what a mailbox did, in events', () => {
  it.each<[string, readonly TunnelState[], readonly string[]]>([
    ['coming on', [STATES.connecting, STATES.asking, STATES.on], ['greeted']],
    ['staying on', [STATES.on, { ...STATES.on }, STATES.on], ['greeted']],
    ['no greeting', [STATES.asking, STATES.unproven], ['trouble']],
    [
      'a drop and a recovery',
      [STATES.on, STATES.retrying, STATES.connecting, STATES.on],
      ['greeted', 'trouble', 'greeted'],
    ],
    [
      'a wait that was cut short',
      [STATES.retrying, { ...STATES.retrying, retryAt: NOW + 1 }],
      ['trouble'],
    ],
    ['a rest', [STATES.on, STATES.ready, STATES.on], ['greeted', 'rested', 'greeted']],
    ['being ready from the start', [STATES.ready], []],
    ['no network', [STATES.offline, { ...STATES.offline }], ['no-network']],
    ['a person being needed', [STATES.waiting, STATES.question], ['trouble']],
    ['switching off', [STATES.disconnecting, STATES.off], []],
  ])('%s', (_what, states, expected) => {
    expect(kinds(through(...states.map((state) => at(state))))).toEqual(expected);
  });

  it('tells the same trouble once, with how often and when last', () => {
    const tries = [1, 2, 3].flatMap((count) => [
      at({ ...STATES.retrying, tries: count }),
      at(STATES.connecting),
    ]);
    expect(through(...tries).events).toEqual([
      {
        kind: 'trouble',
        at: NOON + 4 * MINUTE,
        error: ERRORS['connection-refused'],
        times: 3,
      },
    ]);
    const other = { ...STATES.retrying, cause: ERRORS['connection-lost'] };
    expect(through(...tries, at(other)).events).toHaveLength(2);
  });

  it('tells of mail programs that come one after the other in one event', () => {
    const activity = through(
      at(STATES.on),
      at(STATES.on, { openConnections: 1, totalConnections: 1, bytesDown: 100, bytesUp: 10 }),
      at(STATES.on, { totalConnections: 1, bytesDown: 100, bytesUp: 10 }),
      at(STATES.on, { totalConnections: 3, bytesDown: 150, bytesUp: 30 }),
    );
    expect(activity.events[0]).toEqual({
      ...{ kind: 'carried', at: NOON + 3 * MINUTE },
      ...{ times: 3, bytesDown: 150, bytesUp: 30 },
    });
    expect(kinds(activity)).toEqual(['greeted', 'carried']);
  });

  it('keeps a bounded number of them, the newest', () => {
    const many = Array.from({ length: 100 }, () => [at(STATES.on), at(STATES.retrying)]).flat();
    const activity = through(...many);
    expect(activity.events).toHaveLength(MOST_EVENTS);
    expect(activity.events[0]?.at).toBe(NOON + 199 * MINUTE);
  });
});

describe('what a person did to it', () => {
  const account = anAccount();
  const change = (next: Partial<typeof account>, state: TunnelState = STATES.on) =>
    afterChange(noActivity(NOON), account, { ...account, ...next }, state, NOON).events;

  it.each([
    ['nothing', change({}), [{ kind: 'changed', at: NOON, reconnects: false }]],
    ['switching off', change({ wanted: false }), [{ kind: 'switched-off', at: NOON }]],
    ['a new name', change({ name: 'New' }), [{ kind: 'changed', at: NOON, reconnects: false }]],
    ['another server', change({ sshHost: 'b' }), [{ kind: 'changed', at: NOON, reconnects: true }]],
    [
      'another port while it is off',
      change({ forwards: [{ ...FORWARD, localPort: 1 }] }, STATES.off),
      [{ kind: 'changed', at: NOON, reconnects: false }],
    ],
    ['a practice mailbox’s new ports', change({ practice: true, sshPort: 1 }), []],
  ])('%s', (_what, events, expected) => {
    expect(events).toEqual(expected);
  });

  it('is nothing when the very same account is put again', () => {
    const idle = noActivity(NOON);
    expect(afterChange(idle, account, account, STATES.on, NOON)).toBe(idle);
  });
});

describe('what is counted', () => {
  it('sums up checks, connections, bytes and what compression saved', () => {
    const activity = through(
      at(STATES.asking),
      at(STATES.on, { totalConnections: 2, bytesDown: 1000, bytesUp: 20 }),
      at(STATES.on, {
        ...{ totalConnections: 3, bytesDown: 5000, bytesUp: 40 },
        ...{ beforeCompression: 4000, afterCompression: 1500 },
      }),
    );
    expect(activity.totals).toEqual({
      ...{ checks: 1, connections: 3, bytesDown: 5000, bytesUp: 40, saved: 2500 },
    });
  });

  it('goes on after the counters began anew with another tunnel host', () => {
    const activity = through(
      at(STATES.on, { totalConnections: 5, bytesDown: 1000 }),
      at(STATES.retrying, {}),
      at(STATES.on, { totalConnections: 1, bytesDown: 30 }),
    );
    expect(activity.totals).toMatchObject({ connections: 6, bytesDown: 1030 });
  });

  it('begins anew with the day, by this computer’s calendar', () => {
    const late = new Date(2026, 10, 24, 23, 59, 59).getTime();
    const some = at(STATES.on, { totalConnections: 1, bytesDown: 10 });
    const before = afterMoment(noActivity(late), at(STATES.off), some, late);
    expect(todayOf(before, late)).toMatchObject({ bytesDown: 10 });
    expect(todayOf(before, late + 1000)).toEqual(NO_TOTALS);
    const more = at(STATES.on, { totalConnections: 2, bytesDown: 15 });
    const after = afterMoment(before, some, more, late + 1000);
    expect(after).toMatchObject({ day: '2026-11-25' });
    expect(todayOf(after, late + 1000)).toMatchObject({ connections: 1, bytesDown: 5, checks: 0 });
  });

  it.each([
    [new Date(2026, 0, 1, 0, 0).getTime(), '2026-01-01'],
    [new Date(2026, 11, 31, 23, 59).getTime(), '2026-12-31'],
  ])('the day of %d is %s', (moment, day) => {
    expect(dayOf(moment)).toBe(day);
  });

  it('remembers an hour of minutes and no more', () => {
    let bytesDown = 0;
    const moments = Array.from({ length: 200 }, () => at(STATES.on, { bytesDown: ++bytesDown }));
    const activity = through(...moments);
    expect(activity.minutes).toHaveLength(MINUTES_TOLD);
    const last = NOON + 199 * MINUTE;
    expect(lastHour(activity, last)).toEqual(Array.from({ length: MINUTES_TOLD }, () => 1));
    expect(lastHour(activity, last + 58 * MINUTE).filter((bytes) => bytes > 0)).toHaveLength(2);
    expect(lastHour(activity, last + 60 * MINUTE).every((bytes) => bytes === 0)).toBe(true);
  });

  it('survives a clock that is put back', () => {
    const first = at(STATES.on, { bytesDown: 5 });
    const once = afterMoment(noActivity(NOON), at(STATES.off), first, NOON);
    const back = afterMoment(once, first, at(STATES.on, { bytesDown: 8 }), NOON - 30 * MINUTE);
    expect(back.minutes).toHaveLength(1);
    expect(lastHour(back, NOON).at(-1)).toBe(8);
  });
});

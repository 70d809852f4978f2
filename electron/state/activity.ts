import { connectionMatters, type Account } from '../shared/account';
import {
  dayOf,
  minuteOf,
  MINUTES_TOLD,
  NO_TOTALS,
  type Activity,
  type ActivityEvent,
  type DayTotals,
} from '../shared/activity';
import { NO_TRAFFIC, type Traffic } from '../shared/app-snapshot';
import { assertNever } from '../shared/result';
import { isProven, type TunnelState } from '../shared/tunnel-state';

/** More events than this are not kept, of each mailbox. */
export const MOST_EVENTS = 20;

/** What the engine said about a mailbox at one moment. */
export interface Moment {
  readonly state: TunnelState;
  readonly traffic: Traffic;
}

/** Takes in what became of a mailbox. `now` is in milliseconds since 1970. Pure, and bounded in memory. */
export function afterMoment(
  activity: Activity,
  before: Moment,
  after: Moment,
  now: number,
): Activity {
  const moved = movement(before.traffic, after.traffic);
  const counted = count(onDay(activity, now), { ...moved, checks: checksIn(before, after) }, now);
  const greeted = { ...counted, greetedAt: greetedAt(after.state) ?? counted.greetedAt };
  const withTraffic = addAll(
    greeted.greetedAt === counted.greetedAt ? counted : greeted,
    carried(moved, now),
  );
  return addAll(withTraffic, stateEvent(before.state, after.state, now));
}

/** Takes in what a person did to a mailbox. */
export function afterChange(
  activity: Activity,
  before: Account,
  after: Account,
  state: TunnelState,
  now: number,
): Activity {
  if (before.wanted !== after.wanted)
    return add(activity, { kind: after.wanted ? 'switched-on' : 'switched-off', at: now });
  // The practice mailbox changes by itself: its servers take other ports.
  if (before === after || after.practice) return activity;
  const runs = state.kind !== 'off' && state.kind !== 'disconnecting';
  const reconnects = runs && connectionMatters(before, after);
  return add(activity, { kind: 'changed', at: now, reconnects });
}

/** Today's counting starts anew with the day. */
function onDay(activity: Activity, now: number): Activity {
  const day = dayOf(now);
  return day === activity.day ? activity : { ...activity, day, totals: NO_TOTALS };
}

/** What was carried between two moments. Counters that went back have begun anew, with another tunnel host. */
function movement(before: Traffic, after: Traffic): Omit<DayTotals, 'checks'> {
  const from = after.totalConnections < before.totalConnections ? NO_TRAFFIC : before;
  const saved = (traffic: Traffic): number => traffic.beforeCompression - traffic.afterCompression;
  return {
    connections: after.totalConnections - from.totalConnections,
    bytesDown: Math.max(0, after.bytesDown - from.bytesDown),
    bytesUp: Math.max(0, after.bytesUp - from.bytesUp),
    saved: saved(after) - saved(from),
  };
}

function greetedAt(state: TunnelState): number | null {
  return state.kind === 'connected' && state.proof.kind === 'greeted'
    ? state.proof.greeting.at
    : null;
}

function checksIn(before: Moment, after: Moment): number {
  const at = greetedAt(after.state);
  return at !== null && at !== greetedAt(before.state) ? 1 : 0;
}

function count(activity: Activity, more: DayTotals, now: number): Activity {
  const bytes = more.bytesDown + more.bytesUp;
  if (bytes === 0 && more.connections === 0 && more.checks === 0 && more.saved === 0)
    return activity;
  const { totals } = activity;
  return {
    ...activity,
    totals: {
      checks: totals.checks + more.checks,
      connections: totals.connections + more.connections,
      bytesDown: totals.bytesDown + more.bytesDown,
      bytesUp: totals.bytesUp + more.bytesUp,
      saved: totals.saved + more.saved,
    },
    minutes: bytes === 0 ? activity.minutes : withBytes(activity.minutes, minuteOf(now), bytes),
  };
}

function withBytes(
  minutes: Activity['minutes'],
  minute: number,
  bytes: number,
): Activity['minutes'] {
  const last = minutes.at(-1);
  // A clock that was put back adds to what it finds, and never makes the list go backwards.
  if (last !== undefined && last[0] >= minute)
    return [...minutes.slice(0, -1), [last[0], last[1] + bytes]];
  return [...minutes.filter(([each]) => each > minute - MINUTES_TOLD), [minute, bytes]];
}

/** A mail program that came, or goes on carrying, is told of in one event with those right before it. */
function carried(moved: Omit<DayTotals, 'checks'>, now: number): ActivityEvent | null {
  const { connections, bytesDown, bytesUp } = moved;
  if (connections === 0 && bytesDown === 0 && bytesUp === 0) return null;
  return { kind: 'carried', at: now, times: connections, bytesDown, bytesUp };
}

/** What is worth telling of a change of state. */
function stateEvent(before: TunnelState, after: TunnelState, at: number): ActivityEvent | null {
  if (before === after) return null;
  switch (after.kind) {
    case 'connected':
      if (isProven(after)) return isProven(before) ? null : { kind: 'greeted', at };
      if (after.proof.kind !== 'failed') return null;
      return { kind: 'trouble', at, error: after.proof.error, times: 1 };
    case 'ready':
      return before.kind === 'connected' ? { kind: 'rested', at } : null;
    case 'offline':
      return before.kind === 'offline' ? null : { kind: 'no-network', at };
    case 'retrying':
      // A mail program that asks cuts the wait short; the trouble is still the one told before.
      return before.kind === 'retrying' && before.tries === after.tries
        ? null
        : { kind: 'trouble', at, error: after.cause, times: 1 };
    case 'needs-attention':
      return { kind: 'trouble', at, error: after.error, times: 1 };
    // Switching is told when the person does it, and what is under way when it has come to something.
    case 'off':
    case 'disconnecting':
    case 'connecting':
    case 'waiting-for-user':
      return null;
    default:
      return assertNever(after);
  }
}

function addAll(activity: Activity, event: ActivityEvent | null): Activity {
  return event === null ? activity : add(activity, event);
}

/** Puts an event first; the same once more is told together with the one before it. */
function add(activity: Activity, event: ActivityEvent): Activity {
  const [last, ...rest] = activity.events;
  const merged = last === undefined ? null : together(last, event);
  const events = merged === null ? [event, ...activity.events] : [merged, ...rest];
  return { ...activity, events: events.slice(0, MOST_EVENTS) };
}

function together(last: ActivityEvent, event: ActivityEvent): ActivityEvent | null {
  if (event.kind === 'carried' && last.kind === 'carried')
    return {
      ...event,
      times: last.times + event.times,
      bytesDown: last.bytesDown + event.bytesDown,
      bytesUp: last.bytesUp + event.bytesUp,
    };
  if (event.kind === 'trouble' && last.kind === 'trouble' && last.error.kind === event.error.kind)
    return { ...event, times: last.times + 1 };
  return null;
}

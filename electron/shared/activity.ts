import type { TunnelError } from './tunnel-error';

/** Something that happened to a mailbox, for a person to read. */
export type ActivityEvent =
  | { readonly kind: 'switched-on'; readonly at: number }
  | { readonly kind: 'switched-off'; readonly at: number }
  /** Its set-up was changed; `reconnects` when that took one reconnect of a running tunnel. */
  | { readonly kind: 'changed'; readonly at: number; readonly reconnects: boolean }
  /** The mail server greeted through the tunnel. */
  | { readonly kind: 'greeted'; readonly at: number }
  /** On demand: nothing was carried for a while, so that SSH was hung up. */
  | { readonly kind: 'rested'; readonly at: number }
  | { readonly kind: 'no-network'; readonly at: number }
  /** The same trouble, so often in a row, the last time at `at`. */
  | {
      readonly kind: 'trouble';
      readonly at: number;
      readonly error: TunnelError;
      readonly times: number;
    }
  /** Mail programs came and went, so often in a row, the last time at `at`. */
  | {
      readonly kind: 'carried';
      readonly at: number;
      readonly times: number;
      readonly bytesDown: number;
      readonly bytesUp: number;
    };

/** What a mailbox did on one day. */
export interface DayTotals {
  /** Greetings read through the tunnel. */
  readonly checks: number;
  /** Mail programs' connections. */
  readonly connections: number;
  /** Bytes from the mail server to mail programs, and back. */
  readonly bytesDown: number;
  readonly bytesUp: number;
  /** Bytes that compression kept off the line; below zero where it cost more than it saved. */
  readonly saved: number;
}

export const NO_TOTALS: DayTotals = {
  checks: 0,
  connections: 0,
  bytesDown: 0,
  bytesUp: 0,
  saved: 0,
};

/** What a mailbox did lately: kept over restarts, of a size that has an end. */
export interface Activity {
  /** The local calendar's day that `totals` are of, such as `2026-11-24`. */
  readonly day: string;
  readonly totals: DayTotals;
  /** Bytes carried in a minute, by the minute's number since 1970; oldest first, none over an hour older than the last. */
  readonly minutes: readonly (readonly [minute: number, bytes: number])[];
  /** Newest first. */
  readonly events: readonly ActivityEvent[];
  /** When the mail server greeted last, in milliseconds since 1970; null when it never has. */
  readonly greetedAt: number | null;
}

const MINUTE = 60_000;
/** How many minutes `lastHour` tells of. */
export const MINUTES_TOLD = 60;

/** The day of a moment (milliseconds since 1970) by this computer's calendar, as `YYYY-MM-DD`. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The number of a moment's minute since 1970. */
export function minuteOf(at: number): number {
  return Math.floor(at / MINUTE);
}

/** Nothing has happened yet. */
export function noActivity(now: number): Activity {
  return { day: dayOf(now), totals: NO_TOTALS, minutes: [], events: [], greetedAt: null };
}

/** What is counted for today: nothing, when nothing has happened since another day. */
export function todayOf(activity: Activity, now: number): DayTotals {
  return activity.day === dayOf(now) ? activity.totals : NO_TOTALS;
}

/** Bytes carried in each of the last sixty minutes, oldest first; the last is the one that is not over yet. */
export function lastHour(activity: Activity, now: number): readonly number[] {
  const first = minuteOf(now) - MINUTES_TOLD + 1;
  const byMinute = new Map(activity.minutes);
  return Array.from({ length: MINUTES_TOLD }, (_, index) => byMinute.get(first + index) ?? 0);
}

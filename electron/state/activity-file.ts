import { join } from 'node:path';
import { z } from 'zod';
import type { AccountId } from '../shared/account';
import { minuteOf, MINUTES_TOLD, type Activity, type ActivityEvent } from '../shared/activity';
import type { AppSnapshot } from '../shared/app-snapshot';
import type { TunnelError } from '../shared/tunnel-error';
import { errorSchema } from '../tunnel/host-errors';
import type { Clock, Log } from '../tunnel/ports';
import { MOST_EVENTS } from './activity';
import type { AppState } from './app-state';
import { KeptWriter, readKept } from './kept-file';

/** While something happens all the time, it is written this often, in milliseconds: a crash forgets no more than that. */
const WRITE_EVERY_MS = 30_000;

const count = z.number().int().min(0);
/** A moment in milliseconds since 1970, of the years in which there are dates. */
const at = z.number().min(0).max(8.64e15);

const event: z.ZodType<ActivityEvent> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['switched-on', 'switched-off', 'greeted', 'rested', 'no-network']),
    at,
  }),
  z.object({ kind: z.literal('changed'), at, reconnects: z.boolean() }),
  z.object({ kind: z.literal('trouble'), at, error: errorSchema, times: count }),
  z.object({ kind: z.literal('carried'), at, times: count, bytesDown: count, bytesUp: count }),
]);

const activity: z.ZodType<Activity> = z.object({
  day: z.string().regex(/^\d{4,6}-\d\d-\d\d$/u),
  totals: z.object({
    ...{ checks: count, connections: count, bytesDown: count, bytesUp: count },
    saved: z.number().int(),
  }),
  minutes: z.array(z.tuple([count, count])).max(MINUTES_TOLD),
  events: z.array(event).max(MOST_EVENTS),
  greetedAt: at.nullable(),
});

/** What stands in `activity.json`. */
export const activityDocument = z.object({
  version: z.literal(1),
  mailboxes: z.record(z.string().min(1).max(100), activity),
});

type ActivityDocument = z.infer<typeof activityDocument>;

/** What is written down of the mailboxes there are: numbers, times and kinds of trouble. Pure. */
export function documentOf({ accounts }: Pick<AppSnapshot, 'accounts'>): ActivityDocument {
  const entries = accounts.map(({ account, activity: { events, ...rest } }) => {
    const quiet = events.map((each) =>
      each.kind === 'trouble' ? { ...each, error: withoutRaw(each.error) } : each,
    );
    return [account.id, { ...rest, events: quiet }] as const;
  });
  return { version: 1, mailboxes: Object.fromEntries(entries) };
}

/** Raw words of servers and libraries are not kept: the events are told without them. */
function withoutRaw(error: TunnelError): TunnelError {
  const raw = new Set(['detail', 'serverSays', 'got']);
  const kept = Object.entries<unknown>(error).map(([name, value]) => [
    name,
    raw.has(name) ? '' : value,
  ]);
  // The same error, whose texts may be any.
  return Object.fromEntries(kept) as TunnelError;
}

/** Where the parts of it come from. */
export interface ActivityFileParts {
  /** The folder of the user's data. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the mailboxes did lately, as it was written down last; nothing, when that cannot be used. Never throws. */
export function readActivities({
  folder,
  clock,
  log,
}: ActivityFileParts): ReadonlyMap<AccountId, Activity> {
  const document = readKept(pathIn(folder), activityDocument, new Date(clock.now()), log);
  const entries = Object.entries(document?.mailboxes ?? {});
  return new Map(entries.map(([id, kept]) => [id, restored(kept, clock.now())] as const));
}

/** A clock that was put back far leaves minutes that are still to come; bytes would be added to them for ever. */
function restored(kept: Activity, now: number): Activity {
  return { ...kept, minutes: kept.minutes.filter(([minute]) => minute <= minuteOf(now)) };
}

/** Writes down from now on what the mailboxes do. The returned function writes what is not written yet, at once. */
export function keepActivities(state: AppState, parts: ActivityFileParts): () => void {
  const writer = new KeptWriter(pathIn(parts.folder), WRITE_EVERY_MS, parts.clock, parts.log);
  let written = state.snapshot().accounts;
  state.subscribe(({ accounts }) => {
    const isSame =
      accounts.length === written.length &&
      accounts.every(({ activity: now }, index) => now === written[index]?.activity);
    written = accounts;
    if (!isSame) writer.put(() => documentOf(state.snapshot()));
  });
  return () => writer.flush();
}

function pathIn(folder: string): string {
  return join(folder, 'activity.json');
}

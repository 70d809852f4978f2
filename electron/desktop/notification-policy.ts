import type { Account, AccountId } from '../shared/account';
import type { AccountView, AppSnapshot } from '../shared/app-snapshot';
import type { Translate } from '../shared/messages';
import { describeError } from '../shared/messages';
import type { TunnelErrorKind } from '../shared/tunnel-error';
import { assertNever } from '../shared/result';
import type { TunnelState } from '../shared/tunnel-state';

/** How long a connection must have been lost before it is worth a word, in milliseconds: most are back before. */
export const DROPPED_AFTER_MS = 10_000;
/** A mailbox that drops again within this time of the last word about it is not told of again. */
export const QUIET_MS = 5 * 60_000;
/** A look that comes so much later than it was planned means that the computer slept. */
const OVERSLEPT_MS = 5000;

/** What is remembered of one mailbox. */
interface Seen {
  /** The trouble that needs a person and was told of. */
  readonly trouble: TunnelErrorKind | null;
  /** Has it been proven since its person last touched it? What was never there cannot be lost. */
  readonly wasUp: boolean;
  /** Since when it has been down, in milliseconds since 1970. */
  readonly downSince: number | null;
  readonly toldDown: boolean;
  readonly toldAt: number;
  readonly account: Account;
}

/** What a person has been told, so that the same thing is told once. */
export interface Memory {
  readonly mailboxes: ReadonlyMap<AccountId, Seen>;
  /** When to look again even if nothing changes, in milliseconds since 1970. */
  readonly lookAt: number | null;
}

export const NOTHING_TOLD: Memory = { mailboxes: new Map(), lookAt: null };

/** A notification to show. A click on it leads to the mailbox; null where it speaks of several. */
export interface Note {
  readonly accountId: AccountId | null;
  readonly title: string;
  readonly body: string;
}

/** How a mailbox fares, as far as notifications care. */
type Fare = 'up' | 'down' | 'calm' | 'stuck' | 'asking';

function fareOf(state: TunnelState): Fare {
  switch (state.kind) {
    case 'off':
    case 'disconnecting':
    case 'ready':
      return 'calm';
    case 'connected':
      return state.proof.kind === 'greeted' ? 'up' : 'down';
    case 'connecting':
    case 'retrying':
    case 'offline':
      return 'down';
    // A person started this and has the question before them.
    case 'waiting-for-user':
      return 'asking';
    case 'needs-attention':
      return 'stuck';
    default:
      return assertNever(state);
  }
}

/** Is this state the end of a trouble that needed a person, so that the next one is news again? */
function endsTrouble(state: TunnelState): boolean {
  // An on-demand mailbox goes back to ready after each failed dial: that mends nothing.
  return state.kind === 'off' || state.kind === 'disconnecting' || fareOf(state) === 'up';
}

/** What became of one mailbox since the last look. */
interface Look {
  readonly seen: Seen;
  readonly news: 'stuck' | 'dropped' | 'back' | null;
}

function lookAt(view: AccountView, before: Seen | undefined, now: number): Look {
  const { account, state } = view;
  const fare = fareOf(state);
  // What a person changed or switched off is theirs, and no loss.
  const isTouched = before?.account !== account || !account.wanted;
  const old: Seen = {
    ...{ trouble: before?.trouble ?? null, toldAt: before?.toldAt ?? Number.NEGATIVE_INFINITY },
    ...{ wasUp: !isTouched && before.wasUp, toldDown: !isTouched && before.toldDown, account },
    downSince: isTouched ? null : before.downSince,
  };
  const trouble = endsTrouble(state) ? null : old.trouble;
  if (state.kind === 'needs-attention') {
    const { kind } = state.error;
    const seen = { ...old, trouble: kind, downSince: null, toldDown: false, wasUp: false };
    return { seen, news: old.trouble === kind ? null : 'stuck' };
  }
  if (fare !== 'down' || !old.wasUp) {
    const wasUp = fare === 'up' || (old.wasUp && fare !== 'asking');
    const seen = { ...old, trouble, downSince: null, toldDown: false, wasUp };
    return { seen, news: fare === 'up' && old.toldDown ? 'back' : null };
  }
  const downSince = old.downSince ?? now;
  const isNews = !old.toldDown && now - downSince >= DROPPED_AFTER_MS;
  const isQuiet = isNews && now - old.toldAt < QUIET_MS;
  const toldAt = isNews && !isQuiet ? now : old.toldAt;
  const toldDown = old.toldDown || (isNews && !isQuiet);
  // Kept quiet, it counts from anew: it is told of when it is still down after the quiet time.
  const seen = { ...old, trouble, downSince, toldAt, toldDown };
  return { seen, news: isNews && !isQuiet ? 'dropped' : null };
}

/** When a mailbox that is down will be worth a word. */
function dueAt({ downSince, toldDown, toldAt }: Seen): number | null {
  if (downSince === null || toldDown) return null;
  return Math.max(downSince + DROPPED_AFTER_MS, toldAt + QUIET_MS);
}

/** While the computer slept nothing was lost that its person could have missed: the count begins at waking. */
function awake(memory: Memory, now: number): Memory {
  if (memory.lookAt === null || now <= memory.lookAt + OVERSLEPT_MS) return memory;
  const mailboxes = [...memory.mailboxes].map(
    ([id, seen]) => [id, seen.downSince === null ? seen : { ...seen, downSince: now }] as const,
  );
  return { ...memory, mailboxes: new Map(mailboxes) };
}

/**
 * Which notifications a snapshot calls for: a mailbox that only a person can help (at once), one that was proven and
 * has been down for 10 seconds, and its return after that. Silent on what the person did, while they look at our window
 * (`watched`), where the same is written, and on a mailbox that was told of in the last five minutes. Pure.
 */
export function notesFor(
  memory: Memory,
  snapshot: AppSnapshot,
  watched: boolean,
  t: Translate,
): { readonly memory: Memory; readonly notes: readonly Note[] } {
  const before = awake(memory, snapshot.at);
  const looks = snapshot.accounts.map((view) => ({
    view,
    ...lookAt(view, before.mailboxes.get(view.account.id), snapshot.at),
  }));
  const mailboxes = new Map(looks.map(({ view, seen }) => [view.account.id, seen]));
  const due = looks.map(({ seen }) => dueAt(seen)).filter((at) => at !== null);
  const next = { mailboxes, lookAt: due.length === 0 ? null : Math.min(...due) };
  const wanted = snapshot.preferences.notifications;
  if (watched || wanted === 'none') return { memory: next, notes: [] };
  const stuck = looks.flatMap(({ view, news }) => (news === 'stuck' ? stuckNotes(view, t) : []));
  if (wanted === 'needs-you') return { memory: next, notes: stuck };
  const having = (news: Look['news']): readonly AccountView[] =>
    looks.filter((look) => look.news === news).map(({ view }) => view);
  const dropped = together(having('dropped'), 'dropped', t);
  const back = together(having('back'), 'back', t);
  return { memory: next, notes: [...stuck, ...dropped, ...back] };
}

function stuckNotes({ account, state }: AccountView, t: Translate): readonly Note[] {
  if (state.kind !== 'needs-attention') return [];
  const { title, body } = describeError(state.error, t);
  return [{ accountId: account.id, title: `${account.name}: ${title}`, body }];
}

/** One word about all that dropped, or came back, at the same moment. */
function together(
  views: readonly AccountView[],
  what: 'dropped' | 'back',
  t: Translate,
): readonly Note[] {
  const [first, ...others] = views;
  if (first === undefined) return [];
  const isOne = others.length === 0;
  const body =
    what === 'back'
      ? t('app:note.back-body')
      : t(`app:note.dropped-${first.state.kind === 'offline' ? 'offline' : 'trying'}`);
  const title = isOne
    ? t(`app:note.${what}`, { name: first.account.name })
    : t(`app:note.${what}-several`, { count: views.length });
  return [{ accountId: isOne ? first.account.id : null, title, body }];
}

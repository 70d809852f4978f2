import type { AccountId } from '../shared/account';
import type { AccountView, AppSnapshot } from '../shared/app-snapshot';
import { describeError, type Translate } from '../shared/messages';
import { describeState, errorOf } from '../shared/state-words';
import { assertNever } from '../shared/result';
import type { LogLevel } from '../tunnel/ports';

/** One line about a mailbox. */
export interface Told {
  readonly level: LogLevel;
  readonly text: string;
}

/** What was told last of each mailbox. */
export type ToldStates = ReadonlyMap<AccountId, string>;

/**
 * The lines that a snapshot adds to what was told before: where each mailbox has come to rest, or why it is tried
 * again; said once, however often it is tried. Pure.
 */
export function newsOf(
  snapshot: AppSnapshot,
  before: ToldStates,
  t: Translate,
): { readonly lines: readonly Told[]; readonly told: ToldStates } {
  const lines: Told[] = [];
  const told = new Map<AccountId, string>();
  for (const view of snapshot.accounts) {
    const { id } = view.account;
    const last = before.get(id) ?? 'off';
    const now = restOf(view) ?? last;
    told.set(id, now);
    if (now !== last) lines.push(lineFor(view, t, snapshot.at));
  }
  return { lines, told };
}

/** Names the state a mailbox rests in; null while it is on its way to another. */
function restOf({ state }: AccountView): string | null {
  switch (state.kind) {
    case 'connecting':
    case 'waiting-for-user':
    case 'disconnecting':
      return null;
    case 'connected':
      return state.proof.kind === 'asking' ? null : nameOf(state.kind, errorOf(state)?.kind);
    case 'off':
    case 'ready':
    case 'retrying':
    case 'offline':
    case 'needs-attention':
      return nameOf(state.kind, errorOf(state)?.kind);
    default:
      return assertNever(state);
  }
}

function nameOf(state: string, error: string | undefined): string {
  return error === undefined ? state : `${state} ${error}`;
}

function lineFor(view: AccountView, t: Translate, now: number): Told {
  const { name } = view.account;
  const error = errorOf(view.state);
  if (error === null)
    return { level: 'info', text: `${name}: ${describeState(view, t, now).long}` };
  const { title, body } = describeError(error, t);
  const waits = view.state.kind === 'needs-attention';
  return { level: waits ? 'error' : 'warn', text: `${name}: ${title} ${body}` };
}

import type { AccountId } from '../shared/account';
import type { AppSnapshot } from '../shared/app-snapshot';
import type { Translate } from '../shared/messages';
import { describeError } from '../shared/messages';
import type { TunnelErrorKind } from '../shared/tunnel-error';
import { assertNever } from '../shared/result';
import type { TunnelState } from '../shared/tunnel-state';

/** What a person has been told, by mailbox, so that the same trouble is told once. */
export type Told = ReadonlyMap<AccountId, TunnelErrorKind>;

/** A notification to show. */
export interface Note {
  readonly accountId: AccountId;
  readonly title: string;
  readonly body: string;
}

/** Is this state the end of a trouble, so that the next one is news again? */
function endsTrouble(state: TunnelState): boolean {
  switch (state.kind) {
    case 'off':
    case 'disconnecting':
      return true;
    case 'connected':
      return state.proof.kind === 'greeted';
    // An on-demand mailbox goes back to ready after each failed dial: that mends nothing.
    case 'ready':
    case 'connecting':
    case 'waiting-for-user':
    case 'retrying':
    case 'offline':
    case 'needs-attention':
      return false;
    default:
      return assertNever(state);
  }
}

/**
 * Which notifications a snapshot calls for: a mailbox stopped and only a person can go on, and nobody looks at our
 * window (`watched`), where the same is written. Faults of the network mend themselves and are never announced.
 */
export function notesFor(
  told: Told,
  snapshot: AppSnapshot,
  watched: boolean,
  t: Translate,
): { readonly told: Told; readonly notes: readonly Note[] } {
  const next = new Map<AccountId, TunnelErrorKind>();
  const notes: Note[] = [];
  for (const { account, state } of snapshot.accounts) {
    const before = told.get(account.id);
    if (state.kind !== 'needs-attention') {
      if (before !== undefined && !endsTrouble(state)) next.set(account.id, before);
      continue;
    }
    next.set(account.id, state.error.kind);
    if (before === state.error.kind || watched) continue;
    const { title, body } = describeError(state.error, t);
    notes.push({ accountId: account.id, title: `${account.name}: ${title}`, body });
  }
  return { told: next, notes };
}

import type { AccountId } from '../shared/account';
import { viewOf } from '../shared/app-snapshot';
import { errorOf } from '../shared/messages';
import type { TunnelError } from '../shared/tunnel-error';
import type { TunnelState } from '../shared/tunnel-state';
import type { AppState } from '../state/app-state';
import type { Commands } from '../state/commands';
import type { Clock, StartedBy } from '../tunnel/ports';
import { needsPerson } from './views';

/** How waiting for a mail server's greeting ended. */
export type Waited =
  | { readonly kind: 'greeted'; readonly text: string }
  | { readonly kind: 'switched-off' }
  | { readonly kind: 'needs-person'; readonly error: TunnelError | null }
  | { readonly kind: 'failed'; readonly error: TunnelError }
  | { readonly kind: 'timed-out'; readonly error: TunnelError | null }
  | { readonly kind: 'gone' };

export interface WaitOptions {
  readonly state: AppState;
  readonly commands: Pick<Commands, 'check'>;
  readonly clock: Clock;
  readonly id: AccountId;
  readonly by: StartedBy;
  readonly timeoutMs: number;
  /** Does the first failure end it, or does it go on as the tunnel does? */
  readonly firstFailureEnds: boolean;
  /** The caller hung up. */
  readonly signal: AbortSignal;
}

/**
 * Has the tunnel proved afresh, and waits until the mail server has greeted through it. What was true before counts
 * for nothing: a script asks because it is about to fetch mail.
 */
export function waitForGreeting(options: WaitOptions): Promise<Waited> {
  const { state, commands, clock, id, by, timeoutMs, firstFailureEnds, signal } = options;
  const now = (): TunnelState | null => viewOf(state.snapshot(), id)?.state ?? null;
  const view = viewOf(state.snapshot(), id);
  if (view === undefined) return Promise.resolve({ kind: 'gone' });
  if (!view.account.wanted) return Promise.resolve({ kind: 'switched-off' });
  const first = view.state;
  // A script that knocks every five minutes must not have a password refused every five minutes.
  if (needsPerson(first) && by === 'background')
    return Promise.resolve({ kind: 'needs-person', error: errorOf(first) });

  return new Promise((resolve) => {
    const before = JSON.stringify(first);
    let moved = false;
    let last: TunnelError | null = errorOf(first);
    const end = (waited: Waited): void => {
      cancel();
      unwatch();
      unsubscribe();
      signal.removeEventListener('abort', gone);
      resolve(waited);
    };
    const gone = (): void => end({ kind: 'gone' });
    const judge = (whose: AccountId, next: TunnelState): void => {
      if (whose !== id) return;
      // The same state is told again whenever bytes were counted.
      moved ||= JSON.stringify(next) !== before;
      if (!moved) return;
      last = errorOf(next) ?? last;
      const verdict = judgeState(next, by, firstFailureEnds);
      if (verdict !== null) end(verdict);
    };
    const cancel = clock.after(timeoutMs, () => {
      const latest = now();
      if (latest !== null && needsPerson(latest))
        end({ kind: 'needs-person', error: errorOf(latest) });
      else end({ kind: 'timed-out', error: last });
    });
    const unwatch = state.watch(judge);
    // Removed or switched off by somebody else meanwhile.
    const unsubscribe = state.subscribe((snapshot) => {
      const account = viewOf(snapshot, id)?.account;
      if (account === undefined) gone();
      else if (!account.wanted) end({ kind: 'switched-off' });
    });
    signal.addEventListener('abort', gone, { once: true });
    commands.check(id, by);
  });
}

/** What a fresh state means to who waits; null to go on waiting. Pure. */
export function judgeState(
  state: TunnelState,
  by: StartedBy,
  firstFailureEnds: boolean,
): Waited | null {
  switch (state.kind) {
    case 'connected':
      if (state.proof.kind === 'greeted')
        return { kind: 'greeted', text: state.proof.greeting.text };
      return state.proof.kind === 'failed' && firstFailureEnds
        ? { kind: 'failed', error: state.proof.error }
        : null;
    case 'needs-attention':
      return { kind: 'needs-person', error: state.error };
    case 'waiting-for-user':
      // Who typed this is there to answer; a script is not, and is told so at once.
      return by === 'background' ? { kind: 'needs-person', error: null } : null;
    case 'retrying':
      return firstFailureEnds ? { kind: 'failed', error: state.cause } : null;
    case 'off':
    case 'ready':
    case 'connecting':
    case 'offline':
    case 'disconnecting':
      return null;
  }
}

import type { AccountId } from '../shared/account';
import { viewOf } from '../shared/app-snapshot';
import { errorOf } from '../shared/state-words';
import type { TunnelError } from '../shared/tunnel-error';
import type { TunnelState } from '../shared/tunnel-state';
import type { AppState } from '../state/app-state';
import type { Commands } from '../state/commands';
import type { Clock, StartedBy } from '../tunnel/ports';
import { needsPerson } from './views';

/** Between two tries of a line that comes up and is lost at once, in milliseconds. */
const REDIAL_MS = 1_000;

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
  const { state, id, by } = options;
  const view = viewOf(state.snapshot(), id);
  if (view === undefined) return Promise.resolve({ kind: 'gone' });
  if (!view.account.wanted) return Promise.resolve({ kind: 'switched-off' });
  const first = view.state;
  // A script that knocks every five minutes must not have a password refused every five minutes.
  if (needsPerson(first) && by === 'background')
    return Promise.resolve({ kind: 'needs-person', error: errorOf(first) });

  return new Promise((resolve) => {
    new GreetingWait(options, first, resolve).begin();
  });
}

/** One wait, from its check to its end. */
class GreetingWait {
  readonly #options: WaitOptions;
  readonly #resolve: (waited: Waited) => void;
  /** The state that was there before; told again, it is no news. */
  readonly #before: string;
  #moved = false;
  #last: TunnelError | null;
  #redials = 0;
  #cancelRedial = (): void => undefined;
  #ending: (() => void)[] = [];

  constructor(options: WaitOptions, first: TunnelState, resolve: (waited: Waited) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#before = JSON.stringify(first);
    this.#last = errorOf(first);
  }

  begin(): void {
    const { state, commands, clock, id, by, timeoutMs, signal } = this.#options;
    const gone = (): void => this.#end({ kind: 'gone' });
    signal.addEventListener('abort', gone, { once: true });
    this.#ending = [
      () => signal.removeEventListener('abort', gone),
      clock.after(timeoutMs, () => this.#timedOut()),
      state.watch((whose, next) => {
        if (whose === id) this.#heard(next);
      }),
      // Removed or switched off by somebody else meanwhile.
      state.subscribe((snapshot) => {
        const account = viewOf(snapshot, id)?.account;
        if (account === undefined) gone();
        else if (!account.wanted) this.#end({ kind: 'switched-off' });
      }),
    ];
    commands.check(id, by);
  }

  #heard(next: TunnelState): void {
    const { by, firstFailureEnds } = this.#options;
    // The same state is told again whenever bytes were counted.
    this.#moved ||= JSON.stringify(next) !== this.#before;
    if (!this.#moved) return;
    this.#last = errorOf(next) ?? this.#last;
    // The line was dead, or died: on demand nobody dials it again but who needs it.
    if (next.kind === 'ready') this.#redial();
    const verdict = judgeState(next, by, firstFailureEnds);
    if (verdict !== null) this.#end(verdict);
  }

  /** A server that hangs up on everybody is not to be called a hundred times a second. */
  #redial(): void {
    const { clock, commands, id, by } = this.#options;
    this.#cancelRedial();
    const ms = this.#redials === 0 ? 0 : REDIAL_MS;
    this.#cancelRedial = clock.after(ms, () => commands.check(id, by));
    this.#redials += 1;
  }

  #timedOut(): void {
    const { state, id } = this.#options;
    const latest = viewOf(state.snapshot(), id)?.state;
    if (latest !== undefined && needsPerson(latest))
      this.#end({ kind: 'needs-person', error: errorOf(latest) });
    else this.#end({ kind: 'timed-out', error: this.#last });
  }

  #end(waited: Waited): void {
    this.#cancelRedial();
    for (const end of this.#ending) end();
    this.#resolve(waited);
  }
}

/** What a fresh state means to who waits; null to go on waiting. Pure. */
function judgeState(state: TunnelState, by: StartedBy, firstFailureEnds: boolean): Waited | null {
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

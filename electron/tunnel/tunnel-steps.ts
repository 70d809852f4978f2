import type { TunnelError } from '../shared/tunnel-error';
import type { AttemptId, TunnelState } from '../shared/tunnel-state';
import type { StartedBy } from './ports';
import type { Effect, Machine, Moment, Step } from './tunnel-events';

/** An on-demand tunnel that carries nothing hangs up after this long. */
export const IDLE_CLOSE_MS = 5 * 60_000;
/** A mail server that did not greet is asked again after this long, while the tunnel itself is up. */
export const ASK_AGAIN_MS = 30_000;
/** A mail program's connection cuts a wait short, but two tries are never closer than this. */
export const SHORTEST_WAIT_MS = 1_000;
/** A line is proved within this time after the machine woke or the network changed, or it is dropped. */
export const PROBE_MS = 5_000;

export const CLEAR_ASK_AGAIN: Effect = { do: 'clear-timer', timer: 'ask-again' };
/** The timers of a state that is left. */
export const CLEAR_TIMERS: readonly Effect[] = [
  { do: 'clear-timer', timer: 'retry' },
  { do: 'clear-timer', timer: 'idle' },
  CLEAR_ASK_AGAIN,
];

/** Has a line proved. */
export const probe = (attempt: AttemptId): Effect => ({ do: 'probe', attempt, ms: PROBE_MS });

/** Nothing follows. */
export function stay(machine: Machine): Step {
  return { machine, effects: [] };
}

/** The attempt whose events count in this state. */
export function currentAttempt(state: TunnelState): AttemptId | null {
  return 'attempt' in state ? state.attempt : null;
}

/** First of all the ports: a taken one fails before anybody is asked anything. */
export function bind(machine: Machine): Step {
  const attempt = machine.lastAttempt + 1;
  const state: TunnelState = { kind: 'connecting', attempt, phase: 'reserving-port', tries: 0 };
  return {
    machine: { ...machine, state, lastAttempt: attempt, portsBound: false },
    effects: [...CLEAR_TIMERS, { do: 'bind-ports', attempt }],
  };
}

/** On demand, until a mail program comes. */
export function rest(machine: Machine, moment: Moment, effects: readonly Effect[]): Step {
  const state: TunnelState = { kind: 'ready', since: moment.now, last: machine.lastGreeting };
  return { machine: { ...machine, state, tries: 0 }, effects };
}

/** One try more, by a name of its own. */
export function dial(machine: Machine, by: StartedBy): Step {
  const attempt = machine.lastAttempt + 1;
  const state: TunnelState = {
    kind: 'connecting',
    attempt,
    phase: 'reaching-server',
    tries: machine.tries,
  };
  return {
    machine: { ...machine, state, by, lastAttempt: attempt },
    effects: [...CLEAR_TIMERS, { do: 'dial', attempt, by }],
  };
}

/** Is it one that nobody needs at the moment? */
export function isIdle({ mode, clients }: Machine): boolean {
  return mode === 'on-demand' && clients === 0;
}

/** An on-demand tunnel that carries nothing hangs up by and by. */
export function idleTimer(machine: Machine): Effect {
  return isIdle(machine)
    ? { do: 'set-timer', timer: 'idle', ms: IDLE_CLOSE_MS }
    : { do: 'clear-timer', timer: 'idle' };
}

/** Without a network a try is a waste; its return is the sign to go on. */
export function goOffline(machine: Machine): Step {
  const state: TunnelState = { kind: 'offline', tries: machine.tries };
  return { machine: { ...machine, state }, effects: [...CLEAR_TIMERS] };
}

/** Only a person can go on. */
export function attend(machine: Machine, error: TunnelError): Step {
  const effects: Effect[] = [...CLEAR_TIMERS];
  // A question can still be answered while the mail program is held; everything else takes longer than it waits.
  if (error.kind !== 'answer-needed') effects.push({ do: 'refuse-clients', error });
  return { machine: { ...machine, state: { kind: 'needs-attention', error }, tries: 0 }, effects };
}

/** Why a tunnel in this state carries nothing yet, for a mail program whose time ran out. */
export function whyNotUp(state: TunnelState, host: string): TunnelError {
  if (state.kind === 'retrying') return state.cause;
  if (state.kind === 'needs-attention') return state.error;
  if (state.kind === 'offline') return { kind: 'no-network' };
  return { kind: 'timed-out', host, phase: 'reaching-server', detail: '' };
}

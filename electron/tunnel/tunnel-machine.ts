import { assertNever } from '../shared/result';
import type { TunnelError } from '../shared/tunnel-error';
import type { TunnelState } from '../shared/tunnel-state';
import type { StartedBy } from './ports';
import { isWorthRetrying, waitBeforeRetry } from './reconnect-policy';
import type { Effect, Machine, Moment, Step, TunnelEvent } from './tunnel-events';
import {
  ASK_AGAIN_MS,
  attend,
  bind,
  CLEAR_ASK_AGAIN,
  CLEAR_TIMERS,
  currentAttempt,
  dial,
  goOffline,
  idleTimer,
  isIdle,
  probe,
  rest,
  SHORTEST_WAIT_MS,
  stay,
} from './tunnel-steps';

/**
 * The whole behaviour of one tunnel: a state and an event give the next state and what is to be done. No clock, no
 * socket, no promise; `tunnel.ts` carries the effects out and reports back by events. Events that belong to an old
 * attempt change nothing.
 */
export function reduce(machine: Machine, event: TunnelEvent, moment: Moment): Step {
  if ('attempt' in event && event.attempt !== currentAttempt(machine.state)) return stay(machine);
  switch (event.type) {
    case 'switched-on':
      return machine.state.kind === 'off' || machine.state.kind === 'disconnecting'
        ? bind({ ...machine, by: event.by, dialAtOnce: event.dial, tries: 0 })
        : stay(machine);
    case 'switched-off':
      return switchOff(machine);
    case 'try-now':
      return tryNow(machine, 'person', false);
    case 'check':
      return tryNow(machine, event.by, true);
    case 'reconfigured':
      return reconfigure({ ...machine, mode: event.mode });
    case 'mode-changed':
      return changeMode({ ...machine, mode: event.mode });
    case 'ports-bound':
      return portsBound(machine, moment);
    case 'ports-failed':
      return machine.state.kind === 'connecting' && machine.state.phase === 'reserving-port'
        ? attend({ ...machine, portsBound: false }, event.error)
        : stay(machine);
    case 'phase':
    case 'prompt-opened':
    case 'prompt-closed':
      return progress(machine, event);
    case 'session-up':
      return sessionUp(machine, moment);
    case 'session-ended':
      return sessionEnded(machine, event.error, moment);
    case 'hung-up':
      return machine.state.kind === 'disconnecting'
        ? { machine: { ...machine, state: { kind: 'off' } }, effects: [] }
        : stay(machine);
    case 'greeted':
    case 'not-greeted':
      return proved(machine, event);
    case 'clients':
      return clientsChanged({ ...machine, clients: event.count }, machine.clients, moment);
    case 'retry-due':
      return machine.state.kind === 'retrying' ? dial(machine, 'background') : stay(machine);
    case 'idle-due':
      return idleDue(machine, moment);
    case 'ask-again-due':
      return askAgain(machine);
    case 'network':
      return networkChanged({ ...machine, online: event.online });
    case 'suspended':
      return stay(machine);
    case 'resumed':
      return wokeUp(machine);
    default:
      return assertNever(event);
  }
}

function portsBound(machine: Machine, moment: Moment): Step {
  const { state } = machine;
  if (state.kind !== 'connecting' || state.phase !== 'reserving-port') return stay(machine);
  const bound = { ...machine, portsBound: true };
  // On demand, SSH is dialled by the mail program, unless somebody wants to see at once that it works.
  const waits = machine.mode === 'on-demand' && !machine.dialAtOnce && machine.clients === 0;
  return waits ? rest(bound, moment, []) : dial(bound, machine.by);
}

function switchOff(machine: Machine): Step {
  const { state } = machine;
  if (state.kind === 'off' || state.kind === 'disconnecting') return stay(machine);
  const attempt = currentAttempt(state);
  const off: TunnelState = attempt === null ? { kind: 'off' } : { kind: 'disconnecting', attempt };
  const effects: Effect[] = [...CLEAR_TIMERS, { do: 'release-ports' }];
  if (attempt !== null) effects.push({ do: 'hang-up', attempt });
  return { machine: { ...machine, state: off, portsBound: false, tries: 0 }, effects };
}

/** `again`: also where all is well as far as is known. The line may have died since, which a probe brings to light. */
function tryNow(machine: Machine, by: StartedBy, again: boolean): Step {
  const { state } = machine;
  switch (state.kind) {
    case 'ready':
    case 'retrying':
    case 'offline':
    case 'needs-attention': {
      const fresh = { ...machine, tries: 0, by, dialAtOnce: true };
      return machine.portsBound ? dial(fresh, by) : bind(fresh);
    }
    case 'connected': {
      const { attempt, proof } = state;
      if (proof.kind === 'asking' || (proof.kind === 'greeted' && !again)) return stay(machine);
      const asked: Effect[] = [CLEAR_ASK_AGAIN, { do: 'ask-greeting', attempt }];
      const effects = again ? [...asked, probe(attempt)] : asked;
      return { machine: { ...machine, state: { ...state, proof: { kind: 'asking' } } }, effects };
    }
    case 'off':
    case 'connecting':
    case 'waiting-for-user':
    case 'disconnecting':
      return stay(machine);
    default:
      return assertNever(state);
  }
}

function reconfigure(machine: Machine): Step {
  const { state } = machine;
  if (state.kind === 'off' || state.kind === 'disconnecting') return stay(machine);
  const attempt = currentAttempt(state);
  const started = bind({ ...machine, tries: 0, by: 'person', dialAtOnce: true });
  const ending: Effect[] = attempt === null ? [] : [{ do: 'hang-up', attempt }];
  return {
    machine: started.machine,
    effects: [...ending, { do: 'release-ports' }, ...started.effects],
  };
}

function changeMode(machine: Machine): Step {
  if (machine.state.kind === 'ready' && machine.mode !== 'on-demand')
    return dial(machine, 'person');
  if (machine.state.kind !== 'connected') return stay(machine);
  return { machine, effects: [idleTimer(machine)] };
}

function progress(
  machine: Machine,
  event: Extract<TunnelEvent, { type: 'phase' | 'prompt-opened' | 'prompt-closed' }>,
): Step {
  const { state } = machine;
  if (state.kind !== 'connecting' && state.kind !== 'waiting-for-user') return stay(machine);
  const { attempt, tries } = state;
  const phase = event.type === 'phase' ? event.phase : state.phase;
  const next: TunnelState =
    event.type === 'prompt-opened'
      ? { kind: 'waiting-for-user', attempt, phase, prompt: event.prompt, tries }
      : event.type === 'prompt-closed' || state.kind === 'connecting'
        ? { kind: 'connecting', attempt, phase, tries }
        : { ...state, phase };
  return { machine: { ...machine, state: next }, effects: [] };
}

function sessionUp(machine: Machine, moment: Moment): Step {
  const { state } = machine;
  if (state.kind !== 'connecting' && state.kind !== 'waiting-for-user') return stay(machine);
  const { attempt } = state;
  const up = {
    ...machine,
    tries: 0,
    state: { kind: 'connected', attempt, since: moment.now, proof: { kind: 'asking' } },
  } as const;
  return { machine: up, effects: [{ do: 'ask-greeting', attempt }, idleTimer(up)] };
}

function sessionEnded(machine: Machine, error: TunnelError, moment: Moment): Step {
  const { state } = machine;
  if (state.kind === 'disconnecting')
    return { machine: { ...machine, state: { kind: 'off' } }, effects: [] };
  if (!isWorthRetrying(error)) return attend(machine, error);
  // Nobody asks for an on-demand line that carried nothing: the next mail program dials it again.
  if (state.kind === 'connected' && isIdle(machine)) return rest(machine, moment, CLEAR_TIMERS);
  if (!machine.online) return goOffline(machine);
  const tries = machine.tries + 1;
  const ms = waitBeforeRetry(tries, moment.random);
  const retrying: TunnelState = { kind: 'retrying', tries, retryAt: moment.now + ms, cause: error };
  return {
    machine: { ...machine, state: retrying, tries },
    effects: [...CLEAR_TIMERS, { do: 'set-timer', timer: 'retry', ms }],
  };
}

function proved(
  machine: Machine,
  event: Extract<TunnelEvent, { type: 'greeted' | 'not-greeted' }>,
): Step {
  const { state } = machine;
  if (state.kind !== 'connected') return stay(machine);
  if (event.type === 'greeted') {
    const proof = { kind: 'greeted', greeting: event.greeting } as const;
    const next = { ...machine, state: { ...state, proof }, lastGreeting: event.greeting };
    return { machine: next, effects: [CLEAR_ASK_AGAIN] };
  }
  const next = {
    ...machine,
    state: { ...state, proof: { kind: 'failed', error: event.error } },
  } as const;
  return { machine: next, effects: [{ do: 'set-timer', timer: 'ask-again', ms: ASK_AGAIN_MS }] };
}

function askAgain(machine: Machine): Step {
  const { state } = machine;
  if (state.kind !== 'connected' || state.proof.kind !== 'failed') return stay(machine);
  return { machine, effects: [{ do: 'ask-greeting', attempt: state.attempt }] };
}

function clientsChanged(machine: Machine, before: number, moment: Moment): Step {
  const { state } = machine;
  const more = machine.clients > before;
  switch (state.kind) {
    case 'ready':
      return more ? dial(machine, 'background') : stay(machine);
    case 'connected':
      return { machine, effects: [idleTimer(machine)] };
    case 'retrying': {
      const soon = moment.now + SHORTEST_WAIT_MS;
      if (!more || state.retryAt <= soon) return stay(machine);
      return {
        machine: { ...machine, state: { ...state, retryAt: soon } },
        effects: [{ do: 'set-timer', timer: 'retry', ms: SHORTEST_WAIT_MS }],
      };
    }
    case 'needs-attention':
      return more && state.error.kind !== 'answer-needed'
        ? { machine, effects: [{ do: 'refuse-clients', error: state.error }] }
        : stay(machine);
    case 'off':
    case 'connecting':
    case 'waiting-for-user':
    case 'offline':
    case 'disconnecting':
      return stay(machine);
    default:
      return assertNever(state);
  }
}

function idleDue(machine: Machine, moment: Moment): Step {
  const { state } = machine;
  if (state.kind !== 'connected' || !isIdle(machine)) return stay(machine);
  return rest(machine, moment, [...CLEAR_TIMERS, { do: 'hang-up', attempt: state.attempt }]);
}

/** What was being dialled before a sleep is not waited for; a person who is being asked something is. */
function wokeUp(machine: Machine): Step {
  const { state } = machine;
  if (state.kind !== 'connecting' || state.phase === 'reserving-port')
    return networkChanged(machine);
  const again = dial(machine, machine.by);
  const hangUp: Effect = { do: 'hang-up', attempt: state.attempt };
  return { machine: again.machine, effects: [hangUp, ...again.effects] };
}

function networkChanged(machine: Machine): Step {
  const { state, online } = machine;
  switch (state.kind) {
    case 'connected':
      // A session may outlive a short gap; it is asked, not assumed.
      return { machine, effects: [probe(state.attempt)] };
    case 'retrying':
      return online ? dial(machine, 'background') : goOffline(machine);
    case 'offline':
      return online ? dial({ ...machine, tries: 0 }, 'background') : stay(machine);
    case 'off':
    case 'ready':
    case 'connecting':
    case 'waiting-for-user':
    case 'needs-attention':
    case 'disconnecting':
      return stay(machine);
    default:
      return assertNever(state);
  }
}

import { isDeepStrictEqual } from 'node:util';
import type { TunnelMode } from '../../../electron/shared/account';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import type { GreetingProof, TunnelState } from '../../../electron/shared/tunnel-state';
import {
  initialMachine,
  type Machine,
  type Step,
  type TunnelEvent,
} from '../../../electron/tunnel/tunnel-events';

/** The attempt that is current in every state of the table that has one. */
export const CURRENT = 7;
export const NOW = 1_000_000;
export const LOST: TunnelError = { kind: 'connection-lost', host: 'h', detail: '' };
export const REFUSED: TunnelError = { kind: 'cancelled-by-person', what: 'host-key' };
export const ANSWER: TunnelError = { kind: 'answer-needed', what: 'code', host: 'h' };
export const GREETING: GreetingProof = { forwardId: 'f', text: '+OK', at: NOW };

const attempt = CURRENT;
const at = { attempt, tries: 2 };

/** Every state, told apart as far as the machine tells it apart. */
export const STATES = {
  off: { kind: 'off' },
  ready: { kind: 'ready', since: 1, last: null },
  binding: { kind: 'connecting', phase: 'reserving-port', ...at },
  dialling: { kind: 'connecting', phase: 'reaching-server', ...at },
  waiting: { kind: 'waiting-for-user', phase: 'signing-in', prompt: 'p', ...at },
  asking: { kind: 'connected', attempt, since: 1, proof: { kind: 'asking' } },
  greeted: { kind: 'connected', attempt, since: 1, proof: { kind: 'greeted', greeting: GREETING } },
  ungreeted: { kind: 'connected', attempt, since: 1, proof: { kind: 'failed', error: REFUSED } },
  retrying: { kind: 'retrying', tries: 2, retryAt: NOW + 9_000, cause: LOST },
  offline: { kind: 'offline', tries: 2 },
  attention: { kind: 'needs-attention', error: REFUSED },
  answer: { kind: 'needs-attention', error: ANSWER },
  ending: { kind: 'disconnecting', attempt },
} as const satisfies Record<string, TunnelState>;
export type StateName = keyof typeof STATES;
export const STATE_NAMES = Object.keys(STATES) as StateName[];

/** The kinds of state, each with one that stands for it; does not compile when one is missing. */
export const KINDS: { readonly [K in TunnelState['kind']]: Extract<TunnelState, { kind: K }> } = {
  off: STATES.off,
  ready: STATES.ready,
  connecting: STATES.dialling,
  'waiting-for-user': STATES.waiting,
  connected: STATES.greeted,
  retrying: STATES.retrying,
  offline: STATES.offline,
  'needs-attention': STATES.attention,
  disconnecting: STATES.ending,
};

/** Every event, told apart as far as the machine tells it apart; does not compile when a type is missing. */
export const EVENTS: {
  [T in TunnelEvent['type']]: Readonly<Record<string, Extract<TunnelEvent, { type: T }>>>;
} = {
  'switched-on': { 'switched-on': { type: 'switched-on', by: 'person', dial: true } },
  'switched-off': { 'switched-off': { type: 'switched-off' } },
  'try-now': { 'try-now': { type: 'try-now' } },
  check: { check: { type: 'check', by: 'background' } },
  reconfigured: { reconfigured: { type: 'reconfigured', mode: 'always-on' } },
  'mode-changed': {
    'to-always': { type: 'mode-changed', mode: 'always-on' },
    'to-demand': { type: 'mode-changed', mode: 'on-demand' },
  },
  'ports-bound': { 'ports-bound': { type: 'ports-bound', attempt } },
  'ports-failed': { 'ports-failed': { type: 'ports-failed', attempt, error: REFUSED } },
  phase: { phase: { type: 'phase', attempt, phase: 'signing-in' } },
  'prompt-opened': { 'prompt-opened': { type: 'prompt-opened', attempt, prompt: 'q' } },
  'prompt-closed': { 'prompt-closed': { type: 'prompt-closed', attempt } },
  'session-up': { 'session-up': { type: 'session-up', attempt } },
  'session-ended': {
    'ended-lost': { type: 'session-ended', attempt, error: LOST },
    'ended-refused': { type: 'session-ended', attempt, error: REFUSED },
    'ended-answer': { type: 'session-ended', attempt, error: ANSWER },
  },
  'hung-up': { 'hung-up': { type: 'hung-up', attempt } },
  greeted: { greeted: { type: 'greeted', attempt, greeting: GREETING } },
  'not-greeted': { 'not-greeted': { type: 'not-greeted', attempt, error: REFUSED } },
  clients: {
    'clients-2': { type: 'clients', count: 2 },
    'clients-0': { type: 'clients', count: 0 },
  },
  'retry-due': { 'retry-due': { type: 'retry-due' } },
  'idle-due': { 'idle-due': { type: 'idle-due' } },
  'ask-again-due': { 'ask-again-due': { type: 'ask-again-due' } },
  network: {
    'net-up': { type: 'network', online: true },
    'net-down': { type: 'network', online: false },
  },
  suspended: { suspended: { type: 'suspended' } },
  resumed: { resumed: { type: 'resumed' } },
};
export const EVENT_ROWS: Readonly<Record<string, TunnelEvent>> = Object.assign(
  {},
  ...Object.values(EVENTS),
) as Record<string, TunnelEvent>;

/** A machine in one of the table's states, as it would have come there. */
export function machineIn(name: StateName, mode: TunnelMode, more: Partial<Machine> = {}): Machine {
  return {
    ...initialMachine(mode),
    state: STATES[name],
    lastAttempt: CURRENT,
    tries: 2,
    portsBound: !['off', 'binding', 'ending'].includes(name),
    clients: 1,
    online: name !== 'offline',
    ...more,
  };
}

/** A step in short: the state it led to and the effects in order; `.` when nothing changed at all. */
export function inShort(before: Machine, { machine, effects }: Step): string {
  const same = isDeepStrictEqual(before.state, machine.state);
  if (same && effects.length === 0) return '.';
  const parts = [same ? '=' : nameOf(machine.state)];
  for (const effect of effects) {
    switch (effect.do) {
      case 'clear-timer':
        parts.push(`clear-${effect.timer}`);
        break;
      case 'set-timer':
        parts.push(`${effect.timer}@${effect.ms}`);
        break;
      case 'bind-ports':
      case 'dial':
      case 'hang-up':
      case 'ask-greeting':
      case 'probe':
        parts.push(`${effect.do}${effect.attempt === CURRENT ? '' : '+'}`);
        break;
      case 'release-ports':
        parts.push('release-ports');
        break;
      case 'refuse-clients':
        parts.push('refuse');
        break;
    }
  }
  return parts.join(' ').replace('clear-retry clear-idle clear-ask-again', 'clear');
}

/** A state's kind, and what of it the machine goes by. */
export function nameOf(state: TunnelState): string {
  if (state.kind === 'connecting') return `connecting/${state.phase}`;
  if (state.kind === 'connected') return `connected/${state.proof.kind}`;
  return state.kind;
}

import type { TunnelMode } from '../shared/account';
import type { PromptId } from '../shared/prompt';
import type { TunnelError } from '../shared/tunnel-error';
import type { AttemptId, GreetingProof, Phase, TunnelState } from '../shared/tunnel-state';
import type { StartedBy } from './ports';

/** What the machine remembers beside the state that everybody sees. */
export interface Machine {
  readonly state: TunnelState;
  readonly mode: TunnelMode;
  readonly lastAttempt: AttemptId;
  /** Who caused the current attempt; only a person may be asked questions. */
  readonly by: StartedBy;
  /** Dial as soon as the ports are bound, even on demand: somebody wants to see it work. */
  readonly dialAtOnce: boolean;
  readonly tries: number;
  readonly portsBound: boolean;
  readonly lastGreeting: GreetingProof | null;
  /** Mail programs' connections: open through the tunnel, or held until it is up. */
  readonly clients: number;
  readonly online: boolean;
}

export type TunnelEvent =
  | { type: 'switched-on'; by: StartedBy; dial: boolean }
  | { type: 'switched-off' }
  | { type: 'try-now' }
  /** Prove afresh that it works: dial where nothing is up, ask the mail server again where it is. */
  | { type: 'check'; by: StartedBy }
  /** The account was changed in a way that matters to the connection or its ports. */
  | { type: 'reconfigured'; mode: TunnelMode }
  | { type: 'mode-changed'; mode: TunnelMode }
  | { type: 'ports-bound'; attempt: AttemptId }
  | { type: 'ports-failed'; attempt: AttemptId; error: TunnelError }
  | { type: 'phase'; attempt: AttemptId; phase: Phase }
  | { type: 'prompt-opened'; attempt: AttemptId; prompt: PromptId }
  | { type: 'prompt-closed'; attempt: AttemptId }
  | { type: 'session-up'; attempt: AttemptId }
  | { type: 'session-ended'; attempt: AttemptId; error: TunnelError }
  | { type: 'hung-up'; attempt: AttemptId }
  | { type: 'greeted'; attempt: AttemptId; greeting: GreetingProof }
  | { type: 'not-greeted'; attempt: AttemptId; error: TunnelError }
  | { type: 'clients'; count: number }
  | { type: 'retry-due' }
  | { type: 'idle-due' }
  | { type: 'ask-again-due' }
  | { type: 'network'; online: boolean }
  | { type: 'suspended' }
  | { type: 'resumed' };

export type TimerName = 'retry' | 'idle' | 'ask-again';

export type Effect =
  /** Answered by `ports-bound` or `ports-failed`. */
  | { do: 'bind-ports'; attempt: AttemptId }
  | { do: 'release-ports' }
  | { do: 'dial'; attempt: AttemptId; by: StartedBy }
  /** End the attempt or its session; answered by `hung-up`. */
  | { do: 'hang-up'; attempt: AttemptId }
  | { do: 'ask-greeting'; attempt: AttemptId }
  | { do: 'set-timer'; timer: TimerName; ms: number }
  | { do: 'clear-timer'; timer: TimerName }
  /** Answer the held mail programs in their own protocol. */
  | { do: 'refuse-clients'; error: TunnelError }
  | { do: 'probe'; attempt: AttemptId; ms: number };

/** Time and chance, handed in with every event, so that the machine itself has neither. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: number;
}

export interface Step {
  readonly machine: Machine;
  readonly effects: readonly Effect[];
}

/** The machine of an account that is off. */
export function initialMachine(mode: TunnelMode): Machine {
  return {
    state: { kind: 'off' },
    mode,
    lastAttempt: 0,
    by: 'background',
    dialAtOnce: false,
    tries: 0,
    portsBound: false,
    lastGreeting: null,
    clients: 0,
    online: true,
  };
}

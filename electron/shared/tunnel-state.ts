import type { TunnelError } from './tunnel-error';
import { assertNever } from './result';

/** Names one try at an SSH connection; grows by one for each within an account. Events of an old attempt are ignored. */
export type AttemptId = number;

/** How far an attempt has come. */
export type Phase =
  'reserving-port' | 'reaching-server' | 'verifying-host' | 'signing-in' | 'greeting';

/** The mail server's first line, read through the tunnel: the reason why a tunnel may be called proven. */
export interface GreetingProof {
  readonly forwardId: string;
  /** Word for word, without the line's end; control characters removed, cut at 512 characters. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is known about the mail server behind a connected tunnel. */
export type Proof =
  | { readonly kind: 'asking' }
  | { readonly kind: 'greeted'; readonly greeting: GreetingProof }
  | { readonly kind: 'failed'; readonly error: TunnelError };

/** What is true of one account's tunnel. The switch (`Account.wanted`) says what is wanted; the two are never the same thing. */
export type TunnelState =
  | { readonly kind: 'off' }
  /** On demand: the local port is bound, SSH is not dialled. */
  | { readonly kind: 'ready'; readonly since: number; readonly last: GreetingProof | null }
  | {
      readonly kind: 'connecting';
      readonly attempt: AttemptId;
      readonly phase: Phase;
      readonly tries: number;
    }
  | {
      readonly kind: 'waiting-for-user';
      readonly attempt: AttemptId;
      readonly phase: Phase;
      readonly prompt: string;
      readonly tries: number;
    }
  | {
      readonly kind: 'connected';
      readonly attempt: AttemptId;
      readonly since: number;
      readonly proof: Proof;
    }
  | {
      readonly kind: 'retrying';
      readonly tries: number;
      readonly retryAt: number;
      readonly cause: TunnelError;
    }
  /** No network: waits for one and does not try. */
  | { readonly kind: 'offline'; readonly tries: number }
  /** Only a person can go on. */
  | { readonly kind: 'needs-attention'; readonly error: TunnelError }
  | { readonly kind: 'disconnecting'; readonly attempt: AttemptId };

/** May the person ask for a try right now? The tray item, the button and the command's guard all ask this. */
export function canTryNow(state: TunnelState): boolean {
  switch (state.kind) {
    case 'ready':
    case 'retrying':
    case 'offline':
    case 'needs-attention':
      return true;
    case 'connected':
      // The line is up, and the mail server behind it can be asked once more.
      return state.proof.kind === 'failed';
    case 'off':
    case 'connecting':
    case 'waiting-for-user':
    case 'disconnecting':
      return false;
    default:
      return assertNever(state);
  }
}

/** Is the tunnel up and has the mail server greeted through it? Green means this and nothing less. */
export function isProven(state: TunnelState): boolean {
  return state.kind === 'connected' && state.proof.kind === 'greeted';
}

/** The shape of the tray icon and the badge, worst first when several accounts are summed up. */
export type Badge = 'problem' | 'needs-you' | 'working' | 'on' | 'ready' | 'off';

/** Errors that wait for an answer, not for a repair. */
function asksForPerson(error: TunnelError): boolean {
  return error.kind === 'answer-needed' || error.kind === 'cancelled-by-person';
}

/** How a state is shown. */
export function badgeOf(state: TunnelState): Badge {
  switch (state.kind) {
    case 'off':
    case 'disconnecting':
      return 'off';
    case 'ready':
      return 'ready';
    case 'connecting':
    case 'retrying':
    case 'offline':
      return 'working';
    case 'waiting-for-user':
      return 'needs-you';
    case 'connected':
      return state.proof.kind === 'greeted'
        ? 'on'
        : state.proof.kind === 'asking'
          ? 'working'
          : 'problem';
    case 'needs-attention':
      return asksForPerson(state.error) ? 'needs-you' : 'problem';
    default:
      return assertNever(state);
  }
}

/** May exactly this key be taken in place of the known one? Only the one the person was shown. */
export function canAcceptKey(state: TunnelState, fingerprint: string): boolean {
  return (
    state.kind === 'needs-attention' &&
    state.error.kind === 'host-key-changed' &&
    state.error.presentedFingerprint === fingerprint
  );
}

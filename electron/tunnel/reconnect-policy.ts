import { assertNever } from '../shared/result';
import type { TunnelError } from '../shared/tunnel-error';

/** No wait is longer than this, however often a try has failed. */
export const LONGEST_WAIT_MS = 60_000;
const FIRST_CEILING_MS = 2_000;

/**
 * How long to wait before try number `tries` + 1: full jitter, that is anything from 0 to a ceiling which doubles
 * from 2 s to 60 s, so that a thousand mailboxes whose server comes back do not all knock at once.
 * (Exponential Backoff And Jitter, AWS Architecture Blog, 2015.)
 *
 * @param tries failed tries so far, from 1
 * @param random from 0 (inclusive) to 1 (exclusive)
 * @returns milliseconds
 */
export function waitBeforeRetry(tries: number, random: number): number {
  const doublings = Math.min(Math.max(tries, 1) - 1, 10);
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_CEILING_MS * 2 ** doublings);
  return Math.floor(ceiling * random);
}

/**
 * Is it worth trying again without a person? Faults of the network and of the server's moment are; a refused
 * sign-in, a changed host key or a wrong setting is not: trying those again harms (bans, lockouts) and helps nobody.
 */
export function isWorthRetrying(error: TunnelError): boolean {
  switch (error.kind) {
    case 'host-not-found':
    case 'connection-refused':
    case 'unreachable':
    case 'timed-out':
    case 'connection-lost':
    case 'no-network':
    case 'engine-stopped':
    case 'unexpected':
      return true;
    case 'proxy-failed':
      // A proxy that only failed may work the next time; one that refuses will refuse again.
      return error.reason === 'other';
    case 'port-in-use':
    case 'port-forbidden':
    case 'address-unavailable':
    case 'not-ssh':
    case 'no-common-algorithm':
    case 'host-key-changed':
    case 'host-key-revoked':
    case 'known-hosts-unusable':
    case 'sign-in-refused':
    case 'no-way-to-sign-in':
    case 'key-unusable':
    case 'key-not-made':
    case 'key-not-installed':
    case 'agent-unavailable':
    case 'answer-needed':
    case 'cancelled-by-person':
    case 'forward-refused':
    case 'no-greeting':
    case 'wrong-greeting':
    case 'certificate-refused':
    case 'tls-failed':
      return false;
    default:
      return assertNever(error);
  }
}

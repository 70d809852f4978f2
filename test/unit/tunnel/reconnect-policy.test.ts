import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TunnelErrorKind } from '../../../electron/shared/tunnel-error';
import {
  LONGEST_WAIT_MS,
  isWorthRetrying,
  waitBeforeRetry,
} from '../../../electron/tunnel/reconnect-policy';
import { ERRORS } from './errors';

const almostOne = 1 - Number.EPSILON;

describe('the wait before the next try', () => {
  it('has a ceiling that doubles from 2 s to 60 s and stays there for ever', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 30, 1e9, Infinity].map((tries) =>
      Math.ceil(waitBeforeRetry(tries, almostOne) / 1000),
    );
    expect(ceilings).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
    expect(LONGEST_WAIT_MS).toBe(60_000);
  });

  it('is any share of the ceiling, zero included: full jitter', () => {
    const tries = fc.integer({ min: -5, max: 2_000 });
    const chance = fc.double({ min: 0, max: almostOne, noNaN: true });
    fc.assert(
      fc.property(tries, chance, (failed, random) => {
        const ceiling = Math.min(60_000, 2_000 * 2 ** (Math.max(failed, 1) - 1));
        const wait = waitBeforeRetry(failed, random);
        expect(Number.isInteger(wait)).toBe(true);
        expect(Math.abs(wait - ceiling * random)).toBeLessThanOrEqual(1);
        expect(wait).toBeLessThan(ceiling);
        expect(wait).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

/** Does trying again without a person help? Decided for every kind; does not compile when one is missing. */
const WORTH: Readonly<Record<TunnelErrorKind, boolean>> = {
  'host-not-found': true,
  'connection-refused': true,
  unreachable: true,
  'timed-out': true,
  'connection-lost': true,
  'no-network': true,
  'engine-stopped': true,
  unexpected: true,
  'port-in-use': false,
  'port-forbidden': false,
  'address-unavailable': false,
  'proxy-failed': false,
  'not-ssh': false,
  'no-common-algorithm': false,
  'host-key-changed': false,
  'host-key-revoked': false,
  'known-hosts-unusable': false,
  'sign-in-refused': false,
  'no-way-to-sign-in': false,
  'key-unusable': false,
  'key-not-made': false,
  'key-not-installed': false,
  'agent-unavailable': false,
  'answer-needed': false,
  'cancelled-by-person': false,
  'forward-refused': false,
  'no-greeting': false,
  'wrong-greeting': false,
  'certificate-refused': false,
  'tls-failed': false,
};

it('decides for every kind of error whether trying again without a person helps', () => {
  const decided = Object.values(ERRORS).map((error) => [error.kind, isWorthRetrying(error)]);
  expect(Object.fromEntries(decided)).toEqual(WORTH);
  expect(isWorthRetrying({ ...ERRORS['proxy-failed'], reason: 'other' })).toBe(true);
  expect(() => isWorthRetrying({ kind: 'new' } as never)).toThrow('Unexpected value');
});

import { KEPT_MS } from '../shared/prompt';
import type { Secret } from './secret';

/** Calls back after `ms`; the returned function takes it back. */
type After = (ms: number, callback: () => void) => () => void;

const systemAfter: After = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/**
 * Unlocked private keys and accepted passwords, in the tunnel host's memory and nowhere else. A secret enters only
 * after a server accepted it, and leaves when a server refuses it, when its time is over, when the ring is locked, or
 * with the process.
 */
export class KeyRing {
  readonly #secrets = new Map<string, Secret>();
  /** What takes back the forgetting of those that are kept for a while only. */
  readonly #ends = new Map<string, () => void>();
  readonly #after: After;
  #locks = 0;

  constructor(after: After = systemAfter) {
    this.#after = after;
  }

  get(name: string): Secret | undefined {
    return this.#secrets.get(name);
  }

  /** Keeps a secret for as long as whoever gave it wants: not at all, for a while counted from now, or for good. */
  keep(name: string, secret: Secret): void {
    this.drop(name);
    if (secret.keep === 'ask-every-time') return;
    this.#secrets.set(name, secret);
    if (secret.keep === '15-minutes')
      this.#ends.set(
        name,
        this.#after(KEPT_MS, () => this.drop(name)),
      );
  }

  drop(name: string): void {
    this.#ends.get(name)?.();
    this.#ends.delete(name);
    this.#secrets.delete(name);
  }

  /** Forgets everything. */
  lock(): void {
    for (const name of [...this.#secrets.keys()]) this.drop(name);
    this.#locks++;
  }

  /** How often it was locked: what was typed before a lock is not to be kept after it. */
  get locks(): number {
    return this.#locks;
  }

  get size(): number {
    return this.#secrets.size;
  }
}

/**
 * What secrets collect during one attempt: used by that attempt at once, moved to the ring when the server lets the
 * account in, thrown away otherwise.
 */
export class AttemptSecrets {
  readonly #ring: KeyRing;
  readonly #locks: number;
  readonly #fresh = new Map<string, Secret>();

  constructor(ring: KeyRing) {
    this.#ring = ring;
    this.#locks = ring.locks;
  }

  get(name: string): Secret | undefined {
    return this.#fresh.get(name) ?? this.#ring.get(name);
  }

  offer(name: string, secret: Secret): void {
    this.#fresh.set(name, secret);
  }

  /** The server (or the key file) refused this secret. */
  refuse(name: string): void {
    this.#fresh.delete(name);
    this.#ring.drop(name);
  }

  /** The server let the account in: what was used is worth keeping, unless the ring was locked meanwhile. */
  accept(): void {
    if (this.#ring.locks !== this.#locks) this.#fresh.clear();
    for (const [name, secret] of this.#fresh) this.#ring.keep(name, secret);
    this.#fresh.clear();
  }
}

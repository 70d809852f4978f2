import type { Secret } from './secret';

/**
 * Unlocked private keys and accepted passwords, in the tunnel host's memory and nowhere else. A secret enters only
 * after a server accepted it, and leaves when a server refuses it, when the ring is locked, or with the process.
 */
export class KeyRing {
  readonly #secrets = new Map<string, Secret>();
  #locks = 0;

  get(name: string): Secret | undefined {
    return this.#secrets.get(name);
  }

  keep(name: string, secret: Secret): void {
    this.#secrets.set(name, secret);
  }

  drop(name: string): void {
    this.#secrets.delete(name);
  }

  /** Forgets everything. */
  lock(): void {
    this.#secrets.clear();
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

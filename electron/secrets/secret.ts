import { inspect } from 'node:util';
import type { KeepUnlocked } from '../shared/prompt';

const REDACTED = '‹secret›';

/**
 * A passphrase, password, one-time code or private key. However it is printed, logged or turned into JSON, it shows
 * as `‹secret›`; only `reveal()` gives it out. JavaScript strings cannot be wiped, so a secret is kept as short as
 * it is needed and the process that holds it ends when the tunnels do.
 */
export class Secret {
  readonly #value: string;
  /** How long whoever gave it wants it kept after it has been accepted. */
  readonly keep: KeepUnlocked;

  constructor(value: string, keep: KeepUnlocked = 'until-quit') {
    this.#value = value;
    this.keep = keep;
  }

  /** The secret itself, for the one call that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

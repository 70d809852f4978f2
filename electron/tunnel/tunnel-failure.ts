import type { TunnelError } from '../shared/tunnel-error';
import { textOfThrown } from '../shared/thrown';

/** Carries a `TunnelError` through promises and streams. `error` is the value; the message names its kind for logs. */
export class TunnelFailure extends Error {
  readonly error: TunnelError;
  /**
   * Not the end of the attempt: the server hung up while a person was being asked, or on one key too many, and a new
   * connection can go on from there.
   */
  readonly redial: boolean;

  constructor(error: TunnelError, redial = false) {
    super('detail' in error && error.detail !== '' ? `${error.kind}: ${error.detail}` : error.kind);
    this.name = 'TunnelFailure';
    this.error = error;
    this.redial = redial;
  }
}

/** The `TunnelError` in whatever was thrown; a stranger becomes `unexpected`. */
export function toTunnelError(thrown: unknown): TunnelError {
  if (thrown instanceof TunnelFailure) return thrown.error;
  const detail = textOfThrown(thrown);
  return { kind: 'unexpected', detail };
}

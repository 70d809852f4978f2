import type { TunnelError } from '../shared/tunnel-error';

/** Carries a `TunnelError` through promises and streams. `error` is the value; the message names its kind for logs. */
export class TunnelFailure extends Error {
  readonly error: TunnelError;
  /** The connection ended while a person was still being asked: worth dialling again once the answer is there. */
  readonly duringPrompt: boolean;

  constructor(error: TunnelError, duringPrompt = false) {
    super('detail' in error && error.detail !== '' ? `${error.kind}: ${error.detail}` : error.kind);
    this.name = 'TunnelFailure';
    this.error = error;
    this.duringPrompt = duringPrompt;
  }
}

/** The `TunnelError` in whatever was thrown; a stranger becomes `unexpected`. */
export function toTunnelError(thrown: unknown): TunnelError {
  if (thrown instanceof TunnelFailure) return thrown.error;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: 'unexpected', detail };
}

import { useState } from 'react';
import { errorOf } from '../../electron/shared/state-words';
import type { TunnelError } from '../../electron/shared/tunnel-error';
import type { TunnelState } from '../../electron/shared/tunnel-state';

/** Is another try under way by itself, after one that failed? */
export function isTryingAgain(state: TunnelState): boolean {
  return state.kind === 'connecting' && state.tries > 0;
}

/**
 * The trouble of a mailbox, to be shown. It stays while another try is under way, so that its card does not go and come
 * with every try, closing under the hand of who reads it; null when there is none.
 */
export function useTrouble(state: TunnelState): TunnelError | null {
  const now = errorOf(state);
  const [last, setLast] = useState(now);
  const shown = now ?? (isTryingAgain(state) ? last : null);
  if (shown !== last) setLast(shown);
  return shown;
}

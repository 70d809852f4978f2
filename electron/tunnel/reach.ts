import type { Socket } from 'node:net';
import type { TunnelError } from '../shared/tunnel-error';
import type { ConnectionPlan } from './connection-plan';
import { dial } from './dial';
import { mapConnectionError } from './error-mapping';
import { TunnelFailure } from './tunnel-failure';

/**
 * Reaches the server: a connected socket, with nothing read from it yet.
 *
 * @throws TunnelFailure why it could not be reached within the plan's time
 */
export async function reachServer(plan: ConnectionPlan, signal: AbortSignal): Promise<Socket> {
  const { host, port, user, timeouts } = plan;
  const limit = AbortSignal.timeout(timeouts.reach);
  try {
    return await dial(host, port, AbortSignal.any([signal, limit]));
  } catch (thrown) {
    throw new TunnelFailure(reason(thrown));
  }

  function reason(thrown: unknown): TunnelError {
    const phase = 'reaching-server';
    if (signal.aborted) return { kind: 'connection-lost', host, detail: 'stopped' };
    if (limit.aborted) return { kind: 'timed-out', host, phase, detail: '' };
    const context = { host, port, user, phase, tried: [], offered: [], serverSays: '' } as const;
    return mapConnectionError(thrown, context);
  }
}

import type { Socket } from 'node:net';
import type { TunnelError } from '../shared/tunnel-error';
import { dial } from './dial';
import { mapConnectionError } from './error-mapping';
import { TunnelFailure } from './tunnel-failure';

/** A server or a proxy, as it is called in errors. */
export interface Place {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * Connects to a place.
 *
 * @throws TunnelFailure why it could not be reached within `ms`
 */
export function dialWithin(ms: number, place: Place, signal: AbortSignal): Promise<Socket> {
  return within(ms, place, signal, (both) => dial(place.host, place.port, both));
}

/**
 * Does something with a place that may take `ms` and ends when `signal` is given.
 *
 * @throws TunnelFailure an error of sockets, or of the time, in terms of that place; a TunnelFailure as it is
 */
export async function within<T>(
  ms: number,
  { host, port }: Place,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(ms);
  try {
    return await work(AbortSignal.any([signal, limit]));
  } catch (thrown) {
    throw thrown instanceof TunnelFailure ? thrown : new TunnelFailure(reason(thrown));
  }

  function reason(thrown: unknown): TunnelError {
    const phase = 'reaching-server';
    if (signal.aborted) return { kind: 'connection-lost', host, detail: 'stopped' };
    if (limit.aborted) return { kind: 'timed-out', host, phase, detail: '' };
    const nothingYet = { oldServer: false, tried: [], offered: [], serverSays: '' };
    return mapConnectionError(thrown, { host, port, user: '', phase, ...nothingYet });
  }
}

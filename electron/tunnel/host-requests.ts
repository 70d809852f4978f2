import { randomUUID } from 'node:crypto';
import { fail, type Result } from '../shared/result';
import type { TunnelError } from '../shared/tunnel-error';

/** Requests to the tunnel host that are answered once: by the host, or by its end. */
export class HostRequests<T> {
  readonly #open = new Map<string, (result: Result<T, TunnelError>) => void>();

  /** @param send posts the request under the number it is given; false when there is nobody to post it to */
  ask(send: (request: string) => boolean): Promise<Result<T, TunnelError>> {
    const request = randomUUID();
    return new Promise((resolve) => {
      this.#open.set(request, resolve);
      if (!send(request)) this.answered(request, stopped('it is not running'));
    });
  }

  answered(request: string, result: Result<T, TunnelError>): void {
    const resolve = this.#open.get(request);
    this.#open.delete(request);
    resolve?.(result);
  }

  /** The host has ended: nobody answers any more. */
  failAll(detail: string): void {
    for (const request of [...this.#open.keys()]) this.answered(request, stopped(detail));
  }
}

function stopped(detail: string): { ok: false; error: TunnelError } {
  return fail({ kind: 'engine-stopped', detail });
}

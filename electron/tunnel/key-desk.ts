import type { Account } from '../shared/account';
import type { VouchedServer } from '../shared/server-key';
import { fail, ok } from '../shared/result';
import { Secret } from '../secrets/secret';
import type { AttemptDependencies } from './attempt';
import type { HostEvent } from './host-protocol';
import { installKey } from './key-installer';
import { makeKey } from './key-maker';
import { fingerprint } from './known-hosts';
import { toTunnelError } from './tunnel-failure';

export interface KeyDeskOptions {
  readonly deps: AttemptDependencies;
  /** The compiled `key-worker.ts`. */
  readonly worker: URL;
  readonly post: (event: HostEvent) => void;
}

/** Makes and installs keys on request, each answered once, by its number, whatever becomes of it. */
export class KeyDesk {
  readonly #options: KeyDeskOptions;
  readonly #running = new Map<string, AbortController>();

  constructor(options: KeyDeskOptions) {
    this.#options = options;
  }

  async make(
    request: string,
    path: string,
    passphrase: string | null,
    comment: string,
  ): Promise<void> {
    const { worker, post } = this.#options;
    const secret = passphrase === null ? null : new Secret(passphrase);
    const making = makeKey(path, secret, { worker, comment });
    const result = await making.then(ok, (thrown: unknown) => fail(toTunnelError(thrown)));
    post({ type: 'key-made', request, result });
  }

  async install(request: string, account: Account, keyPath: string): Promise<void> {
    const { deps, post } = this.#options;
    const abort = new AbortController();
    this.#running.set(request, abort);
    const installing = installKey({ account, keyPath }, deps, abort.signal);
    const result = await installing.then(ok, (thrown: unknown) => fail(toTunnelError(thrown)));
    this.#running.delete(request);
    post({ type: 'key-installed', request, result });
  }

  /** Takes keys over that somebody vouches for; see `HostKeys.takeOver`. */
  async takeOver(request: string, servers: readonly VouchedServer[]): Promise<void> {
    const { deps, post } = this.#options;
    const decoded = servers.map(({ keys, ...server }) => ({
      ...server,
      keys: keys.map((key) => Buffer.from(key, 'base64')),
    }));
    const result = await deps.hostKeys.takeOver(decoded).then(
      (against) =>
        ok(
          against === null
            ? ({ kind: 'taken' } as const)
            : ({
                kind: 'conflict',
                host: against.host,
                port: against.port,
                fingerprint: fingerprint(against.key),
              } as const),
        ),
      (thrown: unknown) => fail(toTunnelError(thrown)),
    );
    post({ type: 'keys-taken', request, result });
  }

  /** Ends an installation, which is answered as a lost connection; one that is over already stays so. */
  cancel(request: string): void {
    this.#running.get(request)?.abort();
  }

  cancelAll(): void {
    for (const request of this.#running.keys()) this.cancel(request);
  }
}

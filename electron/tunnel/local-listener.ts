import { createServer, type Server, type Socket } from 'node:net';
import type { Forward } from '../shared/account';
import { mapListenError } from './error-mapping';
import { findFreePort } from './free-port';
import { addressesOf } from './loopback';
import { holderOf } from './proc-net';
import { TunnelFailure } from './tunnel-failure';

/** Node's default loses connections in a burst, as OpenSSH's 128 does. */
const BACKLOG = 4096;

/**
 * One forward's local port, bound on all of its addresses or on none. It outlives SSH connections: a mail program
 * that connects while there is none is held, not refused.
 */
export class LocalListener {
  readonly forward: Forward;
  readonly #onClient: (socket: Socket, forward: Forward) => void;
  #servers: Server[] = [];

  constructor(forward: Forward, onClient: (socket: Socket, forward: Forward) => void) {
    this.forward = forward;
    this.#onClient = onClient;
  }

  /** @throws TunnelFailure `port-in-use` (with who holds it, where the system tells, and the next free port), `port-forbidden` or `address-unavailable` */
  async bind(): Promise<void> {
    const { localAddress, localPort } = this.forward;
    const addresses = addressesOf(localAddress);
    const results = await Promise.allSettled(addresses.map((host) => this.#listen(host)));
    const failures = results.flatMap((r, i) =>
      r.status === 'rejected'
        ? [{ address: addresses[i] ?? localAddress, thrown: r.reason as unknown }]
        : [],
    );
    const failed = failures.find(
      ({ thrown, address }) => !isMissingIpv6(thrown, address, localAddress),
    );
    if (failed === undefined && this.#servers.length > 0) return;
    await this.close();
    const { address, thrown } = failed ??
      failures[0] ?? { address: localAddress, thrown: new Error('no address') };
    const error = mapListenError(thrown, address, localPort);
    if (error.kind !== 'port-in-use') throw new TunnelFailure(error);
    const [holder, nextFree] = await Promise.all([
      holderOf(address, localPort),
      findFreePort(localAddress, localPort + 1).catch(() => null),
    ]);
    throw new TunnelFailure({ ...error, holder, nextFree });
  }

  /** Stops listening; connections that are open stay. Resolves when the port is free again. */
  async close(): Promise<void> {
    const servers = this.#servers;
    this.#servers = [];
    await Promise.all(
      servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            // The callback waits for open connections too, but the port itself is released at once.
            server.close();
            resolve();
          }),
      ),
    );
  }

  #listen(host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      // Paused until the tunnel takes it; half-open so that an end of one direction leaves the other alone.
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
      server.on('connection', (socket: Socket) => this.#onClient(socket, this.forward));
      server.once('error', reject);
      const { localPort: port } = this.forward;
      server.listen({ host, port, backlog: BACKLOG, exclusive: true }, () => {
        server.off('error', reject);
        // Accepting can fail for a moment (no file descriptors left); the listener itself goes on.
        server.on('error', () => undefined);
        this.#servers.push(server);
        resolve();
      });
    });
  }
}

/** A computer without IPv6 has no `::1`, so nobody else can hold it either. */
function isMissingIpv6(thrown: unknown, address: string, localAddress: string): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return (
    localAddress === 'localhost' &&
    address === '::1' &&
    (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')
  );
}

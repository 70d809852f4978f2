import type { Account, AccountId } from '../shared/account';
import { firstHost } from './connection-plan';
import { isLoopback } from './loopback';
import type { EngineListener, StartedBy } from './ports';
import { Tunnel, type TunnelDependencies } from './tunnel';

export type ManagerDependencies = Omit<TunnelDependencies, 'onChange'> & {
  readonly onState: EngineListener['stateChanged'];
};

/** All tunnels by account, and one stream of what becomes of them. */
export class TunnelManager {
  readonly #deps: ManagerDependencies;
  readonly #tunnels = new Map<AccountId, Tunnel>();
  /** What each account's route connects to first. */
  readonly #hosts = new Map<AccountId, string>();
  #online = true;

  constructor(deps: ManagerDependencies) {
    this.#deps = deps;
  }

  /**
   * Adds an account, or takes over what has changed in it, its switch included.
   *
   * @param dial connect at once when it is switched on, even on demand
   */
  set(account: Account, by: StartedBy, dial: boolean): void {
    const host = firstHost(account);
    const moved = this.#hosts.get(account.id) !== host;
    this.#hosts.set(account.id, host);
    let tunnel = this.#tunnels.get(account.id);
    if (tunnel === undefined) {
      tunnel = new Tunnel(account, {
        ...this.#deps,
        onChange: (state, traffic, session) =>
          this.#deps.onState(account.id, state, traffic, session),
      });
      this.#tunnels.set(account.id, tunnel);
    }
    if (moved) tunnel.dispatch({ type: 'network', online: this.#reaches(host) });
    tunnel.update(account, by, dial);
  }

  /** Hangs up and forgets an account. Resolves when nothing of it is left. */
  async remove(id: AccountId): Promise<void> {
    const tunnel = this.#tunnels.get(id);
    this.#tunnels.delete(id);
    this.#hosts.delete(id);
    await tunnel?.close();
  }

  tryNow(id: AccountId): void {
    this.#tunnels.get(id)?.tryNow();
  }

  check(id: AccountId, by: StartedBy): void {
    this.#tunnels.get(id)?.check(by);
  }

  acceptChangedKey(id: AccountId, fingerprint: string): void {
    this.#tunnels.get(id)?.acceptChangedKey(fingerprint);
  }

  /** The computer's network came, went or changed. */
  networkChanged(online: boolean): void {
    this.#online = online;
    for (const [id, tunnel] of this.#tunnels) {
      const host = this.#hosts.get(id);
      if (host !== undefined && !isLoopback(host)) tunnel.dispatch({ type: 'network', online });
    }
  }

  power(what: 'suspended' | 'resumed'): void {
    for (const tunnel of this.#tunnels.values()) tunnel.dispatch({ type: what });
  }

  /** Hangs up everything. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#tunnels.keys()].map((id) => this.remove(id)));
  }

  /** A server on this very computer does not need the network, nor lose it. */
  #reaches(host: string): boolean {
    return this.#online || isLoopback(host);
  }
}

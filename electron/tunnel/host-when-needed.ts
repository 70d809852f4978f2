import type { Account, AccountId } from '../shared/account';
import type { PromptAnswer, PromptId } from '../shared/prompt';
import { fail, type Result } from '../shared/result';
import type { KeyInstalled, KeyMade, KeysTaken, VouchedServer } from '../shared/server-key';
import type { TunnelError } from '../shared/tunnel-error';
import type { Secret } from '../secrets/secret';
import type { StartedBy, TunnelHost } from './ports';

/**
 * A tunnel host that is started with the first thing it has to do: a program at rest in the tray, all of whose
 * mailboxes are off, does without its process. Once started it runs to the end.
 *
 * @param start starts the tunnel host proper; called once at most
 */
export function hostWhenNeeded(start: () => TunnelHost): TunnelHost {
  return new HostWhenNeeded(start);
}

class HostWhenNeeded implements TunnelHost {
  readonly #start: () => TunnelHost;
  #host: TunnelHost | null = null;
  /** Mailboxes that are off; the tunnel host hears of them when it starts. */
  readonly #resting = new Map<AccountId, Account>();
  #online = true;
  #over = false;

  constructor(start: () => TunnelHost) {
    this.#start = start;
  }

  setAccount(account: Account, by: StartedBy): void {
    if (this.#host === null && !account.wanted) {
      this.#resting.set(account.id, account);
      return;
    }
    this.#resting.delete(account.id);
    this.#needed()?.setAccount(account, by);
  }

  removeAccount(id: AccountId): void {
    this.#resting.delete(id);
    this.#host?.removeAccount(id);
  }

  tryNow(id: AccountId): void {
    this.#needed()?.tryNow(id);
  }

  check(id: AccountId, by: StartedBy): void {
    this.#needed()?.check(id, by);
  }

  acceptChangedKey(id: AccountId, fingerprint: string): void {
    this.#host?.acceptChangedKey(id, fingerprint);
  }

  answer(id: PromptId, answer: PromptAnswer): void {
    this.#host?.answer(id, answer);
  }

  networkChanged(online: boolean): void {
    this.#online = online;
    this.#host?.networkChanged(online);
  }

  power(what: 'suspended' | 'resumed'): void {
    this.#host?.power(what);
  }

  async makeKey(
    path: string,
    passphrase: Secret | null,
    comment: string,
  ): Promise<Result<KeyMade, TunnelError>> {
    return this.#needed()?.makeKey(path, passphrase, comment) ?? stopped();
  }

  async installKey(
    account: Account,
    keyPath: string,
    signal?: AbortSignal,
  ): Promise<Result<KeyInstalled, TunnelError>> {
    return this.#needed()?.installKey(account, keyPath, signal) ?? stopped();
  }

  async takeKeys(servers: readonly VouchedServer[]): Promise<Result<KeysTaken, TunnelError>> {
    return this.#needed()?.takeKeys(servers) ?? stopped();
  }

  lock(): void {
    this.#host?.lock();
  }

  async shutDown(): Promise<void> {
    this.#over = true;
    await this.#host?.shutDown();
  }

  /** The tunnel host, started if it was not; null when there is to be none any more. */
  #needed(): TunnelHost | null {
    if (this.#host !== null || this.#over) return this.#host;
    const host = this.#start();
    this.#host = host;
    if (!this.#online) host.networkChanged(false);
    for (const account of this.#resting.values()) host.setAccount(account, 'background');
    this.#resting.clear();
    return host;
  }
}

function stopped(): Result<never, TunnelError> {
  return fail({ kind: 'engine-stopped', detail: 'the program ends' });
}

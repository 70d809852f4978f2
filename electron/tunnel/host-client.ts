import type { Account, AccountId } from '../shared/account';
import { NO_TRAFFIC } from '../shared/app-snapshot';
import type { PromptAnswer, PromptId } from '../shared/prompt';
import { assertNever, type Result } from '../shared/result';
import type { KeyInstalled, KeyMade, KeysTaken, VouchedServer } from '../shared/server-key';
import type { TunnelError } from '../shared/tunnel-error';
import type { Secret } from '../secrets/secret';
import { eventSchema, type HostCommand, type HostEvent } from './host-protocol';
import { HostRequests } from './host-requests';
import type {
  Clock,
  EngineListener,
  EngineSettings,
  HostProcess,
  StartedBy,
  TunnelHost,
} from './ports';
import { waitBeforeRetry } from './reconnect-policy';

export interface HostClientOptions {
  readonly spawn: () => HostProcess;
  readonly settings: () => EngineSettings;
  readonly listener: EngineListener;
  readonly clock: Clock;
}

/** A tunnel host that is asked to stop is ended by force after this long, in milliseconds. */
const SHUT_DOWN_MS = 3_000;
/** A host that ran this long was well; its next crash is counted as a first one. */
const WELL_AFTER_MS = 60_000;

/**
 * Starts the tunnel host and keeps it running. A crash of it costs one restart: the accounts are sent again, as
 * after a start without a person, and the tray never notices more than that.
 */
export function startTunnelHost(options: HostClientOptions): TunnelHost {
  return new HostClient(options);
}

class HostClient implements TunnelHost {
  readonly #options: HostClientOptions;
  readonly #accounts = new Map<AccountId, Account>();
  readonly #prompts = new Set<PromptId>();
  /** Tunnels that were up or coming up; after a crash they are made again at once. */
  readonly #wasUp = new Set<AccountId>();
  readonly #making = new HostRequests<KeyMade>();
  readonly #installing = new HostRequests<KeyInstalled>();
  readonly #taking = new HostRequests<KeysTaken>();
  #process: HostProcess | null = null;
  #online = true;
  #crashes = 0;
  #startedAt = 0;
  #cancelRestart: (() => void) | null = null;
  /** What a person asked for while there was no host, to be done as theirs by the next. */
  readonly #asked = new Set<AccountId>();
  #stopping: (() => void) | null = null;
  #stopped: Promise<void> | null = null;

  constructor(options: HostClientOptions) {
    this.#options = options;
    this.#start();
  }

  setAccount(account: Account, by: StartedBy): void {
    this.#accounts.set(account.id, account);
    if (this.#process === null && by === 'person') this.#asked.add(account.id);
    this.#refreshSettings();
    this.#post({ type: 'set-account', account, by, dial: by === 'person' });
  }

  removeAccount(id: AccountId): void {
    this.#accounts.delete(id);
    this.#wasUp.delete(id);
    this.#asked.delete(id);
    this.#post({ type: 'remove-account', id });
  }

  tryNow(id: AccountId): void {
    if (this.#process === null) {
      this.#asked.add(id);
      this.#startNow();
      return;
    }
    this.#refreshSettings();
    this.#post({ type: 'try-now', id });
  }

  check(id: AccountId, by: StartedBy): void {
    if (this.#process === null) {
      if (by === 'person') this.#asked.add(id);
      else this.#wasUp.add(id);
      this.#startNow();
      return;
    }
    this.#refreshSettings();
    this.#post({ type: 'check', id, by });
  }

  acceptChangedKey(id: AccountId, fingerprint: string): void {
    this.#post({ type: 'accept-changed-key', id, fingerprint });
  }

  answer(id: PromptId, answer: PromptAnswer): void {
    this.#post({ type: 'answer', id, answer });
  }

  networkChanged(online: boolean): void {
    this.#online = online;
    this.#post({ type: 'network', online });
  }

  power(what: 'suspended' | 'resumed'): void {
    this.#post({ type: 'power', what });
  }

  makeKey(
    path: string,
    passphrase: Secret | null,
    comment: string,
  ): Promise<Result<KeyMade, TunnelError>> {
    const secret = passphrase?.reveal() ?? null;
    return this.#making.ask((request) =>
      this.#post({ type: 'make-key', request, path, passphrase: secret, comment }),
    );
  }

  async installKey(
    account: Account,
    keyPath: string,
    signal?: AbortSignal,
  ): Promise<Result<KeyInstalled, TunnelError>> {
    let cancel = (): void => undefined;
    this.#refreshSettings();
    const installed = this.#installing.ask((request) => {
      cancel = () => void this.#post({ type: 'cancel-request', request });
      return this.#post({ type: 'install-key', request, account, keyPath });
    });
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted === true) cancel();
    try {
      return await installed;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  takeKeys(servers: readonly VouchedServer[]): Promise<Result<KeysTaken, TunnelError>> {
    return this.#taking.ask((request) =>
      this.#post({ type: 'take-keys', request, servers: [...servers] }),
    );
  }

  lock(): void {
    this.#post({ type: 'lock' });
  }

  shutDown(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#cancelRestart?.();
    const running = this.#process;
    if (running === null) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(SHUT_DOWN_MS, () => running.kill());
      this.#stopping = () => {
        cancel();
        resolve();
      };
      this.#post({ type: 'shut-down' });
    });
  }

  /** The wait before a restart is cut short. */
  #startNow(): void {
    if (this.#stopped !== null) return;
    this.#cancelRestart?.();
    this.#start();
  }

  #start(): void {
    const process = this.#options.spawn();
    this.#process = process;
    this.#startedAt = this.#options.clock.now();
    process.onMessage((message) => {
      if (this.#process === process) this.#heard(message);
    });
    process.onExit((detail) => {
      if (this.#process === process) this.#ended(detail);
    });
    this.#refreshSettings();
    this.#post({ type: 'network', online: this.#online });
    for (const account of this.#accounts.values()) {
      const asked = this.#asked.has(account.id);
      const dial = asked || this.#wasUp.has(account.id);
      this.#post({ type: 'set-account', account, by: asked ? 'person' : 'background', dial });
    }
    this.#wasUp.clear();
    this.#asked.clear();
  }

  /** The agent's socket and the key files may have come or gone since the last look. */
  #refreshSettings(): void {
    this.#post({ type: 'settings', settings: this.#options.settings() });
  }

  /** @returns false when there is nobody to hear it */
  #post(command: HostCommand): boolean {
    this.#process?.post(command);
    return this.#process !== null;
  }

  #heard(message: unknown): void {
    const { listener } = this.#options;
    const parsed = eventSchema.safeParse(message);
    if (parsed.success) this.#tell(parsed.data);
    else
      listener.log(
        'error',
        `a message from the tunnel host was not understood: ${parsed.error.message}`,
      );
  }

  #tell(event: HostEvent): void {
    const { listener } = this.#options;
    switch (event.type) {
      case 'hello':
      case 'stopped':
        listener.log('debug', `tunnel host: ${event.type}`);
        return;
      case 'state':
        if (!this.#accounts.has(event.id)) return;
        if ('attempt' in event.state) this.#wasUp.add(event.id);
        else this.#wasUp.delete(event.id);
        listener.stateChanged(event.id, event.state, event.traffic, event.session);
        return;
      case 'prompt':
        this.#prompts.add(event.id);
        listener.promptOpened(event.id, event.accountId, event.request);
        return;
      case 'prompt-gone':
        this.#prompts.delete(event.id);
        listener.promptClosed(event.id);
        return;
      case 'key-made':
        this.#making.answered(event.request, event.result);
        return;
      case 'key-installed':
        this.#installing.answered(event.request, event.result);
        return;
      case 'keys-taken':
        this.#taking.answered(event.request, event.result);
        return;
      case 'log':
        listener.log(event.level, event.text);
        return;
      default:
        assertNever(event);
    }
  }

  #ended(detail: string): void {
    const { listener, clock } = this.#options;
    this.#process = null;
    for (const id of this.#prompts) listener.promptClosed(id);
    this.#prompts.clear();
    this.#making.failAll(detail);
    this.#installing.failAll(detail);
    this.#taking.failAll(detail);
    if (this.#stopping !== null) {
      this.#stopping();
      return;
    }
    listener.log('error', `the tunnel host ended unexpectedly: ${detail}`);
    this.#crashes = clock.now() - this.#startedAt > WELL_AFTER_MS ? 1 : this.#crashes + 1;
    const ms = this.#crashes === 1 ? 0 : waitBeforeRetry(this.#crashes, clock.random());
    for (const account of this.#accounts.values()) {
      const cause = { kind: 'engine-stopped', detail } as const;
      const retrying = {
        kind: 'retrying',
        tries: this.#crashes,
        retryAt: clock.now() + ms,
        cause,
      } as const;
      listener.stateChanged(
        account.id,
        account.wanted ? retrying : { kind: 'off' },
        NO_TRAFFIC,
        null,
      );
    }
    this.#cancelRestart = clock.after(ms, () => this.#start());
  }
}

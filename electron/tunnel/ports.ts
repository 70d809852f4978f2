import type { Account, AccountId } from '../shared/account';
import type { SessionFacts, Traffic } from '../shared/app-snapshot';
import type { PromptAnswer, PromptId, PromptRequest } from '../shared/prompt';
import type { Result } from '../shared/result';
import type { KeyInstalled, KeyMade, KeysTaken, VouchedServer } from '../shared/server-key';
import type { TunnelError } from '../shared/tunnel-error';
import type { TunnelState } from '../shared/tunnel-state';
import type { Secret } from '../secrets/secret';

/** Who caused something: a person may be asked questions, the application itself may not. */
export type StartedBy = 'person' | 'background';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Where the engine writes what it does. Never given a secret. */
export type Log = (level: LogLevel, text: string) => void;

/** An open question: its name, and the answer to come. */
export interface AskedPrompt {
  readonly id: PromptId;
  /** Rejects only when the question was taken back through its signal. */
  readonly answer: Promise<PromptAnswer>;
}

/** Asks a person. Aborting `signal` takes the question back. */
export interface Prompter {
  ask(accountId: AccountId, request: PromptRequest, signal: AbortSignal): AskedPrompt;
}

/** Time, as the engine sees it, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back after `ms`; the returned function takes it back. */
  after(ms: number, callback: () => void): () => void;
  /** From 0 (inclusive) to 1 (exclusive). */
  random(): number;
}

/** Files and sockets of this computer that the engine uses. */
export interface EngineSettings {
  /** Read, never written: the user's and the system's known_hosts. */
  readonly knownHostsFiles: readonly string[];
  /** Our own known_hosts; made when first needed, mode 0600. */
  readonly ownKnownHostsFile: string;
  /** Tried in this order by an automatic sign-in, those that exist. */
  readonly defaultKeyFiles: readonly string[];
  /** The agent's socket or pipe; null when there is none. Read afresh by whoever builds this. */
  readonly agentSocket: string | null;
  /** Something answers questions at any hour, so that attempts nobody started may ask too; not unless it says so. */
  readonly askAlways?: boolean;
  /** One more file of authorities (PEM) for mail servers' certificates; for tests, whose servers nobody else vouches for. */
  readonly extraCaFile?: string;
  /** Waits other than the shipped ones, for tests that could not sit through those. */
  readonly waits?: Partial<Waits>;
}

/** How long the engine waits, in milliseconds. */
export interface Waits {
  /** For a TCP connection to the server, for its key, and for the sign-in. */
  readonly reach: number;
  readonly verify: number;
  readonly signIn: number;
  /** Silence of the server before it is asked for a sign of life; it is given up when it owes three. */
  readonly keepalive: number;
  /** For any answer on a connection that may have died, after a sleep or a change of network. */
  readonly probe: number;
  /** How long a mail program is held while SSH comes up. */
  readonly hold: number;
  /** How long an on-demand tunnel stays up without carrying anything. */
  readonly idle: number;
  /** For the SSH server to open a channel to a mail server, or to refuse it. */
  readonly open: number;
  /** For a mail server to greet, and to agree on TLS. */
  readonly greet: number;
  /** For reading and writing the list of keys on a server, when a key is installed. */
  readonly files: number;
  /** How long until a mail server that did not greet is asked again. */
  readonly askAgain: number;
}

/** What the main process hears from the tunnel host. */
export interface EngineListener {
  stateChanged(
    id: AccountId,
    state: TunnelState,
    traffic: Traffic,
    session: SessionFacts | null,
  ): void;
  promptOpened(id: PromptId, accountId: AccountId, request: PromptRequest): void;
  promptClosed(id: PromptId): void;
  log(level: LogLevel, text: string): void;
}

/** What the main process may tell the tunnel host. */
export interface TunnelHost {
  /** Adds an account or takes over a change of it; `account.wanted` switches it. A running tunnel reconnects once if the change matters to it. */
  setAccount(account: Account, by: StartedBy): void;
  removeAccount(id: AccountId): void;
  tryNow(id: AccountId): void;
  /** Proves afresh that the tunnel works: dials where nothing is up, asks the mail server again where it is. */
  check(id: AccountId, by: StartedBy): void;
  acceptChangedKey(id: AccountId, fingerprint: string): void;
  answer(id: PromptId, answer: PromptAnswer): void;
  /** The computer has a network or not; a change of it cuts every waiting short. */
  networkChanged(online: boolean): void;
  power(what: 'suspended' | 'resumed'): void;
  /**
   * Makes an Ed25519 key at `path` (absolute; a file there is never written over) and its public half beside it. Takes
   * about a second. Fails with `key-not-made` or `engine-stopped`.
   *
   * @param passphrase null for a key without one; not empty
   * @param comment what stands behind the public half, for people
   */
  makeKey(
    path: string,
    passphrase: Secret | null,
    comment: string,
  ): Promise<Result<KeyMade, TunnelError>>;
  /**
   * Installs a key on the account's server, good for the account's forwards and nothing else, and proves it: signs in
   * as the account says (asking its person), writes the server's list of keys unless the key stands there already,
   * signs in again with the key alone and reads the first forward's greeting. The account need not be known to the
   * engine. Fails with `key-not-installed`, `key-unusable`, `engine-stopped`, or as an attempt does.
   *
   * @param keyPath of the private half; the public half is read from it, or from the `.pub` file beside it
   * @param signal ends it; it then fails with `connection-lost`
   */
  installKey(
    account: Account,
    keyPath: string,
    signal?: AbortSignal,
  ): Promise<Result<KeyInstalled, TunnelError>>;
  /** Makes the keys of servers known that somebody vouches for, unless a server is known by others. All of them, or none. */
  takeKeys(servers: readonly VouchedServer[]): Promise<Result<KeysTaken, TunnelError>>;
  /** Forgets every unlocked key and password. Running connections stay. */
  lock(): void;
  /** Hangs up everything and ends the process; resolves when it is gone, after 3 seconds at the latest. */
  shutDown(): Promise<void>;
}

/** The process the engine runs in, as the main process holds it: a utilityProcess, or a Node child when headless. */
export interface HostProcess {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (detail: string) => void): void;
  kill(): void;
}

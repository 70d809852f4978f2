import {
  DEFAULT_CONNECTION,
  type Account,
  type AccountDraft,
  type Forward,
} from '../shared/account';

/** Where the practice servers listen, and how to sign in to them. */
export interface PracticeServers {
  readonly sshPort: number;
  readonly pop3Port: number;
  readonly user: string;
  /** Absolute path of the private key. */
  readonly keyPath: string;
  /** Of the key; made for practising, protects nothing. */
  readonly passphrase: string;
  stop(): Promise<void>;
}

export interface PracticePorts {
  readonly ssh: number;
  readonly pop3: number;
}

/** Runs the practice servers while the practice mailbox is switched on, at most once at a time. */
export interface PracticeKeeper {
  /** Starts them, or gives those that run. `preferred` are the ports to take again when they are free. */
  start(preferred: PracticePorts | null): Promise<PracticeServers>;
  /** Resolves when none runs. */
  stop(): Promise<void>;
}

/**
 * Starting and stopping happen one after the other, in the order they were asked for. `startServers` calls `lost`
 * when they are gone for good though nobody stopped them; they are started anew the next time then.
 */
export function createPracticeKeeper(
  startServers: (preferred: PracticePorts | null, lost: () => void) => Promise<PracticeServers>,
): PracticeKeeper {
  let running: PracticeServers | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task, task);
    last = turn;
    return turn;
  };

  return {
    start: (preferred) =>
      inTurn(async () => (running ??= await startServers(preferred, () => (running = null)))),
    stop: () =>
      inTurn(async () => {
        const servers = running;
        running = null;
        await servers?.stop();
      }),
  };
}

const PRACTICE_HOST = '127.0.0.1';

/** A new practice mailbox for these servers; `forward` says where mail programs find it. */
export function practiceDraft(
  name: string,
  servers: PracticeServers,
  forward: Forward,
): AccountDraft {
  return {
    name,
    sshHost: PRACTICE_HOST,
    sshPort: servers.sshPort,
    sshUser: servers.user,
    signIn: { kind: 'key-file', path: servers.keyPath },
    forwards: [{ ...forward, mailHost: PRACTICE_HOST, mailPort: servers.pop3Port }],
    // Kept up, so that the beginner who looks at it again after a while still sees it green.
    mode: 'always-on',
    route: { kind: 'direct' },
    oldServer: false,
    connection: DEFAULT_CONNECTION,
    compression: false,
    sessionChannel: false,
    practice: true,
  };
}

/** The ports the practice mailbox was given last. */
export function portsOf(practice: Account): PracticePorts | null {
  const pop3 = practice.forwards[0]?.mailPort;
  return pop3 === undefined ? null : { ssh: practice.sshPort, pop3 };
}

/** The practice mailbox as it must be for servers that may listen elsewhere this time; the same object when nothing changed. */
export function fitted(practice: Account, servers: PracticeServers): Account {
  const [first, ...others] = practice.forwards;
  if (first === undefined) return practice;
  const { sshPort, sshUser, signIn, sshHost, forwards } = practiceDraft(
    practice.name,
    servers,
    first,
  );
  const wanted = { ...practice, sshHost, sshPort, sshUser, signIn };
  const next: Account = { ...wanted, forwards: [...forwards, ...others] };
  return JSON.stringify(next) === JSON.stringify(practice) ? practice : next;
}

import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEFAULT_CONNECTION, type Account, type Forward } from '../../electron/shared/account';
import { NO_TRAFFIC, type SessionFacts, type Traffic } from '../../electron/shared/app-snapshot';
import type { PromptAnswer, PromptId, PromptRequest } from '../../electron/shared/prompt';
import type { TunnelError } from '../../electron/shared/tunnel-error';
import type { TunnelState } from '../../electron/shared/tunnel-state';
import { findFreePort } from '../../electron/tunnel/free-port';
import { startTunnelHost } from '../../electron/tunnel/host-client';
import type {
  EngineListener,
  EngineSettings,
  HostProcess,
  TunnelHost,
} from '../../electron/tunnel/ports';
import { systemClock } from '../../electron/tunnel/system-clock';
import { deathBound } from '../world/child';
import { until } from '../world/wait';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder';

/** How a test answers the questions that come; `null` leaves one open. */
export type Answerer = (request: PromptRequest, accountId: string) => PromptAnswer | null;

/** The tunnel host as it ships, in a plain Node process, with everything it said so far. Accounts are named `a` unless a test has several. */
export interface TestEngine {
  readonly host: TunnelHost;
  readonly folder: WorldFolder;
  readonly prompts: readonly PromptRequest[];
  readonly open: ReadonlyMap<PromptId, PromptRequest>;
  readonly log: readonly string[];
  /** Every message of the tunnel host as JSON, word for word as it crossed the process boundary. */
  readonly heard: readonly string[];
  /** Of the tunnel host's processes, in the order of their starts. */
  readonly pids: readonly number[];
  state(id?: string): TunnelState;
  /** All states of an account so far, in order. */
  states(id?: string): readonly TunnelState[];
  traffic(id?: string): Traffic;
  session(id?: string): SessionFacts | null;
  answerWith(answerer: Answerer): void;
  /** Changes settings; the tunnel host hears of it with the next command. */
  change(settings: Partial<EngineSettings>): void;
  /** Waits until the account's state is as wanted; the error text tells the states and the log's end. */
  when(wanted: (state: TunnelState) => boolean, what: string, id?: string): Promise<TunnelState>;
  /** Waits until only a person can go on, and gives the reason. */
  trouble(id?: string): Promise<TunnelError>;
  /** Waits until a question is open that has not been answered, and gives it. */
  question(): Promise<[PromptId, PromptRequest]>;
  /** What keeps the tunnel host's event loop busy at this moment, such as `TCPServerWrap` and `Timeout`; needs `watched`. */
  resources(): Promise<readonly string[]>;
  /** Kills the tunnel host's process, as a crash would. */
  crash(): void;
  /** Rejects when the engine had an error that nobody caught. */
  stop(): Promise<void>;
}

/** Trusts every new host key and refuses everything else: what most tests are not about. */
export const trusting: Answerer = (request) =>
  request.kind === 'host-key' ? { kind: 'trust' } : { kind: 'cancel' };

/** Trusts new host keys and gives this secret wherever one is asked for. */
export const secretly =
  (secret: string): Answerer =>
  (request) =>
    request.kind === 'host-key'
      ? { kind: 'trust' }
      : request.kind === 'code'
        ? { kind: 'answers', answers: request.questions.map(() => secret) }
        : { kind: 'secret', secret };

/** What the engine logs of faults of its own: never, whatever servers, networks and mail programs do. */
const SURPRISE = /^error: (uncaught|unhandled|a message|\S+ came before)/;

export interface EngineOptions {
  readonly answers?: Answerer;
  readonly settings?: Partial<EngineSettings>;
  /** Lets the tunnel host tell what keeps it busy. */
  readonly watched?: boolean;
  /** Lets the tunnel host throw where nobody catches it, on a signal (SIGPWR), and forgives it for that. */
  readonly surprised?: boolean;
  /** Runs it by Electron, whose cryptography is another one, in place of Node. */
  readonly electron?: string;
}

/** Loaded into a tunnel host before it starts: on a signal it tells its active resources, as a line of its log. */
const WATCH = `process.on('SIGUSR2', () => {
  const text = 'resources ' + process.getActiveResourcesInfo().join(' ');
  process.send({ type: 'log', level: 'debug', text });
});`;

/** Loaded likewise: a fault of its own. */
const SURPRISED = `process.on('SIGPWR', () => {
  setImmediate(() => { throw new Error('a surprise'); });
  Promise.reject(new Error('another one'));
});`;

/**
 * Starts the compiled tunnel host; `npm run build` makes it. Its folder is the person's: `users_known_hosts` there is
 * only read, `known_hosts` is the engine's own.
 */
export async function startEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const script = resolve('out/main/tunnel-host.js');
  if (!existsSync(script))
    throw new Error('out/main/tunnel-host.js is missing: run `npm run build`');
  const folder = await makeWorldFolder('engine');
  let settings: EngineSettings = {
    knownHostsFiles: [folder.file('users_known_hosts')],
    ownKnownHostsFile: folder.file('known_hosts'),
    defaultKeyFiles: [],
    agentSocket: null,
    ...options.settings,
  };
  const pids: number[] = [];
  const record = new Recorder(options.answers ?? trusting, (id, answer) => host.answer(id, answer));
  const host = startTunnelHost({
    spawn: () => forkHost(script, pids, record.heard, options),
    settings: () => settings,
    clock: systemClock,
    listener: record,
  });
  return {
    host,
    folder,
    pids,
    prompts: record.prompts,
    open: record.open,
    log: record.lines,
    heard: record.heard,
    state: (id = 'a') => record.of(id).state,
    states: (id = 'a') => record.of(id).states,
    traffic: (id = 'a') => record.of(id).traffic,
    session: (id = 'a') => record.of(id).session,
    answerWith: (next) => (record.answerer = next),
    change: (changed) => (settings = { ...settings, ...changed }),
    when: (wanted, what, id = 'a') => record.when(wanted, what, id),
    trouble: async (id = 'a') => {
      const state = await record.when((s) => s.kind === 'needs-attention', 'trouble', id);
      if (state.kind !== 'needs-attention') throw new Error('the trouble went away');
      return state.error;
    },
    question: () =>
      until('a question is open', () => record.unanswered(), { detail: () => record.story('a') }),
    resources: async () => {
      const told = () => record.lines.filter((line) => line.startsWith('debug: resources '));
      const before = told().length;
      process.kill(pids.at(-1) ?? 0, 'SIGUSR2');
      const line = await until('its resources are told', () => told()[before]);
      return line.split(' ').slice(2);
    },
    crash: () => {
      const pid = pids.at(-1);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    },
    stop: async () => {
      await host.shutDown();
      await folder.remove();
      const surprises = record.lines.filter((line) => SURPRISE.test(line));
      if (surprises.length > 0 && options.surprised !== true)
        throw new Error(`the engine was surprised: ${surprises.join('\n')}`);
    },
  };
}

/** What is known of one account. */
interface Seen {
  state: TunnelState;
  readonly states: TunnelState[];
  traffic: Traffic;
  session: SessionFacts | null;
}

/** Keeps everything that the engine tells, and answers its questions. */
class Recorder implements EngineListener {
  answerer: Answerer;
  readonly prompts: PromptRequest[] = [];
  readonly open = new Map<PromptId, PromptRequest>();
  readonly lines: string[] = [];
  readonly heard: string[] = [];
  readonly #give: (id: PromptId, answer: PromptAnswer) => void;
  readonly #accounts = new Map<string, Seen>();
  readonly #answered = new Set<PromptId>();

  constructor(answerer: Answerer, give: (id: PromptId, answer: PromptAnswer) => void) {
    this.answerer = answerer;
    this.#give = give;
  }

  of(id: string): Seen {
    const known = this.#accounts.get(id);
    if (known !== undefined) return known;
    const fresh: Seen = { state: { kind: 'off' }, states: [], traffic: NO_TRAFFIC, session: null };
    this.#accounts.set(id, fresh);
    return fresh;
  }

  stateChanged(id: string, state: TunnelState, traffic: Traffic, session: SessionFacts | null) {
    const seen = this.of(id);
    Object.assign(seen, { state, traffic, session });
    if (JSON.stringify(seen.states.at(-1)) !== JSON.stringify(state)) seen.states.push(state);
  }

  promptOpened(id: PromptId, accountId: string, request: PromptRequest) {
    this.prompts.push(request);
    this.open.set(id, request);
    const answer = this.answerer(request, accountId);
    if (answer === null) return;
    this.#answered.add(id);
    this.#give(id, answer);
  }

  unanswered(): [PromptId, PromptRequest] | undefined {
    return [...this.open].find(([id]) => !this.#answered.has(id));
  }

  promptClosed(id: PromptId) {
    this.open.delete(id);
  }

  log(level: string, text: string) {
    this.lines.push(`${level}: ${text}`);
  }

  async when(
    wanted: (state: TunnelState) => boolean,
    what: string,
    id: string,
  ): Promise<TunnelState> {
    const seen = this.of(id);
    await until(what, () => wanted(seen.state), {
      timeoutMs: 20_000,
      detail: () => this.story(id),
    });
    return seen.state;
  }

  story(id: string): string {
    const states = this.of(id).states.map((state) => JSON.stringify(state));
    return [...states, ...this.lines.slice(-20)].join('\n');
  }
}

function forkHost(
  script: string,
  pids: number[],
  heard: string[],
  { watched = false, surprised = false, electron = process.execPath }: EngineOptions,
): HostProcess {
  const loaded = [...(watched ? [WATCH] : []), ...(surprised ? [SURPRISED] : [])].flatMap(
    (source) => ['--import', `data:text/javascript,${encodeURIComponent(source)}`],
  );
  const [command, args] = deathBound(electron, [...loaded, script]);
  const child = fork(args.at(-1) ?? script, [], {
    execPath: command,
    execArgv: args.slice(0, -1),
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  if (child.pid !== undefined) pids.push(child.pid);
  return {
    post: (message) => {
      if (child.connected) child.send(message as object);
    },
    onMessage: (listener) =>
      void child.on('message', (message) => {
        heard.push(JSON.stringify(message));
        listener(message);
      }),
    onExit: (listener) =>
      void child.on('exit', (code, signal) => listener(signal ?? `exit code ${String(code)}`)),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Local ports given out so far; they are bound only later, so looking for a free one is not enough. */
const givenOut = new Set<number>();

/** A forward on a port of `localhost` that is free and was given to nobody else. */
export async function forwardTo(
  mail: { host: string; port: number },
  protocol: Forward['protocol'] = 'pop3',
): Promise<Forward> {
  const from = 20_000 + Math.floor(Math.random() * 12_000);
  const localPort = await findFreePort('localhost', from, givenOut);
  givenOut.add(localPort);
  return {
    id: `${protocol}-${localPort}`,
    protocol,
    localAddress: 'localhost',
    localPort,
    mailHost: mail.host,
    mailPort: mail.port,
    tls: 'none',
  };
}

/** An account that is switched on, always on, signing in automatically. */
export function accountFor(
  ssh: { host: string; port: number; user: string },
  forwards: readonly Forward[],
  more: Partial<Account> = {},
): Account {
  return {
    id: 'a',
    name: 'Work',
    sshHost: ssh.host,
    sshPort: ssh.port,
    sshUser: ssh.user,
    signIn: { kind: 'automatic' },
    route: { kind: 'direct' },
    oldServer: false,
    connection: DEFAULT_CONNECTION,
    forwards,
    mode: 'always-on',
    compression: false,
    sessionChannel: false,
    wanted: true,
    practice: false,
    ...more,
  };
}

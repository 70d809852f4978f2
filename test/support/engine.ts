import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Account, Forward } from '../../electron/shared/account';
import type { SessionFacts, Traffic } from '../../electron/shared/app-snapshot';
import type { PromptAnswer, PromptId, PromptRequest } from '../../electron/shared/prompt';
import type { TunnelState } from '../../electron/shared/tunnel-state';
import { findFreePort } from '../../electron/tunnel/free-port';
import { startTunnelHost } from '../../electron/tunnel/host-client';
import type { EngineSettings, HostProcess, TunnelHost } from '../../electron/tunnel/ports';
import { systemClock } from '../../electron/tunnel/system-clock';
import { deathBound } from '../world/child';
import { until } from '../world/wait';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder';

/** How a test answers the questions that come; `null` leaves one open. */
export type Answerer = (request: PromptRequest) => PromptAnswer | null;

/** The tunnel host as it ships, in a plain Node process, with everything it said so far. */
export interface TestEngine {
  readonly host: TunnelHost;
  readonly folder: WorldFolder;
  readonly settings: EngineSettings;
  readonly prompts: readonly PromptRequest[];
  readonly open: ReadonlyMap<PromptId, PromptRequest>;
  readonly states: readonly TunnelState[];
  readonly log: readonly string[];
  readonly pids: readonly number[];
  state(id?: string): TunnelState;
  traffic(id?: string): Traffic;
  session(id?: string): SessionFacts | null;
  answerWith(answerer: Answerer): void;
  /** Waits until the account's state is as wanted; the error text tells the states and the log's end. */
  when(wanted: (state: TunnelState) => boolean, what: string): Promise<TunnelState>;
  /** Kills the tunnel host's process, as a crash would. */
  crash(): void;
  stop(): Promise<void>;
}

/** Trusts every new host key and refuses everything else: what most tests are not about. */
export const trusting: Answerer = (request) =>
  request.kind === 'host-key' ? { kind: 'trust' } : { kind: 'cancel' };

export interface EngineOptions {
  readonly answers?: Answerer;
  readonly settings?: Partial<EngineSettings>;
}

/** Starts the compiled tunnel host; `npm run build` makes it. */
export async function startEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const script = resolve('out/main/tunnel-host.js');
  if (!existsSync(script))
    throw new Error('out/main/tunnel-host.js is missing: run `npm run build`');
  const folder = await makeWorldFolder('engine');
  const settings: EngineSettings = {
    knownHostsFiles: [],
    ownKnownHostsFile: folder.file('known_hosts'),
    defaultKeyFiles: [],
    agentSocket: null,
    ...options.settings,
  };
  let answerer = options.answers ?? trusting;
  const prompts: PromptRequest[] = [];
  const open = new Map<PromptId, PromptRequest>();
  const states: TunnelState[] = [];
  const current = new Map<string, [TunnelState, Traffic, SessionFacts | null]>();
  const log: string[] = [];
  const pids: number[] = [];
  const host = startTunnelHost({
    spawn: () => forkHost(script, pids),
    settings: () => settings,
    clock: systemClock,
    listener: {
      stateChanged: (id, state, traffic, session) => {
        current.set(id, [state, traffic, session]);
        if (JSON.stringify(states.at(-1)) !== JSON.stringify(state)) states.push(state);
      },
      promptOpened: (id, _account, request) => {
        prompts.push(request);
        open.set(id, request);
        const answer = answerer(request);
        if (answer !== null) host.answer(id, answer);
      },
      promptClosed: (id) => open.delete(id),
      log: (level, text) => log.push(`${level}: ${text}`),
    },
  });
  const state = (id = 'a') => current.get(id)?.[0] ?? { kind: 'off' };
  return {
    host,
    folder,
    settings,
    prompts,
    open,
    states,
    log,
    pids,
    state,
    traffic: (id = 'a') => present(current.get(id))[1],
    session: (id = 'a') => current.get(id)?.[2] ?? null,
    answerWith: (next) => (answerer = next),
    when: async (wanted, what) => {
      const detail = () =>
        `${states.map((s) => JSON.stringify(s)).join('\n')}\n${log.slice(-20).join('\n')}`;
      await until(what, () => wanted(state()), { timeoutMs: 20_000, detail });
      return state();
    },
    crash: () => process.kill(present(pids.at(-1)), 'SIGKILL'),
    stop: async () => {
      await host.shutDown();
      await folder.remove();
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there yet');
  return value;
}

function forkHost(script: string, pids: number[]): HostProcess {
  const [command, args] = deathBound(process.execPath, [script]);
  const child = fork(args.at(-1) ?? script, [], {
    execPath: command,
    execArgv: args.slice(0, -1),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  if (child.pid !== undefined) pids.push(child.pid);
  return {
    post: (message) => {
      if (child.connected) child.send(message as object);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) =>
      void child.on('exit', (code, signal) => listener(signal ?? `exit code ${String(code)}`)),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** A forward on a free port of `localhost`. */
export async function forwardTo(
  mail: { host: string; port: number },
  protocol: Forward['protocol'] = 'pop3',
): Promise<Forward> {
  const localPort = await findFreePort('localhost', 20_000 + Math.floor(Math.random() * 20_000));
  return {
    id: `${protocol}-${localPort}`,
    protocol,
    localAddress: 'localhost',
    localPort,
    mailHost: mail.host,
    mailPort: mail.port,
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
    forwards,
    mode: 'always-on',
    compression: false,
    wanted: true,
    practice: false,
    ...more,
  };
}

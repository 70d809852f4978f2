import { fork, spawn, type ChildProcess } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_CONNECTION, type Account, type Forward } from '../../electron/shared/account';
import type { TunnelState } from '../../electron/shared/tunnel-state';
import { startTunnelHost } from '../../electron/tunnel/host-client';
import type { EngineSettings, HostProcess, TunnelHost } from '../../electron/tunnel/ports';
import { systemClock } from '../../electron/tunnel/system-clock';
import { lastLines } from '../world/child.ts';
import type { Sshd } from '../world/sshd.ts';
import { writeKey, type TestKey } from '../world/ssh-keys.ts';
import { until } from '../world/wait.ts';
import { freePort, makeWorldFolder, type WorldFolder } from '../world/world-folder.ts';
import { ended, type Place } from './place.ts';

/** Electron takes this long to start at the most, in milliseconds. */
const START_MS = 60_000;

/** What is to be carried, and how. */
export interface Task {
  readonly place: Place;
  readonly sshd: Sshd;
  readonly key: TestKey;
  /** Ports of mail servers, as the SSH server sees them on its own 127.0.0.1. */
  readonly mail: readonly number[];
  readonly compression?: boolean;
  /** May Mailmole open a session channel? */
  readonly sessionChannel?: boolean;
}

/** A tunnel that is up, ours or the peer's. */
export interface Carrier {
  /** Local ports, one for each of the task's mail servers. */
  readonly ports: readonly number[];
  readonly pid: number;
  stop(): Promise<void>;
}

/** OpenSSH's `ssh -N -L`, and what else its command line should say, up when this resolves. */
export async function startOpenSsh(task: Task, more: readonly string[] = []): Promise<Carrier> {
  const folder = await makeWorldFolder('bench-ssh');
  const ports = await Promise.all(task.mail.map(() => freePort()));
  const forwards = ports.flatMap((port, i) => [
    '-L',
    `127.0.0.1:${port}:127.0.0.1:${task.mail[i]}`,
  ]);
  const flags = ['-N', '-o', 'ExitOnForwardFailure=yes', ...forwards, ...more];
  const child = await openSsh(task, folder, flags);
  const pid = child.pid ?? 0;
  await until(
    'ssh listens',
    () => {
      if (child.exitCode !== null) throw new Error('ssh ended');
      return ports.every((port) => listens(pid, port));
    },
    { timeoutMs: 60_000 },
  );
  return { ports, pid, stop: () => ended(child).then(() => folder.remove()) };
}

/**
 * OpenSSH from nothing to the mail server's greeting (`ssh -W`).
 *
 * @returns when the greeting came, in milliseconds of the monotonic clock
 */
export async function openSshCold(task: Task): Promise<number> {
  const folder = await makeWorldFolder('bench-ssh');
  const child = await openSsh(task, folder, ['-W', `127.0.0.1:${task.mail[0]}`]);
  try {
    return await new Promise((resolve, reject) => {
      child.stdout.once('data', () => resolve(Number(process.hrtime.bigint()) / 1e6));
      child.once('exit', () => reject(new Error('ssh ended without a greeting')));
    });
  } finally {
    await ended(child);
    await folder.remove();
  }
}

async function openSsh(task: Task, folder: WorldFolder, flags: readonly string[]) {
  const { place, sshd, key, compression = false } = task;
  const known = await folder.write('known_hosts', knownHosts(task));
  const settings = [
    `UserKnownHostsFile=${known}`,
    'GlobalKnownHostsFile=none',
    'StrictHostKeyChecking=yes',
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    `IdentityFile=${await writeKey(folder, key, 'key')}`,
    `Compression=${compression ? 'yes' : 'no'}`,
    // The same signs of life that Mailmole asks for.
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
  ];
  const options = ['-F', 'none', ...settings.flatMap((setting) => ['-o', setting]), ...flags];
  const target = ['-p', String(sshd.port), `${sshd.user}@${place.serverAddress}`];
  const [command, args] = place.command('ssh', [...options, ...target]);
  return spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: folder.path },
  });
}

export function knownHosts({ sshd, place }: Task): string {
  return sshd.hostKeys
    .map(({ publicKey }) => `[${place.serverAddress}]:${sshd.port} ${publicKey}\n`)
    .join('');
}

/** Looks into the system's list, since a look by connecting would open a channel. */
function listens(pid: number, port: number): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return state === '0A' && local?.endsWith(`:${wanted}`) === true;
    });
}

/** Mailmole's tunnel host in Electron, with as many accounts as are asked for. */
export interface MailmoleHost {
  readonly pid: number;
  /** An account that is switched off; its first look is at `up`. */
  account(task: Task, mode: Account['mode']): Promise<MailmoleAccount>;
  stop(): Promise<void>;
}

export interface MailmoleAccount {
  readonly ports: readonly number[];
  /** Switches on; resolves when an always-on tunnel has greeted, another one has its ports. */
  up(): Promise<void>;
  /** Switches off; resolves when nothing of it is left. */
  down(): Promise<void>;
}

/** Starts the tunnel host as it ships, as a utilityProcess of the Electron that was found. */
export async function startMailmole(place: Place): Promise<MailmoleHost> {
  const folder = await makeWorldFolder('bench-mailmole');
  const known: string[] = [];
  const states = new Map<string, TunnelState>();
  const engine = forkElectron(place, folder);
  const pid = await engine.pid;
  const settings: EngineSettings = {
    knownHostsFiles: [folder.file('users_known_hosts')],
    ownKnownHostsFile: folder.file('known_hosts'),
    defaultKeyFiles: [],
    agentSocket: null,
  };
  const host = startTunnelHost({
    spawn: () => engine.process,
    settings: () => settings,
    clock: systemClock,
    listener: {
      stateChanged: (id, state) => void states.set(id, state),
      promptOpened: (_id, _account, request) => {
        throw new Error(`Mailmole asks a question: ${request.kind}`);
      },
      promptClosed: () => undefined,
      log: (level, text) => {
        if (level === 'error') process.stderr.write(`mailmole: ${text}\n`);
      },
    },
  });
  let count = 0;
  return {
    pid,
    account: async (task, mode) => {
      const id = `bench-${++count}`;
      known.push(knownHosts(task));
      await folder.write('users_known_hosts', known.join(''));
      const keyPath = await writeKey(folder, task.key, `${id}-key`);
      const account = await describeAccount(task, { id, mode, keyPath });
      return switchable(host, account, () => states.get(id));
    },
    stop: async () => {
      await host.shutDown();
      await ended(engine.child);
      await folder.remove();
    },
  };
}

export async function describeAccount(
  task: Task,
  { id, mode, keyPath }: { id: string; mode: Account['mode']; keyPath: string },
): Promise<Account> {
  const forwards = await Promise.all(
    task.mail.map(async (mailPort): Promise<Forward> => {
      const localPort = await freePort();
      const local = { localAddress: '127.0.0.1', localPort } as const;
      const id = `pop3-${localPort}`;
      return { id, protocol: 'pop3', ...local, mailHost: '127.0.0.1', mailPort, tls: 'none' };
    }),
  );
  return {
    id,
    name: id,
    sshHost: task.place.serverAddress,
    sshPort: task.sshd.port,
    sshUser: task.sshd.user,
    signIn: { kind: 'key-file', path: keyPath },
    route: { kind: 'direct' },
    oldServer: false,
    forwards,
    mode,
    compression: task.compression ?? false,
    sessionChannel: task.sessionChannel ?? false,
    wanted: false,
    practice: false,
    connection: DEFAULT_CONNECTION,
  };
}

function switchable(
  host: TunnelHost,
  account: Account,
  state: () => TunnelState | undefined,
): MailmoleAccount {
  const set = (wanted: boolean) => host.setAccount({ ...account, wanted }, 'background');
  const reached = (what: string, is: (state: TunnelState) => boolean) =>
    until(
      `Mailmole's account is ${what}`,
      () => {
        const now = state();
        if (now?.kind === 'needs-attention') throw new Error(JSON.stringify(now.error));
        return now !== undefined && is(now);
      },
      { timeoutMs: 120_000, detail: () => JSON.stringify(state()) },
    );
  return {
    ports: account.forwards.map(({ localPort }) => localPort),
    up: async () => {
      set(true);
      if (account.mode === 'always-on')
        await reached('up', (s) => s.kind === 'connected' && s.proof.kind === 'greeted');
      else await reached('ready', (s) => s.kind === 'ready');
    },
    down: async () => {
      set(false);
      await reached('off', (s) => s.kind === 'off');
    },
  };
}

interface Engine {
  readonly child: ChildProcess;
  readonly process: HostProcess;
  readonly pid: Promise<number>;
}

/** Electron with the smallest program there is around the tunnel host. */
function forkElectron(place: Place, folder: WorldFolder): Engine {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  const shell = path.join(process.cwd(), 'test', 'bench', 'shell');
  const script = path.join(process.cwd(), 'out', 'main', 'tunnel-host.js');
  const flags = ['--no-sandbox', '--disable-gpu', `--user-data-dir=${folder.file('electron')}`];
  const [execPath, execArgv] = place.command(path.join(dist, 'electron'), [...flags, shell]);
  // Chromium has much to say of a desktop without a system bus; it is of interest only when it ends.
  const logFile = folder.file('electron.log');
  const log = openSync(logFile, 'a', 0o600);
  const child = fork(script, [], {
    execPath,
    execArgv,
    stdio: ['ignore', log, log, 'ipc'],
  });
  type Note = { readonly bench?: string; readonly pid?: number };
  const note = (message: unknown) => (message as Note | null)?.bench;
  return {
    child,
    pid: new Promise((resolve, reject) => {
      child.on('message', (message: Note) => {
        if (message.bench === 'pid' && message.pid !== undefined) resolve(message.pid);
      });
      child.once('exit', (code) => {
        const words = lastLines(readFileSync(logFile, 'utf8'));
        reject(new Error(`Electron ended with ${code} before the tunnel host ran:\n${words}`));
      });
      const late = () => reject(new Error('The tunnel host did not start.'));
      setTimeout(late, START_MS).unref();
    }),
    process: {
      post: (message) => {
        if (child.connected) child.send(message as object);
      },
      onMessage: (listener) =>
        void child.on('message', (message) => {
          if (note(message) === undefined) listener(message);
        }),
      onExit: (listener) => {
        child.once('exit', () => listener('Electron ended'));
        child.on('message', (message) => {
          if (note(message) === 'exit') listener('the tunnel host ended');
        });
      },
      kill: () => void child.kill('SIGKILL'),
    },
  };
}

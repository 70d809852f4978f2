import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { build } from 'vite';
import {
  startPractice,
  type Practice,
  type PracticeOptions,
} from '../../electron/practice/practice-client';
import type { HostProcess } from '../../electron/tunnel/ports';
import { deathBound, needProgram } from '../world/child.ts';
import { until } from '../world/wait.ts';
import { freePort, makeWorldFolder, type WorldFolder } from '../world/world-folder.ts';

/** Below the project, so that the host finds its packages. */
const BUILT = path.resolve(`node_modules/.cache/practice-test-${process.pid}`);

/** Builds the practice host for plain Node; the returned function removes it. */
export async function buildPracticeHost(): Promise<() => Promise<void>> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20',
      outDir: BUILT,
      rolldownOptions: { input: { 'practice-host': path.resolve('electron/practice-host.ts') } },
    },
  });
  return () => rm(BUILT, { recursive: true, force: true });
}

/** How a program ended. */
export interface Run {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

/** A program that may still run. */
export interface Program {
  readonly done: Promise<Run>;
  /** What it has written to its standard error so far. */
  readonly err: () => string;
  readonly stop: () => Promise<void>;
}

/** How to call the real `ssh`; what is left out is as the practice server wants it. */
export interface SshSettings {
  readonly user?: string;
  readonly keyPath?: string;
  readonly passphrase?: string;
  readonly flags?: readonly string[];
  readonly command?: readonly string[];
}

export function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** A person with a practice mailbox, a folder for its keys, and the programs of OpenSSH and curl. */
export class PracticeWorld {
  readonly folder: WorldFolder;
  /** The processes of the practice host, in the order in which they were started. */
  readonly hosts: ChildProcess[] = [];
  readonly #cleanUps: (() => unknown)[] = [];

  private constructor(folder: WorldFolder) {
    this.folder = folder;
  }

  static async make(): Promise<PracticeWorld> {
    return new PracticeWorld(await makeWorldFolder('practice'));
  }

  /** Does something when this world ends, last thing first. */
  atEnd(cleanUp: () => unknown): void {
    this.#cleanUps.push(cleanUp);
  }

  async end(): Promise<void> {
    for (const cleanUp of this.#cleanUps.reverse()) await cleanUp();
    await until('every host is gone', () => this.hosts.every(isOver));
    await this.folder.remove();
  }

  /** The practice host as a plain Node child; the application runs it in a utilityProcess. */
  readonly spawnHost = (): HostProcess => {
    const child = fork(path.join(BUILT, 'practice-host.js'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.hosts.push(child);
    return {
      post: (message) => void child.send(message as object, () => undefined),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) =>
        void child.once('exit', (code, signal) => listener(signal ?? `code ${code}`)),
      kill: () => void child.kill('SIGKILL'),
    };
  };

  async practise(options: Partial<PracticeOptions> = {}): Promise<Practice> {
    const practice = await startPractice({
      spawn: this.spawnHost,
      folder: this.folder.file('keys'),
      preferredPorts: null,
      ...options,
    });
    this.atEnd(() => practice.stop());
    return practice;
  }

  start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
    const [program, bound] = deathBound(command, args);
    const child = spawn(program, bound, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: this.folder.path, ...env },
    });
    const out: Buffer[] = [];
    let err = '';
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const done = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      out: Buffer.concat(out),
      err,
    }));
    const stop = async (): Promise<void> => {
      child.kill();
      await done;
    };
    this.atEnd(stop);
    return { done, err: () => err, stop };
  }

  /** What makes OpenSSH's programs take a passphrase from a script in place of a terminal. */
  async askpass(passphrase: string): Promise<NodeJS.ProcessEnv> {
    const script = `#!/bin/sh\necho '${passphrase}'\n`;
    return {
      SSH_ASKPASS: await this.folder.write('askpass', script, 0o700),
      SSH_ASKPASS_REQUIRE: 'force',
    };
  }

  async ssh(practice: Practice, settings: SshSettings): Promise<Program> {
    const { user, keyPath, passphrase, flags = [], command = [] } = { ...practice, ...settings };
    const options = [
      // The first connection learns the server's key, every later one must find the same.
      'StrictHostKeyChecking=accept-new',
      `UserKnownHostsFile=${this.folder.file('known_hosts')}`,
      'GlobalKnownHostsFile=none',
      `IdentityFile=${keyPath}`,
      'IdentitiesOnly=yes',
      'NumberOfPasswordPrompts=1',
    ].flatMap((option) => ['-o', option]);
    const port = String(practice.sshPort);
    return this.start(
      needProgram('ssh', 'openssh-client'),
      ['-F', 'none', ...options, '-p', port, ...flags, `${user}@127.0.0.1`, ...command],
      await this.askpass(passphrase),
    );
  }

  /** `ssh -N -L`, as in the HOWTO; gives the local port once it listens. */
  async forward(practice: Practice): Promise<number> {
    const port = await freePort();
    const target = `127.0.0.1:${port}:localhost:${practice.pop3Port}`;
    const flags = ['-v', '-N', '-o', 'ExitOnForwardFailure=yes', '-L', target];
    const client = await this.ssh(practice, { flags });
    const ended = client.done.then(({ err }) => {
      throw new Error(`ssh ended\n${err}`);
    });
    const forwards = until(
      'ssh forwards',
      () => client.err().includes('Entering interactive session.'),
      { detail: client.err },
    );
    ended.catch(() => undefined);
    await Promise.race([forwards, ended]);
    return port;
  }

  curl(port: number, what: string): Promise<Run> {
    const url = `pop3://mole:anything@127.0.0.1:${port}/${what}`;
    return this.start(needProgram('curl', 'curl'), ['--silent', '--show-error', url]).done;
  }

  /** A connection that may be half closed. */
  dial(port: number): Socket {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.on('error', () => undefined);
    this.atEnd(() => socket.destroy());
    return socket;
  }

  greets(port: number): Promise<boolean> {
    const socket = this.dial(port);
    return new Promise((resolve) => {
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
  }
}

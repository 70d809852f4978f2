import { fork, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openPlainAccountStore } from '../../electron/accounts/account-store-plain';
import { openControl, type ControlServer } from '../../electron/control/control-server';
import {
  profilePaths,
  surroundings,
  type ProfilePaths,
} from '../../electron/control/profile-paths';
import { startCore, type Core } from '../../electron/core/core';
import type { Fork } from '../../electron/core/hosts';
import type { PromptAnswer, PromptRequest } from '../../electron/shared/prompt';
import { systemClock } from '../../electron/tunnel/system-clock';
import { englishWords } from '../unit/support/words';
import { deathBound } from '../world/child';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder';

const CLI = resolve('out/cli/cli.cjs');

/** How a command ended, and what it said. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program without windows that serves a profile as the application does, and the real command to talk to it. */
export interface Controlled {
  readonly core: Core;
  readonly folder: WorldFolder;
  readonly home: string;
  readonly paths: ProfilePaths;
  readonly log: readonly string[];
  /** Runs the built command for this profile, as a script would. */
  mailmole(...args: string[]): Promise<Ran>;
  mailmoleWith(options: RunOptions, ...args: string[]): Promise<Ran>;
  /** Starts it and leaves it running. */
  start(...args: string[]): ChildProcess;
  /** Answers the questions that come from now on. */
  answerWith(answer: (request: PromptRequest) => PromptAnswer): void;
  /** Ends the server as a crash would: its socket stays. */
  stop(): Promise<void>;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the built command to its end, in Node as it is in the tests. */
export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = startCommand(args, options.env);
  const said = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  child.stdin?.on('error', () => undefined).end(options.input ?? '');
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, ...said };
}

function startCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  if (!existsSync(CLI)) throw new Error('out/cli/cli.cjs is missing: run `npm run build`');
  const [command, all] = deathBound(process.execPath, [CLI, ...args]);
  // No display, so that a command which finds no program cannot start the application by mistake.
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...inherited } = process.env;
  return spawn(command, all, { env: { ...inherited, LC_ALL: 'C.UTF-8', ...env }, stdio: 'pipe' });
}

const forkBound: Fork = (script) => {
  const [command, args] = deathBound(process.execPath, [script]);
  const child = fork(args.at(-1) ?? script, [], {
    execPath: command,
    execArgv: args.slice(0, -1),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    post: (message) => {
      if (child.connected) child.send(message as object);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', (code) => listener(`exit code ${String(code)}`)),
    kill: () => void child.kill('SIGKILL'),
  };
};

/** Serves a fresh profile, with a home folder in which keys and known servers may be put. */
export async function startControlled(): Promise<Controlled> {
  const folder = await makeWorldFolder('control');
  const home = folder.file('home');
  await mkdir(folder.file('home', '.ssh'), { recursive: true, mode: 0o700 });
  await mkdir(folder.file('run'), { mode: 0o700 });
  const profile = folder.file('profile');
  await mkdir(profile, { mode: 0o700 });
  const env = { XDG_RUNTIME_DIR: folder.file('run') };
  const paths = profilePaths(profile, { ...surroundings(), env });
  const log: string[] = [];
  const t = await englishWords();
  const parts = {
    ...{ version: '1.2.3', clock: systemClock, t, userData: profile, home },
    log: (level: string, text: string) => void log.push(`${level}: ${text}`),
  };
  const core = startCore({
    ...parts,
    fork: forkBound,
    scripts: {
      tunnels: resolve('out/main/tunnel-host.js'),
      practice: resolve('out/main/practice-host.js'),
    },
    openStore: openPlainAccountStore,
  });
  const control: ControlServer = await openControl({ ...parts, paths });
  control.serve({ ...parts, ...core, questions: null });
  await core.commands.resume();
  const withProfile = (args: readonly string[]) => ['--profile', profile, ...args];
  return {
    ...{ core, folder, home, paths, log },
    mailmole: (...args) => runCommand(withProfile(args)),
    mailmoleWith: (options, ...args) => runCommand(withProfile(args), options),
    start: (...args) => startCommand(withProfile(args)),
    answerWith: (answer) => {
      core.state.subscribe(({ prompts }) => {
        for (const { id, request } of prompts) core.commands.answerPrompt(id, answer(request));
      });
    },
    stop: async () => {
      await control.close();
      await core.shutDown();
      await folder.remove();
    },
  };
}

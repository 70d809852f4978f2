import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { endFamily, familyOf, signal } from './processes.ts';
import { until } from './wait.ts';
import type { WorldFolder } from './world-folder.ts';

/** How to start a server process. Its standard output and error are appended to `logFile`. */
export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: WorldFolder;
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Only root may choose: the account the process runs under. */
  readonly runAs?: { readonly uid: number; readonly gid: number };
}

export interface Child {
  readonly pid: number;
  /** Why it ended, as a sentence; null while it runs. */
  ending(): string | null;
  /** TERM, then KILL after two seconds; resolves when it and all its descendants are gone. */
  end(): Promise<void>;
  /** KILL to it and all its descendants, as a crash of the machine would. */
  kill(): Promise<void>;
}

/** The absolute path of a program, looked up in PATH and in the folders for daemons; null without. */
export function findProgram(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(':');
  for (const folder of [...folders, '/usr/sbin', '/sbin', '/usr/bin', '/bin']) {
    if (!path.isAbsolute(folder)) continue;
    const candidate = path.join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  return null;
}

/** As `findProgram`, but a missing program is an error that names the Debian package. */
export function needProgram(name: string, debianPackage: string): string {
  const found = findProgram(name);
  if (found === null) throw new Error(`${name} is missing; Debian has it in ${debianPackage}`);
  return found;
}

/** The command line that lets a program be killed by the kernel as soon as the test process dies. */
export function deathBound(command: string, args: readonly string[]): [string, string[]] {
  const setpriv = findProgram('setpriv');
  return setpriv === null
    ? [command, [...args]]
    : [setpriv, ['--pdeathsig', 'KILL', '--', command, ...args]];
}

/** The last lines of a log, for error texts. */
export function lastLines(log: string, lines = 30): string {
  return log.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Starts a server process in a session of its own. It has not become ready when this returns. */
export function startChild(options: ChildOptions): Child {
  const { folder, logFile, runAs } = options;
  const [command, args] = deathBound(options.command, options.args);
  const log = openSync(logFile, 'a', 0o600);
  const started = spawn(command, args, {
    cwd: folder.path,
    detached: true,
    stdio: ['ignore', log, log],
    env: options.env ?? { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    ...(runAs ?? {}),
  });
  closeSync(log);
  let ending: string | null = null;
  started.once('error', (error) => (ending ??= `${options.name}: ${error.message}`));
  started.once('exit', (code, sig) => {
    ending ??= `${options.name} ended by ${sig ?? `code ${code}`}`;
  });
  const { pid } = started;
  const family = () => (pid === undefined ? [] : familyOf(pid, folder.path));
  return {
    pid: pid ?? 0,
    ending: () => ending,
    end: () => endFamily(family, 2_000),
    kill: async () => {
      // A stopped listener cannot fork, so nobody is born between the look-up and the KILL.
      for (const one of family()) if (one.pid === pid) signal(one, 'SIGSTOP');
      await endFamily(family, 0);
    },
  };
}

/**
 * Waits until somebody listens on a port and, with `greeting`, says a line that matches it.
 * @throws Error with the end of the log when the child ends or ten seconds pass before.
 */
export async function whenListening(
  port: number,
  { child, log, greeting }: { child: Child; log: () => string; greeting?: RegExp },
): Promise<void> {
  const detail = () => lastLines(log());
  await until(
    `port ${port} answers`,
    () => {
      const ending = child.ending();
      if (ending !== null) throw new Error(`${ending}\n${detail()}`);
      return greets(port, greeting);
    },
    { detail },
  );
}

/** Tries one connection; true when it is accepted and the first bytes match. */
function greets(port: number, greeting: RegExp | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 5_000 });
    const finish = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    if (greeting === undefined) socket.once('connect', () => finish(true));
    else socket.once('data', (bytes) => finish(greeting.test(bytes.toString('latin1'))));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
    socket.once('close', () => finish(false));
  });
}

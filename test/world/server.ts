import { readFileSync } from 'node:fs';
import { lastLines, startChild } from './child.ts';
import type { Child, ChildOptions } from './child.ts';
import { until } from './wait.ts';
import type { WorldFolder } from './world-folder.ts';

/** What every server of the world can do. Each promise resolves when it is done, not when begun. */
export interface ServerHandle {
  /** Where the server keeps its files; gone after `stop`. */
  readonly folder: WorldFolder;
  /** Everything the server has written since it was made, lines ended by a bare line feed. */
  log(): string;
  /** Waits until the log matches; returns the match. `from` skips that many characters. */
  waitForLog(
    pattern: RegExp,
    options?: { timeoutMs?: number; from?: number },
  ): Promise<RegExpExecArray>;
  isUp(): boolean;
  /** Ends the server and all its sessions in good order; files and ports are kept. */
  halt(): Promise<void>;
  /** Kills the server and all its sessions, as a crash would; files and ports are kept. */
  kill(): Promise<void>;
  /** Starts it again on the same ports with the same keys after `halt` or `kill`. */
  start(): Promise<void>;
  /** `halt`, then `start`. */
  restart(): Promise<void>;
  /** Ends it for good and removes its files. May be called twice. */
  stop(): Promise<void>;
}

export interface ServerPlan extends Omit<ChildOptions, 'logFile'> {
  /** Waits until the server is ready; throws when its child ends before. */
  ready(child: Child, log: () => string): Promise<void>;
  /** Runs once, after the processes are gone and before the folder is removed. */
  cleanUp?(): Promise<void>;
}

/** The text by which servers say that somebody else took the port meanwhile. */
const PORT_TAKEN = /address already in use/i;

/**
 * Makes the life cycle of a server round its plan. It is not started yet.
 * @param plan what to run, and how to know that it is ready.
 */
export function makeServer(plan: ServerPlan): ServerHandle {
  const { folder } = plan;
  const logFile = folder.file(`${plan.name}.log`);
  let child: Child | null = null;
  let stopping: Promise<void> | null = null;
  const log = () => {
    try {
      return readFileSync(logFile, 'utf8').replaceAll('\r\n', '\n');
    } catch {
      return '';
    }
  };
  const start = async () => {
    if (stopping !== null) throw new Error(`${plan.name} was stopped for good`);
    if (child !== null) throw new Error(`${plan.name} is running`);
    const seen = log().length;
    child = startChild({ ...plan, logFile });
    try {
      await plan.ready(child, () => log().slice(seen));
    } catch (error) {
      await child.kill();
      child = null;
      throw error;
    }
  };
  const end = async (how: 'end' | 'kill') => {
    await child?.[how]();
    child = null;
  };
  return {
    folder,
    log,
    waitForLog: (pattern, { timeoutMs = 10_000, from = 0 } = {}) =>
      until(
        `the log of ${plan.name} matches ${pattern.source}`,
        () => pattern.exec(log().slice(from)),
        {
          timeoutMs,
          detail: () => lastLines(log()),
        },
      ),
    isUp: () => child !== null && child.ending() === null,
    halt: () => end('end'),
    kill: () => end('kill'),
    start,
    restart: async () => {
      await end('end');
      await start();
    },
    stop: () =>
      (stopping ??= (async () => {
        await end('end');
        await plan.cleanUp?.();
        await folder.remove();
      })()),
  };
}

/**
 * Runs `attempt` again with fresh ports as long as it fails because somebody took one meanwhile.
 * @throws Error of the last of five tries, or of the first that failed for another reason.
 */
export async function withFreePorts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 5 || !PORT_TAKEN.test(String(error))) throw error;
    }
  }
}

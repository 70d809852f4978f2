import { execFile, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findProgram } from '../world/child.ts';
import { makeWorldFolder } from '../world/world-folder.ts';

const HERE = path.join(process.cwd(), 'test', 'bench');
/** The two ends of a line (RFC 5737's addresses for documentation). */
const CLIENT = '192.0.2.1';
export const SERVER = '192.0.2.2';

const TUN = '/dev/net/tun';

/** What a line is like. */
export interface LineSpec {
  /** There and back, in milliseconds. */
  readonly roundTripMs: number;
  /** Bits a second each way, 0 for no limit. */
  readonly rate: number;
  /** Bytes that may wait each way; what comes beside them is dropped. Of no meaning without a rate. */
  readonly queue: number;
  /** How many bytes TCP may keep at each end, so that it does not limit what it carries; default what the system has. */
  readonly tcpBuffer?: number;
}

/** What a line carried since it was last asked. */
export interface Carried {
  /** Bytes of IP packets. */
  readonly up: number;
  readonly down: number;
  readonly dropped: number;
  /** When the first packet went up, in nanoseconds of the monotonic clock; 0 when none did. */
  readonly firstNs: number;
}

/** Where the programs under test run: here, or at the client's end of a line. */
export interface Place {
  /** The address at which the SSH server is reached. */
  readonly serverAddress: string;
  /** The command line that starts a program in this place. */
  readonly command: (program: string, args: readonly string[]) => [string, string[]];
  readonly carried: () => Promise<Carried>;
  readonly leave: () => Promise<void>;
}

/** This computer itself. */
export const HERE_ITSELF: Place = {
  serverAddress: '127.0.0.1',
  command: (program, args) => [program, [...args]],
  carried: () => Promise.resolve({ up: 0, down: 0, dropped: 0, firstNs: 0 }),
  leave: () => Promise.resolve(),
};

/**
 * Lays a slow line between this network namespace and a new one.
 *
 * @throws Error where that is not allowed, or the line's program cannot be made
 */
export async function layLine(line: LineSpec): Promise<Place> {
  const { roundTripMs, rate, queue, tcpBuffer } = line;
  checkLines();
  const folder = await makeWorldFolder('line');
  const program = folder.file('line');
  await promisify(execFile)('cc', ['-O2', '-o', program, path.join(HERE, 'line.c')]);
  const sizes = [roundTripMs / 2, rate, queue].map(String);
  const child = spawn(program, [CLIENT, SERVER, ...sizes], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.value !== 'READY') throw new Error('The slow line did not come up.');
  const thither = ['nsenter', `--net=/proc/${child.pid}/ns/net`, '--'];
  if (tcpBuffer !== undefined) for (const end of [[], thither]) await letGrow(end, tcpBuffer);
  return {
    serverAddress: SERVER,
    command: (name, args) => ['nsenter', [...thither.slice(1), name, ...args]],
    carried: async () => {
      child.stdin.write('\n');
      const answer = await lines.next();
      return JSON.parse(String(answer.value)) as Carried;
    },
    leave: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      await folder.remove();
    },
  };
}

/** @throws Error that says what to do where no slow line can be laid */
function checkLines(): void {
  const why = process.env['MAILMOLE_BENCH_NO_LINES'];
  if (why !== undefined) throw new Error(why);
  try {
    accessSync(TUN, constants.R_OK | constants.W_OK);
  } catch {
    throw new Error(
      `Slow lines need ${TUN}, which you may not use: run the bench as root, or allow it (sudo chmod 666 ${TUN}).`,
    );
  }
}

/** Sets how large TCP's buffers may grow in a network; both ends are networks of the bench's own. */
async function letGrow(end: readonly string[], bytes: number): Promise<void> {
  const sizes = `4096 131072 ${bytes}`;
  const settings = [`net.ipv4.tcp_rmem=${sizes}`, `net.ipv4.tcp_wmem=${sizes}`];
  // It lies in a folder for administrators, though anybody may set what is their own network's.
  const sysctl = findProgram('sysctl') ?? 'sysctl';
  const [command = '', ...args] = [...end, sysctl, '--quiet', '--write', ...settings];
  await promisify(execFile)(command, args);
}

/** The mail programs, wherever they live. */
export interface Load {
  ask<T>(task: string, options?: object): Promise<T>;
  stop(): Promise<void>;
}

export function startLoad(place: Place): Load {
  const [execPath, execArgv] = place.command(process.execPath, []);
  const child = fork(path.join(HERE, 'load.mjs'), [], { execPath, execArgv });
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  let last = 0;
  return {
    ask: (task, options = {}) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(result as never);
          else reject(new Error(`${task}: ${error}`));
        });
        child.send({ id, task, ...options });
      }),
    stop: () => ended(child),
  };
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** The mail server's stand-in, on this side of the line. */
export async function startTarget(): Promise<{ port: number; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [path.join(HERE, 'target.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return {
    port: Number(first.value),
    stop: async () => {
      child.stdin.end();
      await ended(child);
    },
  };
}

/** Ends a child and waits until it is gone. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  if (child.connected) child.disconnect();
  else child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(timer);
}

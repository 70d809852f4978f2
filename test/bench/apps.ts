import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../world/wait.ts';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder.ts';
import { changed, hasPainted, openScreen, type Picture } from './screen.ts';

const ROOT = process.cwd();
const BARE = path.join(ROOT, 'test', 'bench', 'bare');
const ICON = path.join(ROOT, 'out', 'icons', 'tray', 'light', 'off@22.png');
const START_MS = 60_000;
/** Linux counts processor time in hundredths of a second (`getconf CLK_TCK`). */
const TICK_MS = 10;
/** So long after its start an application is at rest. */
const REST_MS = 6_000;

/** What a start came to: milliseconds since the program was executed. */
export interface Start {
  /** On the clock. */
  readonly wall: number;
  /** Of the processors, all processes together. */
  readonly cpu: number;
}

/** A whole application, Mailmole or the bare one. */
export interface App {
  readonly pid: number;
  readonly data: string;
  /** When its icon was in the panel, or its window stood on the screen with words in it. */
  readonly start: Start;
  /** What all its processes have used until now, in milliseconds. */
  cpu(): number;
  /** The memory of all its processes in MiB, what several share counted once (proportional set size). */
  memory(): number;
  /** The same by the kind of its processes, as Chromium names it. */
  memoryByKind(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

export type Kind = 'peer' | 'mailmole';
export type Shows = 'tray' | 'window';

/**
 * Starts an application and waits until it shows what is asked for.
 *
 * @param prepare fills its home folder and its folder of data, which is not there yet
 */
export async function startApp(
  kind: Kind,
  shows: Shows,
  prepare: (home: WorldFolder, data: string) => Promise<void> = () => Promise.resolve(),
): Promise<App> {
  const folder = await makeWorldFolder(`bench-${kind}`);
  const data = folder.file('data');
  await prepare(folder, data);
  const look = shows === 'tray' ? await watchPanel() : await watchScreen();
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  const began = performance.now();
  const child = spawn(path.join(dist, 'electron'), commandLine(kind, shows, data), {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, HOME: folder.path },
  });
  const pid = child.pid ?? 0;
  const cpu = () => cpuOf(treeOf(pid));
  try {
    await until(`the ${shows} of ${kind} is there`, () => runs(child) && look.seen(), {
      timeoutMs: START_MS,
    });
    const start = { wall: performance.now() - began, cpu: cpu() };
    return {
      ...{ pid, data, start, cpu },
      memory: () => treeMemory(pid),
      memoryByKind: () => memoryByKind(pid),
      stop: async () => {
        await stopTree(child);
        await folder.remove();
      },
    };
  } catch (error) {
    await stopTree(child);
    await folder.remove();
    throw error;
  } finally {
    look.end();
  }
}

/** Waits until an application has done what it does at its start. */
export async function rest(): Promise<void> {
  await sleep(REST_MS);
}

function commandLine(kind: Kind, shows: Shows, data: string): string[] {
  const switches = [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    // Otherwise Chromium would look for a keyring; Mailmole does so when it has something to keep there.
    '--password-store=basic',
    `--user-data-dir=${data}`,
  ];
  const hidden = shows === 'tray' ? ['--hidden'] : [];
  return kind === 'peer' ? [...switches, BARE, ...hidden, ICON] : [...switches, ROOT, ...hidden];
}

/** @throws Error when it does not */
function runs(child: ChildProcess): boolean {
  if (child.exitCode === null) return true;
  throw new Error(`Electron ended with ${child.exitCode}`);
}

interface Look {
  seen(): boolean;
  end(): void;
}

/** Hears from the bus when an icon is registered with the panel. */
async function watchPanel(): Promise<Look> {
  const name = 'org.kde.StatusNotifierWatcher';
  const monitor = spawn('gdbus', ['monitor', '--session', '--dest', name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let listening = false;
  let registered = false;
  createInterface({ input: monitor.stdout }).on('line', (line) => {
    if (line.startsWith(`The name ${name} is owned by`)) listening = true;
    if (line.includes('StatusNotifierItemRegistered')) registered = true;
  });
  await until('gdbus listens to the panel', () => listening);
  return { seen: () => registered, end: () => void monitor.kill() };
}

/** The screen without a window; the one of before may take a moment to go. */
let empty: Picture | null = null;

async function watchScreen(): Promise<Look> {
  const screen = openScreen(process.env['MAILMOLE_SCREEN'] ?? '');
  const before = (empty ??= screen.look());
  await until('the screen is empty', () => changed(before, screen.look()) < 1 / 50);
  return {
    seen: () => hasPainted(before, screen.look()),
    end: () => screen.close(),
  };
}

/** A process and all that come from it. */
export function treeOf(pid: number): number[] {
  if (!existsSync(`/proc/${pid}`)) return [];
  const children = threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}

/** Processor time in milliseconds, with that of children that have ended. */
function cpuOf(pids: readonly number[]): number {
  let all = 0;
  for (const pid of pids) {
    const text = read(`/proc/${pid}/stat`);
    // utime, stime, cutime and cstime (proc(5)); the program's name may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user = 0, system = 0, ...ended] = fields.slice(11, 15).map((n) => Number(n) * TICK_MS);
    // Of threads that have ended only the hundredths know, of the last hundredth only the scheduler.
    all += Math.max(user + system, scheduled(pid)) + ended.reduce((sum, each) => sum + each, 0);
  }
  return all;
}

/** Processor time of the threads that a process has now, in milliseconds, as exactly as the scheduler counts it. */
function scheduled(pid: number): number {
  let nanoseconds = 0;
  for (const thread of threadsOf(pid))
    nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]);
  return nanoseconds / 1e6;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The memory of a process and all that come from it, in MiB; what several share is counted once. */
function treeMemory(pid: number): number {
  return treeOf(pid).reduce((sum, each) => sum + memoryOf(each), 0);
}

function memoryByKind(pid: number): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const each of treeOf(pid)) {
    const kind = kindOf(each);
    kinds[kind] = (kinds[kind] ?? 0) + memoryOf(each);
  }
  return kinds;
}

function memoryOf(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

/** What a process is for, from its command line: `main`, and `zygote`, `gpu-process` … as Chromium names them. */
export function kindOf(pid: number): string {
  const line = read(`/proc/${pid}/cmdline`);
  const [, kind] = /--utility-sub-type=([\w.]+)/.exec(line) ?? /--type=([\w-]+)/.exec(line) ?? [];
  return kind ?? 'main';
}

/** What has ended in the meantime is empty. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

async function stopTree(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const all = treeOf(child.pid ?? 0);
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
  await gone;
  clearTimeout(timer);
  await until('all its processes have ended', () => all.every((pid) => treeOf(pid).length === 0));
}

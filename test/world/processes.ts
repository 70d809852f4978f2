import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { until } from './wait.ts';

/** One process, told apart from a later one with the same number by its start time (clock ticks). */
export interface ProcessRef {
  readonly pid: number;
  readonly startTime: string;
}

interface ProcessRow extends ProcessRef {
  readonly parent: number;
  readonly session: number;
}

/** Reads /proc/PID/stat; null for a process that is gone or only waits to be reaped. */
function readProcess(pid: number): ProcessRow | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The program's name stands in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, , session] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined || 'ZX'.includes(state)) return null;
  return { pid, startTime, parent: Number(parent), session: Number(session) };
}

function allProcesses(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((row) => row !== null);
}

/** Every process whose command line, word by word, is of the kind that is looked for. */
export function processesWith(isMeant: (words: readonly string[]) => boolean): ProcessRef[] {
  return allProcesses().filter(({ pid }) => {
    try {
      return isMeant(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'));
    } catch {
      return false;
    }
  });
}

/** True when the process works in `folder` or has a file of it open. */
function touches(pid: number, folder: string): boolean {
  const inside = (link: string): boolean => {
    try {
      return `${readlinkSync(link)}/`.startsWith(`${folder}/`);
    } catch {
      return false;
    }
  };
  if (inside(`/proc/${pid}/cwd`)) return true;
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inside(`/proc/${pid}/fd/${fd}`));
  } catch {
    return false;
  }
}

/**
 * Everybody who belongs to a server: its main process with all descendants, the members of its
 * session, and those that live in its folder. The last catches sessions of an sshd that is dead
 * already: they have sessions of their own and init as their parent, but still hold the log file.
 * @param main the number of the main process, alive or not.
 * @param folder its world folder, a name that no other process has a reason to touch.
 */
export function familyOf(main: number, folder: string): ProcessRef[] {
  const rows = allProcesses().filter((row) => row.pid !== process.pid);
  const family = new Set<number>([main]);
  for (const row of rows) {
    if (row.session === main || touches(row.pid, folder)) family.add(row.pid);
  }
  let grown = true;
  while (grown) {
    const before = family.size;
    for (const row of rows) if (family.has(row.parent)) family.add(row.pid);
    grown = family.size > before;
  }
  return rows
    .filter((row) => family.has(row.pid))
    .map(({ pid, startTime }) => ({ pid, startTime }));
}

/** True while this very process runs. */
export function isRunning(one: ProcessRef): boolean {
  return readProcess(one.pid)?.startTime === one.startTime;
}

/** Sends a signal to a process unless it is gone. */
export function signal(one: ProcessRef, name: NodeJS.Signals): void {
  if (!isRunning(one)) return;
  try {
    process.kill(one.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Ends a whole family: TERM and a grace time, then KILL, until nobody is left.
 * @param find looks the family up anew, since it may grow while it ends.
 * @param graceMs how long TERM may take; 0 sends KILL at once.
 */
export async function endFamily(find: () => ProcessRef[], graceMs: number): Promise<void> {
  if (graceMs > 0) {
    for (const one of find()) signal(one, 'SIGTERM');
    const gone = until('the processes end by TERM', () => find().length === 0, {
      timeoutMs: graceMs,
    });
    if (await gone.catch(() => false)) return;
  }
  await until('the processes end by KILL', () => {
    const left = find();
    for (const one of left) signal(one, 'SIGKILL');
    return left.length === 0;
  });
}

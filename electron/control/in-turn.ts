import { rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A turn is over in milliseconds; one that was not given back within this time was a crash's. */
const CRASHED_MS = 10_000;
const LOOK_EVERY_MS = 20;

/**
 * Does something while no other program does the same, told by a file that only one can make. Two that start at the
 * same moment would both find an old socket that nobody answers at, and the later would take the earlier's away.
 * Windows sees to that by itself: only one can own a pipe's name.
 *
 * @param file in a folder that only this user may write to
 */
export async function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  if (process.platform === 'win32') return work();
  while (!make(file)) {
    const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > CRASHED_MS) rmSync(file, { force: true });
    else await sleep(LOOK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function make(file: string): boolean {
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

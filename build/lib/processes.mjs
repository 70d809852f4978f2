/** Finds processes by a mark in their environment, which children inherit wherever they end up. */
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 3_000;
const GIVE_UP_MS = 20_000;
const POLL_MS = 50;

/**
 * @param {string} name of the environment variable
 * @param {string} mark
 * @returns {number[]} the living processes whose variable contains the mark; Linux only
 */
export function markedProcesses(name, mark) {
  return processIds().filter((pid) => {
    try {
      const variables = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      return variables.some((each) => each.startsWith(`${name}=`) && each.includes(mark));
    } catch {
      // It has ended meanwhile, or it is somebody else's.
      return false;
    }
  });
}

/** @returns {number[]} every process of this machine; empty outside Linux */
export function processIds() {
  if (process.platform !== 'linux') return [];
  return fs
    .readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
}

/**
 * Asks processes to end, and makes those that do not.
 * @param {() => number[]} find called again and again, since an ending process may start another
 * @throws {Error} when one withstands even that for 20 s
 */
export async function endProcesses(find) {
  const start = Date.now();
  /** @type {Set<number>} */
  const asked = new Set();
  for (let alive = find(); alive.length > 0; alive = find()) {
    if (Date.now() - start > GIVE_UP_MS)
      throw new Error(`Cannot end processes ${alive.join(', ')}.`);
    const patient = Date.now() - start < GRACE_MS;
    for (const pid of alive) {
      if (patient && asked.has(pid)) continue;
      asked.add(pid);
      send(pid, patient ? 'SIGTERM' : 'SIGKILL');
    }
    await delay(POLL_MS);
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

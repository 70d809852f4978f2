/**
 * Notices processes that a test run leaves behind. Two nets, since either alone has holes: a mark in
 * the environment follows children that change their parent, but servers that rewrite their title
 * lose it; the tree of parents, looked at again and again, finds those.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcesses, markedProcesses, processIds } from './processes.mjs';

const MARK = 'MAILMOLE_TEST_RUN';
const LOOK_MS = 250;
/** A process that was told to end may still need this long. */
const GRACE_MS = 5_000;

/**
 * @typedef {object} Leftover
 * @property {number} pid
 * @property {string} command
 */

/** Watches over the processes of one test run. */
export class ProcessWatch {
  #id = randomUUID();
  /** @type {Map<number, string>} when each descendant started, by process id */
  #seen = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** What the run's programs must have in their environment. */
  get env() {
    return { [MARK]: this.#id };
  }

  /** How many processes have been seen so far, the first one included. */
  get followed() {
    return this.#seen.size;
  }

  /**
   * Starts to follow the descendants of a process.
   * @param {number} pid
   */
  follow(pid) {
    this.#timer = setInterval(() => this.#look(pid), LOOK_MS);
  }

  /**
   * Stops following, waits for what is ending by itself, and ends the rest.
   * @returns {Promise<Leftover[]>} what had to be ended
   */
  async finish() {
    clearInterval(this.#timer);
    const deadline = Date.now() + GRACE_MS;
    while (this.#alive().length > 0 && Date.now() < deadline) await delay(LOOK_MS);
    const leftovers = this.#alive().map((pid) => ({ pid, command: commandOf(pid) }));
    await endProcesses(() => this.#alive());
    return leftovers;
  }

  /** Ends everything at once, for an interrupted run. */
  async abandon() {
    clearInterval(this.#timer);
    await endProcesses(() => this.#alive());
  }

  /** @param {number} root */
  #look(root) {
    const all = new Map(processIds().map((pid) => [pid, statOf(pid)]));
    const isDescendant = (/** @type {number | undefined} */ pid) => {
      for (let at = pid; at; at = all.get(at)?.parent) if (at === root) return true;
      return false;
    };
    for (const [pid, stat] of all) {
      if (stat && isDescendant(pid)) this.#seen.set(pid, stat.started);
    }
  }

  #alive() {
    const followed = [...this.#seen].filter(([pid, started]) => {
      const stat = statOf(pid);
      // The same id with another start is a stranger.
      return stat?.started === started && !stat.dead;
    });
    const marked = markedProcesses(MARK, this.#id);
    return [...new Set([...followed.map(([pid]) => pid), ...marked])];
  }
}

/**
 * @param {number} pid
 * @returns {{ parent: number, started: string, dead: boolean } | undefined}
 */
function statOf(pid) {
  try {
    // The name in parentheses may hold anything; proc(5) numbers the rest from field 3.
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), started: fields[19], dead: /[ZX]/.test(fields[0]) };
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function commandOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return 'ended meanwhile';
  }
}

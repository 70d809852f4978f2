/** A lock between processes: a file that holds its owner's process id and is touched while it is held. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { undoAtEnd } from './interrupt.mjs';
import { say } from './progress.mjs';

const HEARTBEAT_MS = 2_000;
const STALE_MS = 60_000;
const RETRY_MS = 250;

/**
 * Does `work` while no other process holds the same lock, waiting for it as long as it takes.
 * @template T
 * @param {string} file the lock's path; its folder is made when missing
 * @param {string} what said to a person who waits, such as `installing packages`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, what, work) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    if (!told)
      say(`Another run (process ${readOwner(file) ?? 'unknown'}) is ${what}; waiting for it …`);
    told = true;
    await delay(RETRY_MS);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  const release = () => fs.rmSync(file, { force: true });
  const keepOff = undoAtEnd(release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    keepOff();
    release();
  }
}

/** @param {string} file */
function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isAbandoned(file)) return false;
  // Moving it aside first means that of two waiters only one removes it.
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
    fs.rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return false;
}

/** @param {string} file */
function isAbandoned(file) {
  const owner = readOwner(file);
  const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  // An id may be a stranger's by now, so an untouched lock counts as abandoned too.
  return age > STALE_MS || (owner !== undefined && !isAlive(owner));
}

/** @param {string} file */
function readOwner(file) {
  try {
    const pid = Number(fs.readFileSync(file, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** @param {string} file */
function touch(file) {
  const now = new Date();
  try {
    fs.utimesSync(file, now, now);
  } catch {
    // Somebody removed it by hand; the next waiter then starts early, which is what they asked for.
  }
}

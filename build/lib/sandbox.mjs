/** Whether Chromium's sandbox can work for whoever runs this, and what to do when it cannot. */
import fs from 'node:fs';
import { say } from './progress.mjs';

/**
 * @returns {string | undefined} why the sandbox cannot work here; undefined when it can
 */
function sandboxObstacle() {
  if (process.platform !== 'linux') return undefined;
  if (process.getuid?.() === 0) return 'Chromium refuses to sandbox itself for root';
  if (readSetting('apparmor_restrict_unprivileged_userns') === '1') {
    return 'AppArmor forbids user namespaces to programs that are not installed';
  }
  if (readSetting('unprivileged_userns_clone') === '0') {
    return 'this kernel forbids user namespaces to normal users';
  }
  return undefined;
}

/**
 * The switches that a development run needs. The installed package needs none of them.
 * @returns {string[]} `--no-sandbox`, said aloud, where the sandbox cannot work; else nothing
 */
export function sandboxSwitches() {
  const obstacle = sandboxObstacle();
  if (!obstacle) return [];
  say(`WITHOUT the sandbox (--no-sandbox), since ${obstacle}. Do not use this run for real mail.`);
  return ['--no-sandbox'];
}

/** @param {string} name */
function readSetting(name) {
  try {
    return fs.readFileSync(`/proc/sys/kernel/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Runs other programs. Their output streams through unless it is asked for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onInterrupt } from './interrupt.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(pid: number) => void} [onStart]
 * @property {AbortSignal} [abort] kills the program and its process group
 * @property {'inherit' | 'stderr' | 'pipe'} [output] where its output goes; `inherit` by default,
 *   `stderr` keeps our own stdout free, `pipe` hands it to the caller
 */

/**
 * @typedef {object} RunResult
 * @property {number | null} code null when a signal ended it
 * @property {NodeJS.Signals | null} signal
 * @property {string} stdout empty unless `output` is `pipe`
 * @property {string} stderr empty unless `output` is `pipe`
 * @property {boolean} aborted
 */

/**
 * Runs a program to its end. It rejects only when the program cannot start. The program has no
 * stdin and leads its own process group, which ends with us when a signal interrupts us.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export async function run(command, args, options = {}) {
  const { output = 'inherit', abort, cwd, env = process.env } = options;
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: [
      'ignore',
      output === 'stderr' ? process.stderr : output,
      output === 'pipe' ? 'pipe' : 'inherit',
    ],
    detached: process.platform !== 'win32',
  });
  const result = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text) => (result.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (result.stderr += text));
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const release = onInterrupt(() => signalGroup(child, 'SIGTERM'));
  const kill = () => signalGroup(child, 'SIGKILL');
  abort?.addEventListener('abort', kill);
  try {
    const [code, signal] = await once(child, output === 'pipe' ? 'close' : 'exit');
    return { code, signal, ...result, aborted: abort?.aborted ?? false };
  } finally {
    abort?.removeEventListener('abort', kill);
    release();
  }
}

/**
 * Sends a signal to a child that leads its own process group, and to the whole group.
 * @param {import('node:child_process').ChildProcess} child started with `detached` outside Windows
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Runs a program that must succeed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 * @throws {Error} naming the program, how it ended and, when piped, what it wrote to stderr
 */
export async function runOrThrow(command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const how = result.aborted ? 'took too long' : `ended with ${result.code ?? result.signal}`;
  throw new Error(`${command} ${args.join(' ')} ${how}.\n${result.stderr}`.trimEnd());
}

/** The frame around every npm script: a failure a person can act on is one sentence, not a trace. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reasonOf } from './reasons.mjs';

const PARENT_LOOK_MS = 500;

/**
 * Runs a script's main function and sets the exit code from what it returns.
 * @param {() => Promise<number | void>} main returns the exit code, 0 when it returns nothing
 */
export function script(main) {
  endWithNpm();
  main().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error) => {
      console.error(process.env.MAILMOLE_TRACE ? error : `\n${reasonOf(error)}`);
      process.exitCode = 1;
    },
  );
}

/**
 * npm passes a signal on to a shell only, which ends without telling us. So the shell's end counts
 * as the signal: otherwise an interrupted `npm test` would go on unseen.
 */
function endWithNpm() {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_LOOK_MS).unref();
}

/**
 * @param {string} moduleUrl the asking module's import.meta.url
 * @returns {boolean} whether that module is what node was started with
 */
export function isMain(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(moduleUrl);
}

/** The frame around every npm script: a failure a person can act on is one sentence, not a trace. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script's main function and sets the exit code from what it returns.
 * @param {() => Promise<number | void>} main returns the exit code, 0 when it returns nothing
 */
export function script(main) {
  main().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error) => {
      console.error(process.env.MAILMOLE_TRACE ? error : `\n${error.message}`);
      process.exitCode = 1;
    },
  );
}

/**
 * @param {string} moduleUrl the asking module's import.meta.url
 * @returns {boolean} whether that module is what node was started with
 */
export function isMain(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(moduleUrl);
}

/**
 * `npm test`: sets everything up, then types, lint, build and the three kinds of tests.
 * `npm test -- unit lint` runs only the steps so named.
 */
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { checks, runChecks } from './lib/checks.mjs';
import { withDesktop } from './lib/display.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { elapsed } from './lib/progress.mjs';
import { script } from './lib/script.mjs';
import { runProject } from './lib/vitest.mjs';

/**
 * @typedef {import('./lib/vitest.mjs').Counts} Counts
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<boolean | Counts>} run a plain yes or no counts as one test
 */

script(async () => {
  await bootstrap({ system: ['run', 'display', 'test'] });
  // A log file is read without a terminal.
  if (!process.stdout.isTTY && !process.env.FORCE_COLOR) process.env.NO_COLOR = '1';
  const runtime = await ensureElectron();
  // The tests take the very run-time that was found here.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = runtime.dist;
  const wanted = process.argv.slice(2);
  const isWanted = (/** @type {{ name: string }} */ { name }) =>
    wanted.length === 0 || wanted.includes(name);
  /** @type {string[]} */
  const lines = [];
  const total = { passed: 0, failed: 0, skipped: 0 };
  const count = (
    /** @type {string} */ name,
    /** @type {number} */ start,
    /** @type {Counts} */ counts,
  ) => {
    lines.push(`${name.padEnd(20)} ${elapsed(start).padStart(8)}  ${describe(counts)}`);
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) {
      total[key] += counts[key];
    }
  };
  await runChecks(checks().filter(isWanted), ({ name, passed, output, start }) => {
    console.log(`\n── ${name} ──\n${output}`.trimEnd());
    count(name, start, asCounts(passed));
  });
  for (const step of steps(runtime).filter(isWanted)) {
    const start = Date.now();
    console.log(`\n── ${step.name} ──`);
    count(step.name, start, await runStep(step));
  }
  console.log(`\n── summary ──\n${lines.join('\n')}\n\n${describe(total)}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
});

/**
 * @param {import('./lib/electron-runtime.mjs').ElectronRuntime} runtime
 * @returns {Step[]} what runs one after the other once the checks are done, in this order
 */
function steps(runtime) {
  return [
    { name: 'build', run: () => buildApp(runtime).then(() => true) },
    { name: 'unit', run: () => runProject('unit', process.env) },
    { name: 'integration', run: () => runProject('integration', process.env) },
    {
      name: 'e2e',
      run: () =>
        process.platform === 'linux'
          ? withDesktop({ panel: true }, (env) => runProject('e2e', env))
          : runProject('e2e', process.env),
    },
  ];
}

/**
 * @param {Step} step
 * @returns {Promise<Counts>}
 */
async function runStep(step) {
  try {
    const result = await step.run();
    return typeof result === 'object' ? result : asCounts(result);
  } catch (error) {
    console.error(error);
    return asCounts(false);
  }
}

/**
 * @param {boolean} passed
 * @returns {Counts}
 */
function asCounts(passed) {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/** @param {Counts} counts */
function describe({ passed, failed, skipped }) {
  const more = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${passed} passed, ${failed} failed${more}`;
}

/**
 * `npm test`: sets everything up, then types, lint, build and the three kinds of tests.
 * `npm test -- unit lint` runs only the steps so named.
 */
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { checks } from './lib/checks.mjs';
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
  const { dist } = await ensureElectron();
  // The tests take the very run-time that was found here.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = dist;
  const wanted = process.argv.slice(2);
  const chosen = steps().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const lines = [];
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const step of chosen) {
    const start = Date.now();
    console.log(`\n── ${step.name} ──`);
    const counts = await runStep(step);
    lines.push(`${step.name.padEnd(20)} ${elapsed(start).padStart(8)}  ${describe(counts)}`);
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) {
      total[key] += counts[key];
    }
  }
  console.log(`\n── summary ──\n${lines.join('\n')}\n\n${describe(total)}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
});

/** @returns {Step[]} in the order in which they run */
function steps() {
  return [
    ...checks().map(({ name, passes }) => ({ name, run: passes })),
    { name: 'build', run: () => buildApp().then(() => true) },
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
    if (typeof result === 'object') return result;
    return { passed: result ? 1 : 0, failed: result ? 0 : 1, skipped: 0 };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** @param {Counts} counts */
function describe({ passed, failed, skipped }) {
  const more = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${passed} passed, ${failed} failed${more}`;
}

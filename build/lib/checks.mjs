/** The checks that need nothing but node_modules: types, lint rules, layout of the text. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';
import { run } from './run.mjs';

/**
 * What the tools remember of the last run. Types and layout only: of each file they know all that
 * its verdict depends on. ESLint does not (a rule that looks at types depends on other files), so
 * it looks at every file anew.
 */
const cache = path.join('node_modules', '.cache', 'mailmole');

/**
 * Room for V8's young objects, of which compilers make many, and no threads to collect them, since every
 * core has a check of its own: a tenth less time on two cores.
 */
const V8 = ['--max-semi-space-size=64', '--single-threaded-gc'];

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string[]} command a script and its arguments, relative to the root
 */

/**
 * @typedef {object} Verdict
 * @property {string} name
 * @property {boolean} passed
 * @property {string} output all that the tool wrote
 * @property {number} start a Date.now()
 */

/** @returns {Check[]} those that take long first, so that no core waits for the last of them */
export function checks() {
  const types = typeProjects().map((file) => {
    const folder = path.dirname(file);
    const memory = path.join(cache, `${folder === '.' ? 'root' : folder}.tsbuildinfo`);
    const incremental = ['--incremental', '--tsBuildInfoFile', memory];
    return {
      name: folder === '.' ? 'types' : `types of ${folder}`,
      command: [...tool('typescript/bin/tsc'), '--noEmit', ...incremental, '-p', file],
    };
  });
  const seen = path.join(cache, 'layout');
  const remember = ['--cache', '--cache-strategy', 'content', '--cache-location', seen];
  const lint = [...tool('eslint/bin/eslint.js'), '--max-warnings', '0'];
  return [
    { name: 'lint', command: [...lint, '--ignore-pattern', 'renderer', '.'] },
    {
      name: 'layout',
      command: [
        ...[...tool('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn'],
        ...[...remember, '.'],
      ],
    },
    { name: 'lint of renderer', command: [...lint, 'renderer'] },
    ...types,
  ];
}

/**
 * Runs checks side by side, as many at a time as there are cores, and two at least.
 * @param {readonly Check[]} list
 * @param {(verdict: Verdict) => void} report called as each one ends, so that what two tools write
 *   never stands mixed
 */
export async function runChecks(list, report) {
  const waiting = [...list];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) report(await runCheck(next));
  };
  await Promise.all(Array.from({ length: Math.max(2, os.availableParallelism()) }, lane));
}

/**
 * @param {Check} check
 * @returns {Promise<Verdict>}
 */
async function runCheck({ name, command }) {
  const start = Date.now();
  // Behind a pipe the tools would leave their colours out.
  const colours = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
  const env = { ...process.env, ...colours };
  const result = await run(process.execPath, [...V8, ...command], {
    cwd: root,
    env,
    output: 'pipe',
  });
  return { name, passed: result.code === 0, output: result.stdout + result.stderr, start };
}

/** @param {string} script relative to node_modules */
function tool(script) {
  return [path.join('node_modules', script)];
}

/** @returns {string[]} every tsconfig.json of the root and the folders right below it */
function typeProjects() {
  const folders = fs
    .readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map((entry) => entry.name);
  return ['.', ...folders]
    .map((folder) => path.join(folder, 'tsconfig.json'))
    .filter((file) => fs.existsSync(path.join(root, file)));
}

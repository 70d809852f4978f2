/** The checks that need nothing but node_modules: types, lint rules, layout of the text. */
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { run } from './run.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {() => Promise<boolean>} passes prints what it finds wrong
 */

/** @returns {Check[]} quick ones first */
export function checks() {
  const types = typeProjects().map((file) =>
    check(
      path.dirname(file) === '.' ? 'types' : `types of ${path.dirname(file)}`,
      'typescript/bin/tsc',
      '--noEmit',
      '-p',
      file,
    ),
  );
  return [
    check('layout', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
    ...types,
    check('lint', 'eslint/bin/eslint.js', '--max-warnings', '0', '.'),
  ];
}

/**
 * @param {string} name
 * @param {string} tool its script, relative to node_modules
 * @param {string[]} args
 * @returns {Check}
 */
function check(name, tool, ...args) {
  const command = [path.join('node_modules', tool), ...args];
  return {
    name,
    passes: async () => (await run(process.execPath, command, { cwd: root })).code === 0,
  };
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

/** Compiles the application's main process ahead, for the Electron at hand; see electron/start.ts. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';
import { say } from './progress.mjs';
import { run } from './run.mjs';

/** The program that compiles. */
const COMPILER = path.join(root, 'build', 'code-cache');
/** It takes half a second. */
const PATIENCE_MS = 60_000;

/** @type {import('./code-cache.mjs').compileAhead} */
export async function compileAhead(script, { executable, version }) {
  const cache = `${script}.${process.platform}-${process.arch}-${version}.cache`;
  const fresh = `${cache}.new`;
  const problem = await compile(executable, script, fresh);
  if (problem === null) fs.renameSync(fresh, cache);
  else say(`The application could not be compiled ahead, so that it will start later: ${problem}`);
}

/** @type {import('./code-cache.mjs').compile} */
export function compile(executable, script, cache) {
  return inElectron(executable, [script, cache]);
}

/** @type {import('./code-cache.mjs').check} */
export function check(executable, script, cache) {
  return inElectron(executable, ['--check', script, cache]);
}

/**
 * @param {string} executable
 * @param {readonly string[]} words
 * @returns {Promise<string | null>} what went wrong
 */
async function inElectron(executable, words) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'mailmole-compiling-'));
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  // It shows no page, so that there is nothing to put into a sandbox; and root could have none.
  const args = ['--no-sandbox', `--user-data-dir=${profile}`, COMPILER, ...words];
  try {
    const abort = AbortSignal.timeout(PATIENCE_MS);
    const { code, signal, stderr } = await run(executable, args, { env, abort, output: 'pipe' });
    return code === 0 ? null : `${code ?? signal} ${stderr}`.trim();
  } finally {
    fs.rmSync(profile, { recursive: true, force: true });
  }
}

/** Builds the program into out/, and knows when that is not needed. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { compileAhead } from './code-cache.mjs';
import { withLock } from './lock.mjs';
import { outFolder, root } from './paths.mjs';
import { elapsed, say } from './progress.mjs';
import { runOrThrow } from './run.mjs';

/**
 * The oldest Electron that what we build must run on: the fallback run-time. Without this
 * electron-vite would build for the version in package.json.
 */
const OLDEST_ELECTRON_MAJOR = '33';

const sources = [
  'electron',
  'renderer',
  'assets',
  'build/icons.mjs',
  'build/lib',
  'build/code-cache',
  'electron.vite.config.ts',
  'app.vite.config.ts',
  'cli.vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
const stampFile = path.join(outFolder, '.sources');

/**
 * Builds the program and its icons, unless out/ was built from these very sources for this Electron.
 * @param {import('./electron-runtime.mjs').ElectronRuntime} runtime
 * @param {object} [options]
 * @param {boolean} [options.always] builds in any case
 * @throws {Error} when a part of the build fails; its own words have been printed
 */
export async function buildApp(runtime, { always = false } = {}) {
  await withLock(path.join(root, '.mailmole-build.lock'), 'building', async () => {
    const stamp = `${hashSources()} ${runtime.version}`;
    if (!always && readStamp() === stamp) return;
    const start = Date.now();
    say('Building …');
    fs.rmSync(stampFile, { force: true });
    await node('node_modules/electron-vite/bin/electron-vite.js', 'build');
    for (const config of ['app.vite.config.ts', 'cli.vite.config.ts'])
      await node('node_modules/vite/bin/vite.js', 'build', '--config', config);
    await compileAhead(path.join(outFolder, 'app', 'main.cjs'), runtime);
    if (fs.existsSync(path.join(root, 'build', 'icons.mjs'))) await node('build/icons.mjs');
    fs.writeFileSync(stampFile, stamp);
    say(`Built in ${elapsed(start)}.`);
  });
}

/** @param {string[]} args */
async function node(...args) {
  const env = { ...process.env, ELECTRON_MAJOR_VER: OLDEST_ELECTRON_MAJOR };
  await runOrThrow(process.execPath, args, { cwd: root, env });
}

function readStamp() {
  return fs.existsSync(stampFile) ? fs.readFileSync(stampFile, 'utf8') : undefined;
}

/** @returns {string} changes whenever a file is added, removed, renamed or edited */
function hashSources() {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesIn)) {
    hash.update(`${file}\0`).update(fs.readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

/**
 * @param {string} source a file or a folder, relative to the root
 * @returns {string[]} the files, relative to the root, in a fixed order
 */
function filesIn(source) {
  const stat = fs.statSync(path.join(root, source), { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat ? [source] : [];
  const names = fs.readdirSync(path.join(root, source)).sort();
  return names.flatMap((name) => filesIn(path.join(source, name)));
}

/** Brings node_modules in line with package-lock.json, and only when it is not. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';
import { elapsed, say, withTicks } from './progress.mjs';
import { demandRoom } from './room.mjs';
import { run } from './run.mjs';

const lockFile = path.join(root, 'package-lock.json');
const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.mailmole-stamp');
/** What node_modules takes (410 MB), and a little for npm to work with. */
const NEEDED_MB = 600;

/**
 * Installs the packages from the lock file when node_modules is missing or stale.
 * @throws {Error} when npm fails
 */
export async function ensureNodeModules() {
  if (isFresh()) return;
  await withLock(path.join(root, '.mailmole-install.lock'), 'installing packages', async () => {
    if (isFresh()) return;
    if (!agreesWithLockFile()) await install();
    fs.writeFileSync(stampFile, stamp());
  });
}

/**
 * The command line of npm, run by this very Node when npm says where it stands.
 * @param {readonly string[]} args
 * @returns {[command: string, args: string[]]}
 */
export function npmCommand(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return [process.execPath, [cli, ...args]];
  if (process.platform !== 'win32') return ['npm', [...args]];
  // Node refuses to spawn npm.cmd without a shell, so npm's script is run directly.
  const beside = path.join(
    path.dirname(process.execPath),
    'node_modules',
    'npm',
    'bin',
    'npm-cli.js',
  );
  return [process.execPath, [beside, ...args]];
}

async function install() {
  demandRoom(root, NEEDED_MB, 'The packages');
  const start = Date.now();
  const result = await withTicks('Installing packages from package-lock.json', () => {
    // Its warnings (of engines that only packaging needs) would tell nobody what to do.
    const quiet = ['--no-fund', '--no-audit', '--loglevel=error'];
    return run(...npmCommand(['ci', ...quiet]), { cwd: root, output: 'stderr' });
  });
  if (result.code !== 0) {
    throw new Error(
      'npm could not install the packages; its own words stand above. Mostly there is no network, a ' +
        'proxy that npm does not know of, or no room on the disk. Mend that, then try again.',
    );
  }
  say(`Packages installed in ${elapsed(start)}.`);
}

function stamp() {
  return createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex');
}

function isFresh() {
  try {
    return fs.readFileSync(stampFile, 'utf8') === stamp();
  } catch {
    return false;
  }
}

/** Whether what npm last installed here (by anybody's hand) is what the lock file asks for. */
function agreesWithLockFile() {
  const installed = readPackages(path.join(modules, '.package-lock.json'));
  const wanted = readPackages(lockFile);
  if (!installed || !wanted) return false;
  delete wanted[''];
  const same = (/** @type {string} */ name) =>
    installed[name]?.integrity === wanted[name]?.integrity;
  return (
    Object.keys(wanted).every(
      (name) => same(name) || (wanted[name].optional && !installed[name]),
    ) && Object.keys(installed).every((name) => name in wanted)
  );
}

/** @param {string} file */
function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

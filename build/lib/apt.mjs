/** Installs Debian packages, without letting Debian start the servers among them. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { undoAtEnd } from './interrupt.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder } from './paths.mjs';
import { elapsed, say, withTicks } from './progress.mjs';
import { run, runOrThrow } from './run.mjs';

const policyFile = '/usr/sbin/policy-rc.d';
const policyMark = '# written by Mailmole for the length of one apt-get run';
const UPDATE_TRIES = 5;
const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };

/**
 * Installs one package of each list of alternatives, as root.
 * @param {readonly string[]} wanted alternatives separated by `|`
 * @throws {Error} with the one command to run, when we are not root; or when apt-get fails
 */
export async function aptInstall(wanted) {
  if (process.getuid?.() !== 0) {
    const names = await choose(wanted);
    throw new Error(
      `Some system packages are missing. Please run this, then try again:\n\n` +
        `  sudo apt-get install --no-install-recommends ${names.join(' ')}\n`,
    );
  }
  await withLock(path.join(cacheFolder(), 'apt.lock'), 'installing system packages', async () => {
    const start = Date.now();
    await update();
    const names = await choose(wanted);
    // Nothing goes for it: exim, for instance, would take the place of a person's own mail server.
    const safely = ['--yes', '--no-remove', '--no-install-recommends', '-q'];
    const options = [...safely, '-o', 'DPkg::Lock::Timeout=600'];
    await withoutStartingServers(() =>
      withTicks(`Installing system packages: ${names.join(' ')}`, () =>
        runOrThrow('apt-get', ['install', ...options, ...names], { env, output: 'stderr' }),
      ),
    );
    say(`System packages installed in ${elapsed(start)}.`);
  });
}

/** Fetches the package lists. Another apt may hold their lock, which apt-get does not wait for. */
async function update() {
  for (let tries = 1; tries <= UPDATE_TRIES; tries += 1) {
    const args = ['update', '-o', 'Acquire::Retries=3', '-o', 'APT::Update::Error-Mode=any'];
    const { code } = await withTicks('Fetching the lists of system packages', () =>
      run('apt-get', args, { env, output: 'stderr' }),
    );
    if (code === 0) return;
    if (tries < UPDATE_TRIES) await delay(tries * 2_000);
  }
  say('The lists could not be fetched; trying with those that are here.');
}

/**
 * Newer releases have renamed some packages; the name that exists here is taken.
 * @param {readonly string[]} wanted
 */
async function choose(wanted) {
  const { stdout } = await run('apt-cache', ['pkgnames'], { env, output: 'pipe' });
  const known = new Set(stdout.split('\n'));
  return wanted.map((names) => {
    const options = names.split('|');
    return options.findLast((name) => known.has(name)) ?? options[0];
  });
}

/**
 * Debian starts a server as soon as it is installed, unless this file says no.
 * @param {() => Promise<unknown>} work
 */
async function withoutStartingServers(work) {
  const ours = () => fs.readFileSync(policyFile, 'utf8').includes(policyMark);
  if (fs.existsSync(policyFile) && !ours()) return work();
  fs.writeFileSync(policyFile, `#!/bin/sh\n${policyMark}\nexit 101\n`, { mode: 0o755 });
  const remove = () => fs.rmSync(policyFile, { force: true });
  const keepOff = undoAtEnd(remove);
  try {
    await work();
  } finally {
    keepOff();
    remove();
  }
}

/**
 * `npm run bench`: measures Mailmole's tunnel host, as it ships inside Electron, against OpenSSH in the same run.
 * `npm run bench -- NAME` measures one row, `--rounds N` as often as one likes. See docs/performance.md.
 */
import path from 'node:path';
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { withDesktop } from './lib/display.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { run, runOrThrow } from './lib/run.mjs';
import { script } from './lib/script.mjs';

/** Set once we are in a network of our own. */
const MARK = 'MAILMOLE_BENCH_NETWORK';
/** Set where slow lines cannot be laid, to the sentence that says why. */
const NO_LINES = 'MAILMOLE_BENCH_NO_LINES';
const WHY_NO_LINES =
  'Slow lines need a network of their own, which this system lets nobody make but root: run the bench as root, ' +
  'or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, on Ubuntu ' +
  'kernel.apparmor_restrict_unprivileged_userns=0). All other rows run without.';

script(async () => {
  const args = process.argv.slice(2);
  if (process.platform !== 'linux') throw new Error('The bench runs on Linux only.');
  if (process.env[MARK]) return measure(args);
  await bootstrap({ system: ['run', 'display', 'test', 'bench'] });
  (await load()).checkArguments(args);
  const runtime = await ensureElectron();
  await buildApp(runtime);
  const { dist, version } = runtime;
  const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: dist, [MARK]: `Electron ${version}` };
  const again = [process.execPath, path.join(root, 'build', 'bench.mjs'), ...args];
  const network = await ownNetwork();
  const noLines = network === null ? { [NO_LINES]: WHY_NO_LINES } : {};
  if (network === null) say(WHY_NO_LINES);
  const [command = '', ...rest] = [...(network ?? []), ...again];
  // The screen stays outside: there its number is its own, and its socket lies in a folder that is the same for all.
  return withDesktop({ panel: true, picture: true }, async (desktop) => {
    const { code } = await run(command, rest, { env: { ...env, ...noLines, ...desktop } });
    return code ?? 1;
  });
});

/**
 * The ends of slow lines are devices; a network of our own keeps them out of everybody else's. Whoever is not root gets
 * one with a namespace of users in which they may do what they like with it, and stay who they are.
 * @returns {Promise<string[] | null>} the command before others; null where that is not allowed
 */
async function ownNetwork() {
  const isRoot = process.getuid?.() === 0;
  const rights = isRoot ? [] : ['--user', '--map-current-user', '--keep-caps'];
  const [command, ...args] = ['unshare', ...rights, '--net', '--'];
  const { code } = await run(command, [...args, 'true'], { output: 'pipe' });
  return code === 0 ? [command, ...args] : null;
}

/** @param {string[]} args */
async function measure(args) {
  if (!process.env[NO_LINES]) await runOrThrow('ip', ['link', 'set', 'lo', 'up']);
  const { runBench } = await load();
  return runBench(args, path.join(root, 'bench.json'), process.env[MARK] ?? '');
}

/** The bench itself is TypeScript, which Node 20 does not read. */
async function load() {
  const { runnerImport } = await import('vite');
  const file = path.join(root, 'test', 'bench', 'bench.ts');
  const options = {
    root,
    configFile: /** @type {const} */ (false),
    logLevel: /** @type {const} */ ('error'),
  };
  const { module } = await runnerImport(file, options);
  return module;
}

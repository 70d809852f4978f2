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
import { run, runOrThrow } from './lib/run.mjs';
import { script } from './lib/script.mjs';

/** Set once we are in a network of our own. */
const MARK = 'MAILMOLE_BENCH_NETWORK';

script(async () => {
  const args = process.argv.slice(2);
  if (process.platform !== 'linux') throw new Error('The bench runs on Linux only.');
  if (process.env[MARK]) return measure(args);
  await bootstrap({ system: ['run', 'display', 'test', 'bench'] });
  (await load()).checkArguments(args);
  const { dist, version } = await ensureElectron();
  await buildApp();
  const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: dist, [MARK]: `Electron ${version}` };
  const again = [process.execPath, path.join(root, 'build', 'bench.mjs'), ...args];
  // The ends of slow lines are devices; a network of our own keeps them out of everybody else's.
  if (process.getuid?.() !== 0) throw new Error('The bench needs root, for its slow lines.');
  const [command, ...rest] = ['unshare', '--net', '--', ...again];
  // The screen stays outside: there its number is its own, and its socket lies in a folder that is the same for all.
  return withDesktop({ panel: true, picture: true }, async (desktop) => {
    const { code } = await run(command, rest, { env: { ...env, ...desktop } });
    return code ?? 1;
  });
});

/** @param {string[]} args */
async function measure(args) {
  await runOrThrow('ip', ['link', 'set', 'lo', 'up']);
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

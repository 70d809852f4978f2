/**
 * `npm run package`: on Linux the unpacked folder, a tar.gz and a .deb in release/; elsewhere what
 * electron-builder.yml says for that system. `npm run package -- --linux rpm` hands other wishes to
 * electron-builder.
 */
import path from 'node:path';
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { root } from './lib/paths.mjs';
import { elapsed, say } from './lib/progress.mjs';
import { runOrThrow } from './lib/run.mjs';
import { script } from './lib/script.mjs';
import { findProgram } from './lib/system-packages.mjs';

script(async () => {
  await bootstrap({ system: ['package'] });
  const runtime = await ensureElectron();
  if (runtime.source === 'fallback') {
    say(`The packages will carry Electron ${runtime.version}, which is for trying out only:`);
    say('make what you hand to others where the official download can be reached.');
  }
  await buildApp(runtime);
  const start = Date.now();
  const wishes = process.argv.slice(2);
  const targets = wishes.length > 0 ? wishes : defaultTargets();
  const settings = [
    ...['--config', 'build/electron-builder.yml', '--publish', 'never'],
    ...[`-c.electronVersion=${runtime.version}`, `-c.electronDist=${runtime.dist}`],
  ];
  // The highest level takes two minutes more and saves a twentieth.
  const level = { ELECTRON_BUILDER_COMPRESSION_LEVEL: '3' };
  const env = { ...level, ...process.env, ...helperPrograms() };
  const command = ['node_modules/electron-builder/cli.js', ...targets, ...settings];
  await runOrThrow(process.execPath, command, { cwd: root, env });
  say(`The packages are in ${path.join(root, 'release')} after ${elapsed(start)}.`);
});

function defaultTargets() {
  return process.platform === 'linux' ? ['--linux', 'dir', 'tar.gz', 'deb'] : [];
}

/**
 * electron-builder would download these programs; what the system has is taken instead.
 * @returns {NodeJS.ProcessEnv}
 */
function helperPrograms() {
  if (process.platform !== 'linux') return {};
  const sevenZip = ['7za', '7z', '7zz'].map(findProgram).find((file) => file !== undefined);
  return {
    ...(sevenZip && { ELECTRON_BUILDER_7ZIP_PATH: sevenZip }),
    ...(findProgram('fpm')
      ? { USE_SYSTEM_FPM: 'true' }
      : { CUSTOM_FPM_PATH: path.join(root, 'build', 'fpm-shim.mjs') }),
  };
}

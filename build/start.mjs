/** `npm start`: sets everything up, builds, and runs Mailmole until it is quit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { hasDisplay } from './lib/display.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { run, signalGroup } from './lib/run.mjs';
import { sandboxSwitches } from './lib/sandbox.mjs';
import { script } from './lib/script.mjs';

/** How long the program may take to quit once asked, before it is made to. */
const QUIT_PATIENCE_MS = 10_000;

script(async () => {
  const args = process.argv.slice(2);
  if (!hasDisplay()) {
    say('There is no display here, so you see the demonstration in a virtual one instead.');
    const demo = path.join(root, 'build', 'demo.mjs');
    return (await run(process.execPath, [demo, ...args])).code ?? 1;
  }
  await bootstrap({ system: ['run'] });
  const runtime = await ensureElectron();
  await buildApp(runtime);
  return runUntilQuit(runtime.executable, [...sandboxSwitches(), root, ...args]);
});

/**
 * Runs the program in a process group of its own: Ctrl-C in the terminal then reaches only us, and
 * we ask its main process once, which quits as it would from the tray.
 * @param {string} executable
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function runUntilQuit(executable, args) {
  const env = { ...process.env };
  // Set in the terminals of some editors; it would turn Electron into plain Node.
  delete env.ELECTRON_RUN_AS_NODE;
  const detached = process.platform !== 'win32';
  const child = spawn(executable, args, { env, stdio: 'inherit', detached });
  let asked = false;
  const ask = () => {
    if (asked) return;
    asked = true;
    say('Quitting …');
    child.kill('SIGTERM');
    setTimeout(() => signalGroup(child, 'SIGKILL'), QUIT_PATIENCE_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ask);
  const [code] = await once(child, 'exit');
  return asked ? 0 : (code ?? 1);
}

/**
 * `npm run demo`: the whole story of Mailmole, played by itself in a virtual desktop, with a line for
 * each step and pictures in docs/screenshots/demo/. With `--display` it plays on your own screen.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { withDesktop } from './lib/display.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { onInterrupt } from './lib/interrupt.mjs';
import { root } from './lib/paths.mjs';
import { endProcesses, markedProcesses } from './lib/processes.mjs';
import { run } from './lib/run.mjs';
import { sandboxSwitches } from './lib/sandbox.mjs';
import { script } from './lib/script.mjs';

/** In the environment of everything that is started, so that all of it can be ended. */
const MARK = 'MAILMOLE_DEMO';

script(async () => {
  const onOwnScreen = process.argv.includes('--display') || process.platform !== 'linux';
  await bootstrap({ system: onOwnScreen ? ['run'] : ['run', 'display'] });
  const runtime = await ensureElectron();
  await buildApp(runtime);
  const { executable } = runtime;
  if (onOwnScreen) return play(executable, process.env);
  return withDesktop({ panel: true }, (env) => play(executable, env));
});

/**
 * Plays the story in a process of its own: Playwright takes the signals of the process it runs in.
 * @param {string} executable
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the exit code
 */
async function play(executable, env) {
  const id = randomUUID();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mailmole-demo-'));
  const clear = async () => {
    await endProcesses(() => markedProcesses(MARK, id));
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  const release = onInterrupt(clear);
  try {
    const story = path.join(root, 'build', 'lib', 'demo-story.mjs');
    const args = [story, executable, folder, ...sandboxSwitches()];
    const { code } = await run(process.execPath, args, { env: { ...env, [MARK]: id } });
    return code ?? 1;
  } finally {
    release();
    await clear();
  }
}

/**
 * `npm run screenshots`: takes every view of the real application, in both themes and three languages, and puts the
 * pictures into docs/screenshots/views/.
 */
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { withDesktop } from './lib/display.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { say } from './lib/progress.mjs';
import { script } from './lib/script.mjs';
import { runProject } from './lib/vitest.mjs';

script(async () => {
  await bootstrap({ system: ['run', 'display', 'test'] });
  const { dist } = await ensureElectron();
  process.env.ELECTRON_OVERRIDE_DIST_PATH = dist;
  await buildApp();
  const { failed } = await withDesktop({ panel: true }, (env) => runProject('screenshots', env));
  say(failed === 0 ? 'The pictures are in docs/screenshots/views.' : 'Not every view was taken.');
  return failed === 0 ? 0 : 1;
});

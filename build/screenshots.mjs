/**
 * `npm run screenshots`: takes every view of the real application, in both themes and three languages, and puts the
 * pictures into docs/screenshots/views/. Those that the README shows are taken over to docs/screenshots/.
 */
import fs from 'node:fs';
import path from 'node:path';
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { withDesktop } from './lib/display.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/progress.mjs';
import { script } from './lib/script.mjs';
import { runProject } from './lib/vitest.mjs';

const FOLDER = path.join(root, 'docs', 'screenshots');

/** The pictures of the README, by the view each of them shows. */
const IN_README = {
  'mailboxes.png': 'en-light/list.png',
  'opened.png': 'en-dark/opened.png',
  'check.png': 'en-light/wizard-3-check.png',
  'host-key.png': 'en-light/prompt-host-key.png',
};

script(async () => {
  await bootstrap({ system: ['run', 'display', 'test'] });
  const runtime = await ensureElectron();
  process.env.ELECTRON_OVERRIDE_DIST_PATH = runtime.dist;
  await buildApp(runtime);
  const { failed } = await withDesktop({ panel: true }, (env) => runProject('screenshots', env));
  if (failed > 0) {
    say('Not every view was taken.');
    return 1;
  }
  const { MAILMOLE_PICTURES: elsewhere, MAILMOLE_PICTURED: languages } = process.env;
  say(`The pictures are in ${elsewhere || 'docs/screenshots/views'}.`);
  // Pictures that were sent elsewhere, or taken in other languages only, are not for the README.
  if (elsewhere || languages) return 0;
  for (const [name, view] of Object.entries(IN_README))
    fs.copyFileSync(path.join(FOLDER, 'views', view), path.join(FOLDER, name));
  say('Those of the README are in docs/screenshots. Commit them when they changed.');
  return 0;
});

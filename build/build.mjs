/** `npm run build`: the program and its icons into out/. */
import { buildApp } from './lib/app-build.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { script } from './lib/script.mjs';

script(async () => {
  await bootstrap();
  await buildApp(await ensureElectron(), { always: true });
});

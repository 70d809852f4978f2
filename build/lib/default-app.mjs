/**
 * What the fallback run-time does when it is given a program: `electron [switches] <folder> [arguments]`.
 * The official run-time brings its own such loader; the fallback's archive has none.
 *
 * The program is imported at the top level on purpose. As in a packaged application, Electron then
 * holds `ready` back until the program's main module has been evaluated, so that a main module that
 * would hang when packaged hangs here too.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const target = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (target === undefined) {
  console.log(`v${process.versions.electron}`);
  process.exit(0);
}
Object.assign(process, { defaultApp: true });
const folder = path.resolve(target);
const about = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
// Electron's own loader uses these too, though the published types leave some of them out.
const loader = /** @type {any} */ (app);
loader.setName(about.productName ?? about.name);
loader.setVersion(about.version);
loader.setDesktopName(about.desktopName ?? `${app.getName()}.desktop`);
loader.setAppPath(folder);
if (!app.commandLine.hasSwitch('user-data-dir')) {
  app.setPath('userData', path.join(app.getPath('appData'), app.getName()));
}
try {
  await import(pathToFileURL(path.join(folder, about.main)).href);
} catch (error) {
  console.error(error);
  process.exit(1);
}

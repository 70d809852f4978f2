/** electron-builder's hook after the program's folder is laid out, before it is packed. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * Removes what belongs to a development run-time only: the loader that would run any program, and
 * the file that names Electron's version.
 * @param {import('electron-builder').AfterPackContext} context
 */
export default function afterPack({ appOutDir, packager }) {
  fs.rmSync(path.join(packager.getResourcesDir(appOutDir), 'default_app.asar'), { force: true });
  fs.rmSync(path.join(appOutDir, 'version'), { force: true });
}

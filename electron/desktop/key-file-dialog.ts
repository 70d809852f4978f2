import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { dialog } from 'electron';

/** Lets a person choose a private key file, beginning where OpenSSH keeps them. Null when they choose none. */
export async function chooseKeyFile(
  home: string,
  title: string,
  above: BrowserWindow | null,
): Promise<string | null> {
  const ssh = join(home, '.ssh');
  const options: Electron.OpenDialogOptions = {
    title,
    defaultPath: existsSync(ssh) ? ssh : home,
    properties: ['openFile', 'showHiddenFiles', 'dontAddToRecent'],
  };
  const chosen = await (above === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(above, options));
  return chosen.filePaths[0] ?? null;
}

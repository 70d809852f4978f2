import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app } from 'electron';
import { HIDDEN } from './lifecycle';
import { autostartEntry } from './autostart-entry';

/** Does the system start Mailmole when its person logs in? The system's own settings may have changed that. */
export function startsAtLogin(home: string): boolean {
  if (process.platform === 'linux') return existsSync(autostartFile(home));
  return app.getLoginItemSettings({ args: [HIDDEN] }).openAtLogin;
}

/** Has the system start Mailmole in the tray at login, or no longer. Throws when the disk refuses. */
export function setStartAtLogin(on: boolean, home: string): void {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on, args: [HIDDEN] });
    return;
  }
  const file = autostartFile(home);
  if (!on) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, autostartEntry([...commandLine(), HIDDEN]));
}

/** Where desktops look (XDG Autostart specification). */
function autostartFile(home: string): string {
  const config = process.env['XDG_CONFIG_HOME'];
  const folder = config === undefined || config === '' ? join(home, '.config') : config;
  return join(folder, 'autostart', 'mailmole.desktop');
}

/** How this application was started; an AppImage is unpacked under a new name each time, so that its own file is named. */
function commandLine(): readonly string[] {
  const image = process.env['APPIMAGE'];
  if (image !== undefined && image !== '') return [image];
  return app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
}

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, dialog } from 'electron';
import { openAccountStore } from './accounts/account-store';
import { AlreadyServed, serveControl } from './control/control-server';
import { profileIn, profilePaths } from './control/profile-paths';
import { startCore } from './core/core';
import { createWords } from './core/words';
import { setAppMenu } from './desktop/app-menu';
import type { BuiltFiles, Desktop } from './desktop/desktop';
import { startDesktop } from './desktop/desktop';
import { claimInstance, quitInOrder, startsHidden } from './desktop/lifecycle';
import { watchPowerAndNetwork } from './desktop/power';
import { forkHost } from './desktop/process';
import { registerUiScheme } from './desktop/ui-session';
import { createLogger } from './logging/logger';
import { systemClock as clock } from './tunnel/system-clock';
import { textOfThrown } from './shared/thrown';

/** This file is built to out/main/main.js; the rest of what is built stands round it. */
const built = (path: string): string => join(import.meta.dirname, path);
const files: BuiltFiles = {
  pages: built('../renderer'),
  preload: built('../preload/preload.cjs'),
  trayIcons: built('../icons/tray'),
  appIcon: process.platform === 'linux' ? built('../icons/png/256x256.png') : null,
};
const home = homedir();
const userData = chooseUserData();
const log = createLogger({ folder: join(userData, 'logs'), home, toConsole: !app.isPackaged });
let desktop: Desktop | null = null;
let shutDown = (): Promise<void> => Promise.resolve();

registerUiScheme();
if (claimInstance((argv) => (startsHidden(argv) ? undefined : desktop?.showMain()))) {
  quitInOrder(() => shutDown(), log);
  // Not awaited here: Electron holds `ready` back until this module has been evaluated.
  app.whenReady().then(start).catch(cannotStart);
} else {
  app.exit(0);
}

/** `--profile FOLDER`, or Electron's own `--user-data-dir=FOLDER`, takes the place of the usual folder. */
function chooseUserData(): string {
  const given = profileIn(process.argv) ?? app.commandLine.getSwitchValue('user-data-dir');
  if (given !== '') app.setPath('userData', resolve(given));
  return app.getPath('userData');
}

async function start(): Promise<void> {
  log('info', `Mailmole ${app.getVersion()} on Electron ${process.versions.electron} starts.`);
  setAppMenu(process.platform);
  const t = createWords(app.getLocale());
  const { state, engine, commands, setup, ...core } = startCore({
    ...{ version: app.getVersion(), clock, log, t, userData, home },
    fork: forkHost,
    scripts: { tunnels: built('tunnel-host.js'), practice: built('practice-host.js') },
    openStore: openAccountStore,
  });
  const control = await serveControl({
    ...{ ...core, commands, state, clock, log, t },
    ...{ paths: profilePaths(userData), version: app.getVersion() },
  });
  const up = startDesktop({ commands, setup, state, t, clock, log, files, userData, home });
  desktop = up;
  if (!startsHidden(process.argv)) up.showMain();
  const stopWatching = watchPowerAndNetwork(engine, state, log);
  shutDown = async () => {
    stopWatching();
    up.end();
    await control.close();
    await core.shutDown();
  };
  void commands.resume();
}

/** Without its folder the application cannot keep anything, so that it says so and ends. */
function cannotStart(error: unknown): void {
  const detail = textOfThrown(error);
  log('error', `Mailmole cannot start: ${detail}`);
  const t = createWords(app.getLocale());
  const served = error instanceof AlreadyServed;
  const body = served ? detail : t('app:could-not-start.body', { folder: userData, detail });
  dialog.showErrorBox(t('app:could-not-start.title'), body);
  app.exit(1);
}

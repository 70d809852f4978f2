import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, dialog } from 'electron';
import { openAccountStore } from './accounts/account-store';
import { AlreadyServed, openControlOrGoOn } from './control/control-server';
import { profileIn, profilePaths } from './control/profile-paths';
import { startCore } from './core/core';
import { createWords } from './core/words';
import { setFirstAppMenu } from './desktop/app-menu';
import { applyPreferences, speakAsPreferred } from './desktop/preference-effects';
import type { BuiltFiles, Desktop } from './desktop/desktop';
import { startDesktop } from './desktop/desktop';
import { Links } from './desktop/links';
import { claimInstance, quitInOrder, startsHidden } from './desktop/lifecycle';
import { askLittleOfChromium } from './desktop/modest-chromium';
import { watchPowerAndNetwork } from './desktop/power';
import { forkHost } from './desktop/process';
import { registerUiScheme } from './desktop/ui-session';
import { createLogger } from './logging/logger';
import type { PreferenceBook } from './preferences/preference-book';
import { openPreferenceStore } from './preferences/preference-store';
import { systemClock as clock } from './tunnel/system-clock';
import { textOfThrown } from './shared/thrown';

/** This file is built to out/app/main.cjs; the rest of what is built stands round it. */
const built = (path: string): string => join(import.meta.dirname, path);
const files: BuiltFiles = {
  pages: built('../renderer'),
  preload: built('../preload/preload.cjs'),
  trayIcons: built('../icons/tray'),
  appIcon: process.platform === 'linux' ? built('../icons/png/256x256.png') : null,
};
const home = homedir();
const userData = chooseUserData();
let preferences: PreferenceBook | null = null;
const log = createLogger({
  folder: join(userData, 'logs'),
  home,
  toConsole: !app.isPackaged,
  level: () => preferences?.current().logLevel ?? 'info',
});
let desktop: Desktop | null = null;
let shutDown = (): Promise<void> => Promise.resolve();

registerUiScheme();
askLittleOfChromium(process.platform);
setFirstAppMenu(process.platform);
const links = new Links();
const again = (argv: readonly string[], cwd: string): void => {
  if (!links.openFrom(argv, cwd) && !startsHidden(argv)) desktop?.showMain();
};
if (claimInstance(again)) {
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
  const kept = (preferences = openPreferences());
  const words = createWords(app.getLocale());
  const { t } = words;
  await speakAsPreferred(words, kept, log);
  const control = await openControlOrGoOn({
    ...{ paths: profilePaths(userData), version: app.getVersion(), t, log },
  });
  const { state, engine, commands, setup, imports, exports, ...core } = startCore({
    ...{ version: app.getVersion(), clock, log, t, userData, home },
    fork: forkHost,
    scripts: {
      tunnels: built('../main/tunnel-host.js'),
      practice: built('../main/practice-host.js'),
    },
    openStore: openAccountStore,
  });
  control.serve({ ...core, commands, imports, state, clock, log, t, questions: null });
  const stopApplying = applyPreferences({ book: kept, words, state, engine, home, log });
  const up = startDesktop({
    ...{ commands, setup, imports, exports, preferences: kept, state, t, clock, log },
    ...{ files, userData, home },
  });
  desktop = up;
  links.attach({ imports, state, log, showMain: () => up.showMain() });
  if (!links.openFrom(process.argv, process.cwd()) && !startsHidden(process.argv)) up.showMain();
  const stopWatching = watchPowerAndNetwork(engine, state, log);
  shutDown = async () => {
    stopWatching();
    stopApplying();
    up.end();
    await control.close();
    await core.shutDown();
  };
  void commands.resume();
}

/** What of the preferences was damaged is the default now; the file as it was is kept. */
function openPreferences(): PreferenceBook {
  const { book, setAside } = openPreferenceStore(userData, new Date());
  if (setAside !== null)
    log(
      'error',
      `preferences.json was damaged (${setAside.problems.join('; ')}): ${setAside.file}`,
    );
  return book;
}

/** Without its folder the application cannot keep anything, so that it says so and ends. */
function cannotStart(error: unknown): void {
  const detail = textOfThrown(error);
  log('error', `Mailmole cannot start: ${detail}`);
  // A hidden start is a command's that found none running, while another was quicker: that one answers the command.
  const served = error instanceof AlreadyServed;
  if (!served || !startsHidden(process.argv)) {
    const { t } = createWords(app.getLocale());
    const body = served ? detail : t('app:could-not-start.body', { folder: userData, detail });
    dialog.showErrorBox(t('app:could-not-start.title'), body);
  }
  app.exit(1);
}

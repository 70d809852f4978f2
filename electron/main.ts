import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, dialog } from 'electron';
import type { AccountBook } from './accounts/account-book';
import { openAccountStore } from './accounts/account-store';
import { setAppMenu } from './desktop/app-menu';
import type { BuiltFiles, Desktop } from './desktop/desktop';
import { startDesktop } from './desktop/desktop';
import { keepPractice, startEngine } from './desktop/hosts';
import { claimInstance, quitInOrder, startsHidden } from './desktop/lifecycle';
import { watchPowerAndNetwork } from './desktop/power';
import { registerUiScheme } from './desktop/ui-session';
import { createWords } from './desktop/words';
import { createLogger } from './logging/logger';
import type { PromptBroker } from './prompts/prompt-broker';
import { createPromptBroker } from './prompts/prompt-broker';
import type { AppState } from './state/app-state';
import { createAppState } from './state/app-state';
import { Commands } from './state/commands';
import { systemClock as clock } from './tunnel/system-clock';
import { findFreePort } from './tunnel/free-port';
import type { TunnelHost } from './tunnel/ports';
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

/** `--user-data-dir=FOLDER` takes the place of the usual folder. */
function chooseUserData(): string {
  const given = app.commandLine.getSwitchValue('user-data-dir');
  if (given !== '') app.setPath('userData', resolve(given));
  return app.getPath('userData');
}

function start(): void {
  log('info', `Mailmole ${app.getVersion()} on Electron ${process.versions.electron} starts.`);
  setAppMenu(process.platform);
  const t = createWords(app.getLocale());
  const state = createAppState(app.getVersion(), clock);
  const book = openAccounts(state);
  const host = { state, clock, log, userData, home };
  const broker: PromptBroker = createPromptBroker(
    (id, answer) => engine.answer(id, answer),
    () => state.setQuestions(broker.questions()),
  );
  const engine: TunnelHost = startEngine({ ...host, script: built('tunnel-host.js') }, broker);
  const practice = keepPractice({ ...host, script: built('practice-host.js') });
  const practiceName = t('app:practice-name');
  const commands = new Commands({
    ...{ book, state, engine, broker, practice, clock, findFreePort, practiceName },
    newId: randomUUID,
  });
  const up = startDesktop({ commands, state, t, clock, log, files, userData, home });
  desktop = up;
  if (!startsHidden(process.argv)) up.showMain();
  const stopWatching = watchPowerAndNetwork(engine, state, log);
  shutDown = async () => {
    stopWatching();
    up.end();
    await Promise.allSettled([engine.shutDown(), practice.stop()]);
  };
  surviveFaults(state);
  void commands.resume();
}

/** Opens the mailboxes and keeps the snapshot's copy of the list. */
function openAccounts(state: AppState): AccountBook {
  const { book, setAside } = openAccountStore(userData, new Date());
  if (setAside !== null) {
    log('error', `accounts.json is ${setAside.kind}: ${setAside.problems.join('; ')}`);
    state.addNotice(`app:notice.accounts-${setAside.kind}`, { file: setAside.file });
  }
  state.setAccounts(book.list());
  book.onChange((accounts) => state.setAccounts(accounts));
  return book;
}

/** A fault nobody foresaw is written down and told; the tunnels run in a process of their own and go on. */
function surviveFaults(state: AppState): void {
  const survive = (fault: unknown): void => {
    log('error', `Unforeseen: ${fault instanceof Error ? fault.stack : textOfThrown(fault)}`);
    state.addNotice('app:notice.unexpected', {});
  };
  process.on('uncaughtException', survive);
  process.on('unhandledRejection', survive);
}

/** Without its folder the application cannot keep anything, so that it says so and ends. */
function cannotStart(error: unknown): void {
  const detail = textOfThrown(error);
  log('error', `Mailmole cannot start: ${detail}`);
  const t = createWords(app.getLocale());
  const body = t('app:could-not-start.body', { folder: userData, detail });
  dialog.showErrorBox(t('app:could-not-start.title'), body);
  app.exit(1);
}

import { app, type Session } from 'electron';
import { PROGRAMS, programName, settingsFor, settingsText } from '../client-setup/programs';
import { viewOf } from '../shared/app-snapshot';
import type { PreferenceBook } from '../preferences/preference-book';
import type { Translate } from '../shared/messages';
import type { AppState } from '../state/app-state';
import type { Commands } from '../state/commands';
import type { ExportCommands } from '../state/export-commands';
import type { ImportCommands } from '../state/import-commands';
import type { SetupCommands } from '../state/setup-commands';
import type { Clock, Log } from '../tunnel/ports';
import { copyToClipboard } from './clipboard';
import { setAppMenu } from './app-menu';
import type { DesktopActions } from './handlers';
import { createHandlers } from './handlers';
import { connectWindows } from './ipc';
import { chooseKeyFile } from './key-file-dialog';
import { composeMail } from './mail-link';
import { MailboxFiles } from './mailbox-files';
import { Notifier } from './notifier';
import { report } from './report';
import { TrayIcon } from './tray';
import { performTrayCommand } from './tray-commands';
import { watchTrayHost } from './tray-host';
import type { TrayCommand } from './tray-view';
import { trayView } from './tray-view';
import { confineContents, openUiSession } from './ui-session';
import { Windows } from './windows';
import { textOfThrown } from '../shared/thrown';

/** A question that comes up within this many milliseconds after a person did something here may take the focus. */
const CAUSED_BY_PERSON_MS = 20_000;

/** Absolute paths of what the build put beside the program. */
export interface BuiltFiles {
  readonly pages: string;
  readonly preload: string;
  readonly trayIcons: string;
  /** For windows on Linux; elsewhere the package brings it. */
  readonly appIcon: string | null;
}

export interface DesktopParts {
  readonly commands: Commands;
  readonly setup: SetupCommands;
  readonly imports: ImportCommands;
  readonly exports: ExportCommands;
  readonly state: AppState;
  readonly preferences: PreferenceBook;
  readonly t: Translate;
  readonly clock: Clock;
  readonly log: Log;
  readonly files: BuiltFiles;
  /** Folder of the user's data. */
  readonly userData: string;
  readonly home: string;
}

/** The tray, the windows and the notifications, all drawn from the snapshot from now on. */
export interface Desktop {
  showMain(): void;
  /** Takes the tray icon away; windows go with the application. */
  end(): void;
}

/** Puts up the tray icon and everything that can be opened from it. The application must be ready. */
export function startDesktop(parts: DesktopParts): Desktop {
  const { commands, setup, imports, preferences, state, t, log } = parts;
  confineContents(log);
  const windows = openWindows(parts);
  const actions = desktopActions(parts, windows);
  const mailboxFiles = new MailboxFiles({ ...parts, above: () => windows.main() });
  const handlers = createHandlers(
    commands,
    setup,
    imports,
    preferences,
    state,
    actions,
    mailboxFiles,
  );
  connectWindows(windows, handlers, state, log);

  const perform = (command: TrayCommand): void => {
    const open = (): void => windows.showMain();
    // Quitting takes the tray away; the panel gets its answer to the click first.
    const quit = (): void => void setImmediate(() => app.quit());
    performTrayCommand(command, commands, { ...actions, open, quit }).catch((error: unknown) => {
      log('error', `${command.verb} failed: ${textOfThrown(error)}`);
      state.addNotice('app:notice.not-done', {});
      windows.showMain();
    });
  };
  const tray = new TrayIcon(parts.files.trayIcons, trayView(state.snapshot(), t), perform);
  const notifier = new Notifier({
    ...{ t, clock: parts.clock, snapshot: () => state.snapshot() },
    watched: () => windows.watched(),
    open: (id) => windows.showMain(true, id === null ? null : { kind: 'mailbox', id }),
  });
  const stopShowing = state.subscribe((snapshot) => {
    tray.show(trayView(snapshot, t));
    windows.syncPrompts(snapshot.prompts, commands.personActedWithin(CAUSED_BY_PERSON_MS));
    notifier.look();
  });
  const stopWatching = watchForPanel(parts, windows, tray);
  return {
    showMain: () => windows.showMain(),
    end() {
      stopShowing();
      stopWatching();
      notifier.end();
      windows.rememberMain();
      tray.destroy();
    },
  };
}

function openWindows({ files, userData, t, commands, log }: DesktopParts): Windows {
  let session: Session | null = null;
  const opened = (): Session => {
    setAppMenu(process.platform);
    return openUiSession(files.pages, log);
  };
  return new Windows({
    session: () => (session ??= opened()),
    preload: files.preload,
    icon: files.appIcon,
    folder: userData,
    promptTitle: () => t('app:prompt-title'),
    promptsDismissed: () => commands.cancelPrompts(),
    log,
  });
}

function desktopActions(
  { state, t, home, userData }: DesktopParts,
  windows: Windows,
): DesktopActions {
  return {
    async copySettings(id, program) {
      const view = viewOf(state.snapshot(), id);
      if (view === undefined) return false;
      await copyToClipboard(settingsText(view.account, program, t));
      return true;
    },
    programCards(id) {
      const view = viewOf(state.snapshot(), id);
      if (view === undefined) return null;
      return PROGRAMS.map((program) => ({
        program,
        name: programName(program, t),
        settings: settingsFor(view.account, program, t),
      }));
    },
    copyText: copyToClipboard,
    takePlace: () => windows.takePlace(),
    chooseKeyFile: () => chooseKeyFile(home, t('app:choose-key-title'), windows.main()),
    composeMail,
    copyReport: (redacted) =>
      copyToClipboard(report(state.snapshot(), { userData, home }, redacted)),
  };
}

/** Only on Linux can a desktop have no place for a tray icon. Then the window is the way in. */
function watchForPanel(
  { state, clock, log }: DesktopParts,
  windows: Windows,
  tray: TrayIcon,
): () => void {
  if (process.platform !== 'linux') return () => undefined;
  let notice: string | null = null;
  const appeared = (): void => {
    tray.recreate();
    if (notice !== null) state.dismissNotice(notice);
  };
  const missing = (): void => {
    notice = state.addNotice('app:notice.no-tray', {});
    windows.showMain(false);
  };
  return watchTrayHost({ appeared, missing }, clock, log);
}

import type { Program } from '../client-setup/programs';
import type { PreferenceBook } from '../preferences/preference-book';
import type { AccountId } from '../shared/account';
import type { IpcFailure, Place } from '../shared/ipc-contract';
import { fail, ok } from '../shared/result';
import type { AppState } from '../state/app-state';
import type { ProgramCard } from '../shared/program-card';
import type { Commands } from '../state/commands';
import type { ImportCommands } from '../state/import-commands';
import type { SetupCommands } from '../state/setup-commands';
import type { Handlers } from './ipc-policy';
import type { MailboxFiles } from './mailbox-files';

/** What the verbs need of the desktop itself. */
export interface DesktopActions {
  /** False when there is no such mailbox. */
  copySettings(id: AccountId, program: Program): Promise<boolean>;
  /** What each mail program needs; null when there is no such mailbox. */
  programCards(id: AccountId): readonly ProgramCard[] | null;
  copyText(text: string): Promise<void>;
  /** The path a person chose; null when they chose none. */
  chooseKeyFile(): Promise<string | null>;
  /** Opens a new message in the person's mail program. */
  composeMail(subject: string, body: string): Promise<void>;
  copyReport(redacted: boolean): Promise<void>;
  /** Where a window that was brought up is wanted; told once. */
  takePlace(): Place | null;
}

/** The verbs of the contract, put together from the commands, the snapshot and the desktop. */
export function createHandlers(
  commands: Commands,
  setup: SetupCommands,
  imports: ImportCommands,
  preferences: PreferenceBook,
  state: AppState,
  desktop: DesktopActions,
  files: MailboxFiles,
): Handlers {
  return {
    getSnapshot: () => ok(state.snapshot()),
    saveAccount: (id, draft) => commands.saveAccount(id, draft),
    removeAccount: (id) => commands.removeAccount(id),
    duplicateAccount: (id) => commands.duplicateAccount(id),
    undoRemove: () => commands.undoRemove(),
    setWanted: (id, on) => commands.setWanted(id, on),
    setAllWanted: (on) => commands.setAllWanted(on),
    tryNow: (id) => commands.tryNow(id),
    acceptChangedKey: (id, fingerprint) => commands.acceptChangedKey(id, fingerprint),
    answerPrompt: (id, answer) => commands.answerPrompt(id, answer),
    addPractice: () => commands.addPractice(),
    suggestForward: (protocol, mailHost, except) =>
      commands.suggestForward(protocol, mailHost, except),
    changePort: (id, from, to) => commands.changePort(id, from, to),
    chooseKeyFile: async () => ok(await desktop.chooseKeyFile()),
    copySettings: async (id) =>
      (await desktop.copySettings(id, 'plain'))
        ? ok(null)
        : fail<IpcFailure>({ kind: 'not-found' }),
    getProgramCards: (id) => {
      const cards = desktop.programCards(id);
      return cards === null ? fail<IpcFailure>({ kind: 'not-found' }) : ok(cards);
    },
    copyText: async (text) => {
      await desktop.copyText(text);
      return ok(null);
    },
    lock: () => commands.lock(),
    dismissNotice: (id) => commands.dismissNotice(id),
    ...setupHandlers(setup),
    ...importHandlers(imports, state, files),
    composeMail: async (subject, body) => {
      await desktop.composeMail(subject, body);
      return ok(null);
    },
    takePlace: () => ok(desktop.takePlace()),
    setPreferences: (wanted) => {
      preferences.set(wanted);
      return ok(null);
    },
    copyReport: async (redacted) => {
      await desktop.copyReport(redacted);
      return ok(null);
    },
  };
}

/** What a person does before a mailbox is saved. */
function setupHandlers(
  setup: SetupCommands,
): Pick<
  Handlers,
  'getDrafts' | 'keepDraft' | 'judgeDraft' | 'makeKey' | 'installKey' | 'cancelInstall'
> {
  return {
    getDrafts: () => setup.drafts(),
    keepDraft: (place, text) => setup.keepDraft(place, text),
    judgeDraft: (id, draft) => setup.judgeDraft(id, draft),
    makeKey: (passphrase, comment) => setup.makeKey(passphrase, comment),
    installKey: (id, draft, keyPath) => setup.installKey(id, draft, keyPath),
    cancelInstall: () => setup.cancelInstall(),
  };
}

/** What a text that tells of mailboxes comes to, what becomes of it, and the texts that are made of mailboxes. */
function importHandlers(
  imports: ImportCommands,
  state: AppState,
  files: MailboxFiles,
): Pick<
  Handlers,
  | 'readImport'
  | 'readSetup'
  | 'addImported'
  | 'closeOpened'
  | 'openImport'
  | 'exportAll'
  | 'exportSetup'
> {
  return {
    openImport: () => files.openImport(),
    exportAll: () => files.exportAll(),
    exportSetup: (id) => files.exportSetup(id),
    readImport: (given) => imports.readImport(given),
    readSetup: (given) => imports.readSetup(given),
    addImported: (drafts) => imports.addImported(drafts),
    closeOpened: (id) => {
      if (state.snapshot().opened?.id === id) state.setOpened(null);
      return ok(null);
    },
  };
}

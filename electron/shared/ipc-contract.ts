import type { AccountDraft, AccountId, DraftProblem, Forward, ForwardProtocol } from './account';
import type { AppSnapshot } from './app-snapshot';
import type { Preferences } from './preferences';
import type { AddRefusal, ImportRead, OpenedSetup, ReadyDraft } from './imported';
import type { ProgramCard } from './program-card';
import type { PromptAnswer, PromptId } from './prompt';
import type { Result } from './result';
import type { KeyInstalled, KeyMade } from './server-key';
import type { TunnelError } from './tunnel-error';

/**
 * Everything a window may ask of the main process: name, arguments, reply. Both ends are derived from this table;
 * `ipc-parsers.ts` parses the arguments where they arrive.
 */
export interface IpcContract {
  getSnapshot: { args: []; reply: AppSnapshot };
  /** Adds (`id` null) or changes a mailbox; a running tunnel takes the change over with one reconnect. */
  saveAccount: {
    args: [id: AccountId | null, draft: AccountDraft];
    reply: Result<AccountId, readonly DraftProblem[]>;
  };
  removeAccount: { args: [id: AccountId]; reply: null };
  /** Makes another mailbox like this one, right after it, switched off, on local ports of its own. */
  duplicateAccount: { args: [id: AccountId]; reply: AccountId };
  /** Brings back the mailbox removed last. */
  undoRemove: { args: []; reply: null };
  setWanted: { args: [id: AccountId, on: boolean]; reply: null };
  setAllWanted: { args: [on: boolean]; reply: null };
  /** Connect now, as a person: may ask questions. */
  tryNow: { args: [id: AccountId]; reply: null };
  /** A person compared the new fingerprint and takes exactly this key in place of the known one. */
  acceptChangedKey: { args: [id: AccountId, fingerprint: string]; reply: null };
  answerPrompt: { args: [id: PromptId, answer: PromptAnswer]; reply: null };
  /** Makes the practice mailbox (or finds the one there is) and switches it on. */
  addPractice: { args: []; reply: AccountId };
  /** A forward of this protocol with a local port that is free on this computer and used by no other mailbox. */
  suggestForward: {
    args: [protocol: ForwardProtocol, mailHost: string, exceptAccount: AccountId | null];
    reply: Forward;
  };
  /** Moves one forward to another local port, as offered by a port error. */
  changePort: { args: [id: AccountId, fromPort: number, toPort: number]; reply: null };
  chooseKeyFile: { args: []; reply: string | null };
  /** Puts everything a mail program needs for this mailbox on the clipboard, as text. */
  copySettings: { args: [id: AccountId]; reply: null };
  /** What each mail program needs for this mailbox. */
  getProgramCards: { args: [id: AccountId]; reply: readonly ProgramCard[] };
  copyText: { args: [text: string]; reply: null };
  /** Forgets every passphrase, password and unlocked key. What is connected stays connected. */
  lock: { args: []; reply: null };
  dismissNotice: { args: [id: string]; reply: null };
  /** What was typed and not saved before the window was closed, by place. */
  getDrafts: { args: []; reply: Readonly<Record<string, string>> };
  /** Keeps what is typed at a place, never a secret; null forgets it. */
  keepDraft: { args: [place: string, text: string | null]; reply: null };
  /** What would keep a draft from being saved; nothing is saved. */
  judgeDraft: {
    args: [id: AccountId | null, draft: AccountDraft];
    reply: readonly DraftProblem[];
  };
  /** Makes a key where OpenSSH keeps a person's keys; without a passphrase when that is null. */
  makeKey: {
    args: [passphrase: string | null, comment: string];
    reply: Result<KeyMade, TunnelError>;
  };
  /** Signs in as the draft says (asking), puts the key on the server and proves it. */
  installKey: {
    args: [id: AccountId | null, draft: AccountDraft, keyPath: string];
    reply: Result<Result<KeyInstalled, TunnelError>, readonly DraftProblem[]>;
  };
  /** Ends an installation that is under way; it fails as a lost connection. */
  cancelInstall: { args: []; reply: null };
  /** Makes draft mailboxes of a text that a person pasted; nothing is saved. */
  readImport: { args: [text: string]; reply: ImportRead };
  /** The same for what came from elsewhere: a set-up file or a link to one, and no other kind of text. */
  readSetup: { args: [text: string]; reply: ImportRead };
  /** Makes the mailboxes of drafts that lack nothing, and switches them on: all of them, or none. */
  addImported: {
    args: [drafts: readonly ReadyDraft[]];
    reply: Result<readonly AccountId[], readonly AddRefusal[]>;
  };
  /** Lets the person choose a file that tells of mailboxes, and reads it; null when they choose none. */
  openImport: { args: []; reply: OpenedSetup | null };
  /** Lets the person choose where all mailboxes are written to; a notice says what came of it. */
  exportAll: { args: []; reply: null };
  /** The same for a set-up file of one mailbox, for others. */
  exportSetup: { args: [id: AccountId]; reply: null };
  /** The person is done with the set-up file that was opened. */
  closeOpened: { args: [id: string]; reply: null };
  /** Opens a new message in the person's mail program. */
  composeMail: { args: [subject: string, body: string]; reply: null };
  /** Where the main window was brought up for, once; null when a person just opened it. */
  takePlace: { args: []; reply: Place | null };
  /** Takes all preferences over at once. */
  setPreferences: { args: [preferences: Preferences]; reply: null };
  /** Puts a report for whoever helps on the clipboard: no secrets, and without names and servers when `redacted`. */
  copyReport: { args: [redacted: boolean]; reply: null };
}

/** Where in the main window something is to be seen. */
export type Place = { readonly kind: 'mailbox'; readonly id: AccountId };

export type IpcName = keyof IpcContract;
export type IpcArgs<N extends IpcName> = IpcContract[N]['args'];
export type IpcReply<N extends IpcName> = IpcContract[N]['reply'];

/** The names at run time; the type check below fails when one is missing. */
export const IPC_NAMES = [
  'getSnapshot',
  'saveAccount',
  'removeAccount',
  'duplicateAccount',
  'undoRemove',
  'setWanted',
  'setAllWanted',
  'tryNow',
  'acceptChangedKey',
  'answerPrompt',
  'addPractice',
  'suggestForward',
  'changePort',
  'chooseKeyFile',
  'copySettings',
  'getProgramCards',
  'copyText',
  'lock',
  'dismissNotice',
  'getDrafts',
  'keepDraft',
  'judgeDraft',
  'makeKey',
  'installKey',
  'cancelInstall',
  'readImport',
  'readSetup',
  'addImported',
  'openImport',
  'exportAll',
  'exportSetup',
  'closeOpened',
  'composeMail',
  'takePlace',
  'setPreferences',
  'copyReport',
] as const satisfies readonly IpcName[];

type Missing = Exclude<IpcName, (typeof IPC_NAMES)[number]>;
/** Names every verb of the contract that the list above forgot; must stay `never`. */
export const ALL_NAMES_LISTED: [Missing] extends [never] ? true : Missing = true;

/** Main tells windows: here is the new snapshot, whole. */
export const SNAPSHOT_CHANNEL = 'mailmole:snapshot';

/** Main tells the main window: a place is waiting, take it. */
export const PLACE_CHANNEL = 'mailmole:place';

/** The channel of a verb. */
export function channelOf(name: IpcName): string {
  return `mailmole:${name}`;
}

/** Why a request was not carried out. It crosses as data, never as a thrown text. */
export type IpcFailure =
  | { kind: 'bad-request'; problem: string }
  | { kind: 'stranger' }
  | { kind: 'not-found' }
  | { kind: 'not-now' }
  | { kind: 'failed'; problem: string };

export type IpcAnswer<N extends IpcName> = Result<IpcReply<N>, IpcFailure>;

/** What the preload script puts on `window.mailmole`: verbs, never ipcRenderer itself. */
export type Bridge = {
  readonly [N in IpcName]: (...args: IpcArgs<N>) => Promise<IpcAnswer<N>>;
} & {
  /** Calls back with every new snapshot until the returned function is called. */
  readonly onSnapshot: (listener: (snapshot: AppSnapshot) => void) => () => void;
  /** Calls back when a place is waiting, until the returned function is called. */
  readonly onPlace: (listener: () => void) => () => void;
  /** The path of a file that was dropped on a window; empty when it has none. Answered by the preload script itself. */
  readonly pathOfFile: (file: File) => string;
};

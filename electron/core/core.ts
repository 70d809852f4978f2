import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AccountBook } from '../accounts/account-book';
import type { OpenedStore } from '../accounts/account-keeper';
import { importContext } from '../accounts/import/included-files';
import { createPromptBroker, type PromptBroker } from '../prompts/prompt-broker';
import { textOfThrown } from '../shared/thrown';
import type { Translate } from '../shared/messages';
import { keepActivities, readActivities } from '../state/activity-file';
import { createAppState, type AppState } from '../state/app-state';
import { Commands } from '../state/commands';
import { openDrafts } from '../state/draft-keeper';
import { ExportCommands } from '../state/export-commands';
import { ImportCommands } from '../state/import-commands';
import { SetupCommands } from '../state/setup-commands';
import { findFreePort } from '../tunnel/free-port';
import type { Clock, Log, TunnelHost } from '../tunnel/ports';
import { keepPractice, knownKeysOf, startEngine, type Fork } from './hosts';

/** What differs between the application with windows and the one without. */
export interface CoreParts {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly t: Translate;
  /** Folder of the user's data. */
  readonly userData: string;
  readonly home: string;
  /** Does something answer questions at any hour, so that a reconnect that nobody started may ask? */
  readonly askAlways?: boolean;
  readonly fork: Fork;
  /** Absolute paths of the built scripts of the two helping processes. */
  readonly scripts: { readonly tunnels: string; readonly practice: string };
  /** Opens the mailboxes; throws when the folder cannot be used. */
  readonly openStore: (folder: string, now: Date) => OpenedStore;
}

/** Everything of Mailmole but what a person sees: mailboxes, engine, questions, and the commands that move them. */
export interface Core {
  readonly state: AppState;
  readonly book: AccountBook;
  readonly broker: PromptBroker;
  readonly engine: TunnelHost;
  readonly commands: Commands;
  readonly setup: SetupCommands;
  readonly imports: ImportCommands;
  readonly exports: ExportCommands;
  readonly findFreePort: typeof findFreePort;
  readonly newId: () => string;
  /** The computer has a network or not, as somebody who knows says; a change of it cuts every waiting short. */
  networkChanged(online: boolean): void;
  /** Hangs everything up and ends the helping processes; never rejects. */
  shutDown(): Promise<void>;
}

/** Opens the mailboxes and starts the engine; nothing is dialled before `commands.resume`. */
export function startCore(parts: CoreParts): Core {
  const { version, clock, log, t, scripts, fork, userData, home, askAlways = false } = parts;
  const files = { folder: userData, clock, log };
  const state = createAppState(version, clock, readActivities(files));
  const book = openAccounts(parts, state);
  const flushActivities = keepActivities(state, files);
  const { drafts, flush: flushDrafts } = openDrafts(files, (id) => book.get(id) !== undefined);
  const host = { fork, state, clock, log, userData, home, askAlways };
  const broker: PromptBroker = createPromptBroker(
    (id, answer) => engine.answer(id, answer),
    () => state.setQuestions(broker.questions()),
  );
  const engine: TunnelHost = startEngine({ ...host, script: scripts.tunnels }, broker);
  const newId = randomUUID;
  const practice = keepPractice({ ...host, script: scripts.practice });
  const commands = new Commands({
    ...{ book, state, engine, broker, practice, clock, findFreePort },
    newId,
    practiceName: t('app:practice-name'),
    copyName: (name, count) => t('app:copy-name', { name, count }),
  });
  const setup = new SetupCommands({
    ...{ book, state, engine, broker, drafts },
    sshFolder: join(home, '.ssh'),
    personActs: () => commands.personActs(),
  });
  const imports = new ImportCommands({
    ...{ book, engine, findFreePort },
    newId: randomUUID,
    context: () => importContext(home),
    personActs: () => commands.personActs(),
  });
  const exports = new ExportCommands({ book, keysOf: knownKeysOf({ userData, home }) });
  surviveFaults(state, log);
  return {
    ...{ state, book, broker, engine, commands, setup, imports, exports, findFreePort, newId },
    networkChanged: (online) => {
      state.setOnline(online);
      engine.networkChanged(online);
    },
    shutDown: async () => {
      // First of all, since the system may give no time for more when it ends.
      flushDrafts();
      flushActivities();
      await Promise.allSettled([engine.shutDown(), practice.stop()]);
    },
  };
}

/** Opens the mailboxes and keeps the snapshot's copy of the list. */
function openAccounts({ openStore, userData, log }: CoreParts, state: AppState): AccountBook {
  const { book, setAside } = openStore(userData, new Date());
  if (setAside !== null) {
    log('error', `accounts.json is ${setAside.kind}: ${setAside.problems.join('; ')}`);
    state.addNotice(`app:notice.accounts-${setAside.kind}`, { file: setAside.file });
  }
  state.setAccounts(book.list());
  book.onChange((accounts) => state.setAccounts(accounts));
  return book;
}

/** A fault nobody foresaw is written down and told; the tunnels run in a process of their own and go on. */
function surviveFaults(state: AppState, log: Log): void {
  const survive = (fault: unknown): void => {
    log('error', `Unforeseen: ${fault instanceof Error ? fault.stack : textOfThrown(fault)}`);
    state.addNotice('app:notice.unexpected', {});
  };
  process.on('uncaughtException', survive);
  process.on('unhandledRejection', survive);
}

import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { dialog } from 'electron';
import type { AccountId } from '../shared/account';
import type { OpenedSetup } from '../shared/imported';
import type { IpcAnswer } from '../shared/ipc-contract';
import type { Translate } from '../shared/messages';
import { fail, ok } from '../shared/result';
import { textOfThrown } from '../shared/thrown';
import type { AppState } from '../state/app-state';
import type { ExportCommands, ExportedFile } from '../state/export-commands';
import type { ImportCommands } from '../state/import-commands';
import type { Log } from '../tunnel/ports';
import { beginningOf } from './text-file';

export interface MailboxFilesParts {
  readonly imports: Pick<ImportCommands, 'readImport' | 'readSetup'>;
  readonly exports: ExportCommands;
  readonly state: Pick<AppState, 'addNotice'>;
  readonly t: Translate;
  readonly log: Log;
  /** Where choosing begins. */
  readonly home: string;
  /** The window that the system's dialogs stand above. */
  readonly above: () => BrowserWindow | null;
}

/** Brings mailboxes in from files that a person chooses, and writes them to where they choose. */
export class MailboxFiles {
  readonly #parts: MailboxFilesParts;

  constructor(parts: MailboxFilesParts) {
    this.#parts = parts;
  }

  /** What the chosen file tells of; null when none was chosen. A set-up file is read as nothing else. */
  async openImport(): Promise<IpcAnswer<'openImport'>> {
    const { imports, t, home, above, log } = this.#parts;
    const options: Electron.OpenDialogOptions = {
      title: t('app:choose-import-title'),
      defaultPath: home,
      properties: ['openFile', 'showHiddenFiles', 'dontAddToRecent'],
    };
    const window = above();
    const chosen = await (window === null
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(window, options));
    const [path] = chosen.filePaths;
    if (path === undefined) return ok(null);
    const opened = { id: randomUUID(), fileName: basename(path) };
    try {
      const text = await beginningOf(path);
      const isSetup = path.toLowerCase().endsWith('.mailmole');
      const read = await (isSetup ? imports.readSetup(text) : imports.readImport(text));
      return read.ok ? ok({ ...opened, read: read.value }) : read;
    } catch (error) {
      log('warn', `A file to import could not be read: ${textOfThrown(error)}`);
      const read: OpenedSetup['read'] = fail([
        { place: null, messageKey: 'import:unreadable', params: {} },
      ]);
      return ok({ ...opened, read });
    }
  }

  /** Writes all mailboxes to where the person chooses. */
  async exportAll(): Promise<IpcAnswer<'exportAll'>> {
    await this.#save(this.#parts.exports.exportAll(), 'app:notice.exported');
    return ok(null);
  }

  /** Writes the set-up file of one mailbox to where the person chooses, or says why there can be none. */
  async exportSetup(id: AccountId): Promise<IpcAnswer<'exportSetup'>> {
    const { exports, state } = this.#parts;
    const made = await exports.exportSetup(id);
    if (!made.ok) return made;
    if (made.value.ok) await this.#save(made.value.value, 'app:notice.setup-exported');
    else {
      const { account, why } = made.value.error;
      state.addNotice(`app:notice.${why}`, { name: account.name, host: account.sshHost });
    }
    return ok(null);
  }

  async #save({ name, text }: ExportedFile, said: string): Promise<void> {
    const { state, t, home, above, log } = this.#parts;
    const options: Electron.SaveDialogOptions = {
      title: t('app:choose-export-title'),
      defaultPath: join(home, name),
      properties: ['createDirectory', 'showOverwriteConfirmation', 'dontAddToRecent'],
    };
    const window = above();
    const { filePath } = await (window === null
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(window, options));
    if (filePath === '') return;
    try {
      await writeFile(filePath, text);
      state.addNotice(said, { file: filePath });
    } catch (error) {
      log('warn', `An export could not be written: ${textOfThrown(error)}`);
      state.addNotice('app:notice.not-exported', { file: filePath });
    }
  }
}

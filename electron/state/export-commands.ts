import type { AccountBook } from '../accounts/account-book';
import { exportAccounts } from '../accounts/import/own-export';
import type { SetupRefusal } from '../accounts/setup-of';
import { setupOf } from '../accounts/setup-of';
import type { Account, AccountId } from '../shared/account';
import type { IpcFailure } from '../shared/ipc-contract';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import type { Done } from './commands';

/** A text to be kept as a file. It holds no secret. */
export interface ExportedFile {
  /** The name to suggest, without a folder. */
  readonly name: string;
  readonly text: string;
}

/** What exporting works on. */
export interface ExportParts {
  readonly book: Pick<AccountBook, 'list'>;
  /** What this computer knows the SSH server of a mailbox by, each as type and base64. */
  readonly keysOf: (account: Account) => Promise<readonly string[]>;
}

/** Makes texts of mailboxes: all of them for another computer, or one for others to set up. */
export class ExportCommands {
  readonly #parts: ExportParts;

  constructor(parts: ExportParts) {
    this.#parts = parts;
  }

  /** Every mailbox but the practice one. */
  exportAll(): ExportedFile {
    return { name: 'mailboxes.json', text: exportAccounts(this.#parts.book.list()) };
  }

  /** The set-up file that stands for one mailbox, or why none can. */
  async exportSetup(
    id: AccountId,
  ): Promise<
    Done<Result<ExportedFile, { readonly account: Account; readonly why: SetupRefusal }>>
  > {
    const account = this.#parts.book.list().find((each) => each.id === id);
    if (account === undefined || account.practice) return fail<IpcFailure>({ kind: 'not-found' });
    const setup = setupOf(account, await this.#parts.keysOf(account));
    if (!setup.ok) return ok(fail({ account, why: setup.error }));
    const text = `${JSON.stringify(setup.value, null, 2)}\n`;
    return ok(ok({ name: `${fileNameFor(account.name)}.mailmole`, text }));
  }
}

/** The name without what some system does not take in the name of a file. */
function fileNameFor(name: string): string {
  const plain = name.replace(/[\\/:*?"<>|\s]+/gu, ' ').replace(/^[ .]+|[ .]+$/gu, '');
  return plain === '' ? 'mailbox' : plain;
}

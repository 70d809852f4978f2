import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../shared/account';
import type { AccountBook } from './account-book';
import { createAccountBook } from './account-book';
import type { SetAside } from './account-file';
import { readAccountsFile } from './account-file';
import type { AccountsDocument } from './account-migrations';
import { CURRENT_VERSION } from './account-migrations';

/** The accounts as they are on disk, and what had to be set aside to read them. */
export interface OpenedStore {
  readonly book: AccountBook;
  readonly setAside: SetAside | null;
}

/** What writes the file: electron-store with windows, and `conf`, which that is made of, without. */
export type StoreOpener = (options: {
  readonly cwd: string;
  readonly clearInvalidConfig: boolean;
  readonly configFileMode: number;
}) => { store: Record<string, unknown> };

/** The name of the file, without its ending. */
export const ACCOUNTS_NAME = 'accounts';

/**
 * Opens `accounts.json` in the folder of the user's data. The store writes it whole and atomically, readable by its
 * owner only. The file is read and judged before the store sees it, since that would throw on a damaged one.
 * Throws when the folder cannot be used at all.
 */
export function keepAccounts(folder: string, now: Date, openStore: StoreOpener): OpenedStore {
  const read = readAccountsFile(join(folder, `${ACCOUNTS_NAME}.json`), now);
  const kept = openStore({ cwd: folder, clearInvalidConfig: false, configFileMode: 0o600 });
  let { owed } = read;
  const write = (accounts: readonly Account[]): void => {
    // Copied before it is written over, or neither: no damaged entry is lost for want of room.
    if (owed !== null) copyFileSync(join(folder, `${ACCOUNTS_NAME}.json`), owed);
    owed = null;
    kept.store = { version: CURRENT_VERSION, accounts } satisfies AccountsDocument;
  };
  // The damaged entries are safe in the copy; left in the file they would be set aside again at every start.
  const book = createAccountBook(read.accounts, write);
  if (read.setAside?.kind === 'partly-broken') book.settle([]);
  return { book, setAside: read.setAside };
}

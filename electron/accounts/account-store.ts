import { join } from 'node:path';
import ElectronStore from 'electron-store';
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

/**
 * Opens `accounts.json` in the folder of the user's data. electron-store writes it whole and atomically, readable
 * by its owner only. The file is read and judged before electron-store sees it, since that would throw on a damaged
 * one. Throws when the folder cannot be used at all.
 */
export function openAccountStore(folder: string, now: Date): OpenedStore {
  const read = readAccountsFile(join(folder, 'accounts.json'), now);
  const store = new ElectronStore<Record<string, unknown>>({
    cwd: folder,
    name: 'accounts',
    clearInvalidConfig: false,
    configFileMode: 0o600,
  });
  const write = (accounts: readonly Account[]): void => {
    store.store = { version: CURRENT_VERSION, accounts } satisfies AccountsDocument;
  };
  // The damaged entries are safe in the copy; left in the file they would be set aside again at every start.
  if (read.setAside?.kind === 'partly-broken') write(read.accounts);
  const book = createAccountBook(read.accounts, write);
  return { book, setAside: read.setAside };
}

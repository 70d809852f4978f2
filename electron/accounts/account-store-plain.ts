import Conf from 'conf';
import { ACCOUNTS_NAME, keepAccounts, type OpenedStore } from './account-keeper';

/** Opens the mailboxes without Electron: the same file, written by the same library that electron-store is made of. */
export function openPlainAccountStore(folder: string, now: Date): OpenedStore {
  return keepAccounts(
    folder,
    now,
    (options) => new Conf<Record<string, unknown>>({ ...options, configName: ACCOUNTS_NAME }),
  );
}

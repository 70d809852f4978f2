import ElectronStore from 'electron-store';
import { ACCOUNTS_NAME, keepAccounts, type OpenedStore } from './account-keeper';

/** Opens the mailboxes in the application with windows. */
export function openAccountStore(folder: string, now: Date): OpenedStore {
  return keepAccounts(
    folder,
    now,
    (options) => new ElectronStore<Record<string, unknown>>({ ...options, name: ACCOUNTS_NAME }),
  );
}

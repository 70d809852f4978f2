import type { Account, AccountId } from '../shared/account';

/** The mailboxes in the order a person sees them, kept where `write` keeps them. */
export interface AccountBook {
  list(): readonly Account[];
  get(id: AccountId): Account | undefined;
  /** Takes the place of the account with the same id, or comes last. */
  put(account: Account): void;
  /**
   * Puts accounts in the place of those with the same ids, for as long as this program runs when they cannot be
   * written: they are then, with the next change that can. Gives what kept them from being written.
   */
  settle(settled: readonly Account[]): unknown;
  /** Adds new accounts after the others, all of them or, when that cannot be written, none. */
  add(accounts: readonly Account[]): void;
  /** Puts an account back where it was; past the end means last. */
  insert(account: Account, index: number): void;
  /** Returns where it stood, or null when there is none. */
  remove(id: AccountId): number | null;
  /** Calls back after each change until the returned function is called. */
  onChange(listener: (accounts: readonly Account[]) => void): () => void;
}

/**
 * Keeps the list in memory and writes all of it on each change, before anybody hears of the change.
 * When `write` throws, the list stays as it was and the error goes to the caller.
 */
export function createAccountBook(
  initial: readonly Account[],
  write: (accounts: readonly Account[]) => void,
): AccountBook {
  let accounts = initial;
  const listeners = new Set<(accounts: readonly Account[]) => void>();

  const show = (next: readonly Account[]): void => {
    accounts = next;
    for (const listener of [...listeners]) listener(accounts);
  };
  const become = (next: readonly Account[]): void => {
    write(next);
    show(next);
  };

  return {
    list: () => accounts,
    get: (id) => accounts.find((account) => account.id === id),
    put(account) {
      const index = accounts.findIndex((each) => each.id === account.id);
      become(index === -1 ? [...accounts, account] : accounts.with(index, account));
    },
    settle(settled) {
      const next = accounts.map((each) => settled.find(({ id }) => id === each.id) ?? each);
      try {
        become(next);
        return null;
      } catch (problem) {
        show(next);
        return problem;
      }
    },
    add: (added) => become([...accounts, ...added]),
    insert: (account, index) => become(accounts.toSpliced(index, 0, account)),
    remove(id) {
      const index = accounts.findIndex((account) => account.id === id);
      if (index === -1) return null;
      become(accounts.toSpliced(index, 1));
      return index;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Account } from '../shared/account';
import type { Result } from '../shared/result';
import { fail } from '../shared/result';
import type { AccountsDocument } from './account-migrations';
import { migrate } from './account-migrations';
import { parseAccount } from './account-schema';
import { textOfThrown } from '../shared/thrown';

/** A file, or a part of it, that could not be read and was kept under another name for a person to look at. */
export interface SetAside {
  readonly kind: 'broken' | 'newer' | 'partly-broken';
  /** Where the untouched original is now. */
  readonly file: string;
  /** What is wrong, line by line, for the log. */
  readonly problems: readonly string[];
}

export interface AccountsRead {
  readonly accounts: readonly Account[];
  readonly setAside: SetAside | null;
  /** Where the file still has to be copied before anything is written in its place, since that could not be done. */
  readonly owed: string | null;
}

/** A name in the same folder that no file has yet: `accounts.broken-2026-11-24T08-11-00.json`. */
export function freeName(path: string, kind: SetAside['kind'], now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
  const stem = join(dirname(path), `${basename(path, '.json')}.${kind}-${stamp}`);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? `${stem}.json` : `${stem}-${count}.json`;
    if (!existsSync(name)) return name;
  }
}

/** Reads the text and brings it to the current version. */
function readDocument(path: string): Result<AccountsDocument, Omit<SetAside, 'file'>> {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail({ kind: 'broken', problems: [textOfThrown(error)] });
  }
  const migrated = migrate(raw);
  if (migrated.ok) return migrated;
  return migrated.error.kind === 'newer'
    ? fail({ kind: 'newer', problems: [`version ${migrated.error.version}`] })
    : fail({ kind: 'broken', problems: [migrated.error.problem] });
}

/**
 * Reads `accounts.json`. What cannot be used is never overwritten: an unreadable or newer file is renamed, and of a
 * file with some damaged accounts a copy is kept while the sound ones are used.
 * On a full disk that copy is owed. Throws only when the folder itself does not let the file be set aside.
 */
export function readAccountsFile(path: string, now: Date): AccountsRead {
  if (!existsSync(path)) return { accounts: [], setAside: null, owed: null };
  const document = readDocument(path);
  if (!document.ok) {
    const file = freeName(path, document.error.kind, now);
    renameSync(path, file);
    return { accounts: [], setAside: { ...document.error, file }, owed: null };
  }
  const { accounts, problems } = sortOut(document.value.accounts);
  if (problems.length === 0) return { accounts, setAside: null, owed: null };
  const copy = freeName(path, 'partly-broken', now);
  const isThere = copied(path, copy);
  const file = isThere ? copy : path;
  const setAside = { kind: 'partly-broken', file, problems } as const;
  return { accounts, setAside, owed: isThere ? null : copy };
}

/** Copies a file whole, or not at all. */
function copied(path: string, copy: string): boolean {
  try {
    copyFileSync(path, copy);
    return true;
  } catch {
    rmSync(copy, { force: true });
    return false;
  }
}

/** Parts the sound accounts from the damaged ones. An id that comes twice would make two mailboxes one. */
function sortOut(raw: readonly unknown[]): { accounts: Account[]; problems: string[] } {
  const accounts: Account[] = [];
  const problems: string[] = [];
  raw.forEach((each, index) => {
    const account = parseAccount(each);
    if (!account.ok) {
      problems.push(...account.error.map((problem) => `accounts.${index}.${problem}`));
    } else if (accounts.some((earlier) => earlier.id === account.value.id)) {
      problems.push(`accounts.${index}.id: used twice`);
    } else {
      accounts.push(account.value);
    }
  });
  return { accounts, problems };
}

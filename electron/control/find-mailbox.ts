import { sameName } from '../accounts/account-schema';
import type { AccountView } from '../shared/app-snapshot';
import type { Translate } from '../shared/messages';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import { nearest } from './nearest';
import type { ControlFailure } from './protocol';

/** Finds the mailbox that is meant: by its name, upper and lower case alike, or by its id. */
export function findMailbox(
  views: readonly AccountView[],
  wanted: string,
  t: Translate,
): Result<AccountView, ControlFailure> {
  const found =
    views.find(({ account }) => sameName(account.name, wanted.trim())) ??
    views.find(({ account }) => account.id === wanted);
  if (found !== undefined) return ok(found);
  const like = nearest(
    wanted,
    views.map(({ account }) => account.name),
  );
  const text =
    views.length === 0
      ? t('cli:error.no-mailboxes', { name: wanted })
      : like === null
        ? t('cli:error.no-such-mailbox', { name: wanted })
        : t('cli:error.no-such-mailbox-like', { name: wanted, like });
  return fail({ kind: 'usage', text });
}

/** All that are named, each once; all there are when none is named. */
export function findMailboxes(
  views: readonly AccountView[],
  wanted: readonly string[],
  t: Translate,
): Result<readonly AccountView[], ControlFailure> {
  if (wanted.length === 0) return ok(views);
  const found = new Set<AccountView>();
  for (const name of wanted) {
    const one = findMailbox(views, name, t);
    if (!one.ok) return one;
    found.add(one.value);
  }
  return ok([...found]);
}

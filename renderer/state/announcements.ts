import type { AccountView, AppSnapshot } from '../../electron/shared/app-snapshot';
import type { Translate } from '../../electron/shared/messages';
import { describeState } from '../../electron/shared/state-words';
import { badgeOf } from '../../electron/shared/tunnel-state';

/** What makes a state another one to the ear; the phases of one attempt do not. */
function essence({ state }: AccountView): string {
  return `${state.kind} ${badgeOf(state)}`;
}

/** One sentence for each mailbox whose state became another one between two snapshots, for a screen reader. */
export function announcementsBetween(
  before: AppSnapshot | null,
  after: AppSnapshot,
  t: Translate,
): readonly string[] {
  if (before === null) return [];
  return after.accounts.flatMap((view) => {
    const old = before.accounts.find(({ account }) => account.id === view.account.id);
    if (old === undefined || essence(old) === essence(view)) return [];
    const state = describeState(view, t, after.at).long;
    return [t('window:announce.state', { name: view.account.name, state })];
  });
}

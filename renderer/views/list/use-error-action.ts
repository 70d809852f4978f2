import type { DraftProblem } from '../../../electron/shared/account';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import type { ErrorAction } from '../../../electron/shared/messages';
import { assertNever } from '../../../electron/shared/result';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { fieldToMend } from '../../state/error-field';
import { useVerbs, type Verbs } from '../../state/verbs';

/** What a card's buttons lead to inside the window. */
export interface CardPlaces {
  readonly onEdit: (field: string) => void;
  readonly onCompare: () => void;
  /** What was chosen cannot be right; null takes that back. */
  readonly onProblem: (problem: DraftProblem | null) => void;
}

/** Lets the person choose another key file, keeps it with the mailbox, and tries it at once. */
async function chooseKey({ account }: AccountView, verbs: Verbs, places: CardPlaces) {
  const path = await verbs.chooseKeyFile();
  if (path === undefined || path === null) return;
  const { id, wanted, ...draft } = account;
  const saved = await verbs.saveAccount(id, { ...draft, signIn: { kind: 'key-file', path } });
  if (saved === undefined) return;
  places.onProblem(saved.ok ? null : (saved.error[0] ?? null));
  if (saved.ok && wanted) await verbs.tryNow(id);
}

/** What each button of an error card does. */
export function useErrorAction(view: AccountView, error: TunnelError, places: CardPlaces) {
  const verbs = useVerbs();
  const { id } = view.account;
  return (action: ErrorAction): void => {
    switch (action) {
      // A button of its own, which says that it has copied.
      case 'copy-for-admin':
        return;
      case 'try-again':
      case 'enter-again':
        void verbs.tryNow(id);
        return;
      case 'edit':
        places.onEdit(fieldToMend(error, view.account));
        return;
      case 'use-next-port':
        if (error.kind !== 'port-in-use' || error.nextFree === null) return;
        void verbs.changePort(id, error.port, error.nextFree);
        return;
      case 'choose-key':
        void chooseKey(view, verbs, places);
        return;
      case 'accept-changed-key':
        places.onCompare();
        return;
      case 'stay-off':
        void verbs.setWanted(id, false);
        return;
      default:
        return assertNever(action);
    }
  };
}

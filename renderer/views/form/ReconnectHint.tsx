import { connectionMatters, type AccountId } from '../../../electron/shared/account';
import { viewOf } from '../../../electron/shared/app-snapshot';
import { useWords } from '../../i18n/use-words';
import { draftOf, type FormState } from '../../state/form-state';
import { useSnapshot } from '../../state/use-snapshot';

interface ReconnectHintProps {
  /** The mailbox that is changed; null for a new one. */
  readonly id: AccountId | null;
  readonly form: FormState;
}

/** Says before saving that a running mailbox has to connect again for what was changed. */
export function ReconnectHint({ id, form }: ReconnectHintProps) {
  const t = useWords();
  const snapshot = useSnapshot();
  const view = snapshot === null || id === null ? undefined : viewOf(snapshot, id);
  const isRunning = view !== undefined && view.account.wanted && view.state.kind !== 'off';
  const reconnects =
    isRunning && connectionMatters(view.account, { ...view.account, ...draftOf(form) });
  return (
    <p className="form__reconnects" role="status">
      {reconnects ? t('form:reconnects') : null}
    </p>
  );
}

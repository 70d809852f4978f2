import type { AccountId } from '../../../electron/shared/account';
import { viewOf } from '../../../electron/shared/app-snapshot';
import { badgeOf } from '../../../electron/shared/tunnel-state';
import { describeState } from '../../../electron/shared/state-words';
import { Button } from '../../components/Button';
import { StateBadge } from '../../components/StateBadge';
import { useWords } from '../../i18n/use-words';
import { useNow } from '../../state/use-now';
import { useSnapshot } from '../../state/use-snapshot';
import { ProgramCards } from './ProgramCards';
import type { WizardHandle } from './use-wizard';
import { WizardFrame } from './WizardFrame';
import './program.css';

interface ProgramPageProps {
  readonly wizard: WizardHandle;
  readonly id: AccountId;
  readonly onDone: () => void;
}

/** The last page: what to fill in where in the mail program. */
export function ProgramPage({ wizard, id, onDone }: ProgramPageProps) {
  const t = useWords();
  const snapshot = useSnapshot();
  const now = useNow(10_000);
  const view = snapshot === null ? undefined : viewOf(snapshot, id);
  return (
    <WizardFrame
      question={t('wizard:program.question')}
      intro={t('wizard:program.intro')}
      isHeard
      onSubmit={onDone}
      onBack={wizard.back}
      actions={
        <Button kind="primary" submit>
          {t('wizard:program.done')}
        </Button>
      }
    >
      <ProgramCards id={id} />
      {view === undefined ? null : (
        <p className="program__state">
          <StateBadge badge={badgeOf(view.state)} />
          {describeState(view, t, now).line}
        </p>
      )}
    </WizardFrame>
  );
}

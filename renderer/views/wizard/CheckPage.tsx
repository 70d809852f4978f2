import { Check, Circle, CircleHelp, LoaderCircle, X } from 'lucide-react';
import { useEffect } from 'react';
import type { AccountId } from '../../../electron/shared/account';
import { viewOf, type AccountView } from '../../../electron/shared/app-snapshot';
import { errorOf } from '../../../electron/shared/state-words';
import { useAnnounce } from '../../components/Announcer';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import {
  greetingOf,
  stagesOf,
  stageSpoken,
  type StageStatus,
  type StageView,
} from '../../state/check-stages';
import { useSnapshot } from '../../state/use-snapshot';
import { useVerbs } from '../../state/verbs';
import { pageOfField } from '../../state/wizard-state';
import { ErrorCard } from '../list/ErrorCard';
import type { WizardHandle } from './use-wizard';
import { WizardFrame } from './WizardFrame';
import './check.css';

function Mark({ status }: { readonly status: StageStatus }) {
  switch (status) {
    case 'waiting':
      return <Circle size={20} aria-hidden />;
    case 'working':
      return <LoaderCircle size={20} className="stage__turning" aria-hidden />;
    case 'asking':
      return <CircleHelp size={20} aria-hidden />;
    case 'done':
      return <Check size={20} aria-hidden />;
    case 'failed':
      return <X size={20} aria-hidden />;
  }
}

interface StageProps {
  readonly line: StageView;
  readonly view: AccountView;
  readonly onEdit: (field: string) => void;
}

/** One thing that is checked: how it stands, in a mark and in words; and where it stops, what mends it. */
function Stage({ line, view, onEdit }: StageProps) {
  const t = useWords();
  const { stage, status, result } = line;
  const error = status === 'failed' ? errorOf(view.state) : null;
  const greeting = stage === 'mail' && status === 'done' ? greetingOf(view.state) : null;
  return (
    <li className="stage" data-status={status}>
      <Mark status={status} />
      <div className="stage__words">
        <h3 className="stage__title">
          {t(`wizard:stage.${stage}.title`)}
          <span className="visually-hidden"> {t(`wizard:status.${status}`)}</span>
        </h3>
        {error === null ? <p className="stage__result">{result}</p> : null}
        {greeting === null ? null : (
          <code className="stage__greeting" dir="ltr">
            {greeting.text}
          </code>
        )}
        {error === null ? null : <ErrorCard view={view} error={error} onEdit={onEdit} />}
      </div>
    </li>
  );
}

interface CheckPageProps {
  readonly wizard: WizardHandle;
  readonly id: AccountId;
  /** Back to the list; the mailbox is in it. */
  readonly leave: () => void;
}

/** The third page: the way to the mail, looked at piece by piece while it comes up. */
export function CheckPage({ wizard, id, leave }: CheckPageProps) {
  const t = useWords();
  const verbs = useVerbs();
  const announce = useAnnounce();
  const snapshot = useSnapshot();
  const view = snapshot === null ? undefined : viewOf(snapshot, id);
  const stages = view === undefined ? [] : stagesOf(view, t);
  const isProven = stages.length > 0 && stages.every(({ status }) => status === 'done');
  const spoken = isProven ? t('wizard:check.proven') : stageSpoken(stages, t);
  useEffect(() => {
    if (spoken !== '') announce(spoken);
  }, [spoken, announce]);
  if (view === undefined) return null;
  const isOff = view.state.kind === 'off';
  // As after a restart: nothing is dialled before a mail program asks, and this page would wait for ever.
  const isIdle = view.state.kind === 'ready' && view.state.last === null;
  const edit = (field: string): void => wizard.turnTo(pageOfField(field), field);
  return (
    <WizardFrame
      question={isProven ? t('wizard:check.proven') : t('wizard:check.question')}
      isHeard
      onSubmit={() => wizard.turnTo('program')}
      onBack={wizard.back}
      actions={
        <>
          {isProven ? null : <Button onPress={leave}>{t('wizard:check.later')}</Button>}
          <Button kind={isProven ? 'primary' : 'plain'} submit>
            {isProven ? t('wizard:next') : t('wizard:check.skip')}
          </Button>
        </>
      }
    >
      <ol className="stages">
        {stages.map((line) => (
          <Stage key={line.stage} line={line} view={view} onEdit={edit} />
        ))}
      </ol>
      {isOff ? (
        <p className="form__kept">
          {t('wizard:check.off')}
          <Button kind="quiet" small onPress={() => void verbs.setWanted(id, true)}>
            {t('wizard:check.switch-on')}
          </Button>
        </p>
      ) : null}
      {isIdle ? (
        <p className="form__kept">
          {t('wizard:check.idle')}
          <Button kind="quiet" small onPress={() => void verbs.tryNow(id)}>
            {t('wizard:check.start')}
          </Button>
        </p>
      ) : null}
    </WizardFrame>
  );
}

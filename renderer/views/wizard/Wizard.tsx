import { ArrowLeft } from 'lucide-react';
import { useEffect, useState, type KeyboardEvent } from 'react';
import type { AccountId } from '../../../electron/shared/account';
import { viewOf } from '../../../electron/shared/app-snapshot';
import type { ImportOutcome } from '../../../electron/shared/imported';
import { assertNever, ok } from '../../../electron/shared/result';
import { Button, IconButton } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useDrafts } from '../../state/drafts';
import type { Places, Visit } from '../../state/use-places';
import type { WizardState } from '../../state/wizard-state';
import { useSnapshot } from '../../state/use-snapshot';
import { ImportPage } from '../import/ImportPage';
import { CheckPage } from './CheckPage';
import { ProgramPage } from './ProgramPage';
import { ServerPage } from './ServerPage';
import { SignInPage } from './SignInPage';
import { Steps } from './Steps';
import { useWizard, type WizardHandle } from './use-wizard';
import './wizard.css';

interface WizardProps {
  readonly visit: Visit;
  readonly start: WizardState;
  readonly places: Places;
}

interface PageProps extends Pick<WizardProps, 'places'> {
  readonly wizard: WizardHandle;
  readonly leave: () => void;
  readonly onRead: (outcome: ImportOutcome) => void;
}

function Page({ wizard, places, leave, onRead }: PageProps) {
  const { page, id } = wizard.state;
  switch (page) {
    case 'server':
      return <ServerPage wizard={wizard} places={places} leave={leave} onRead={onRead} />;
    case 'sign-in':
      return <SignInPage wizard={wizard} />;
    case 'check':
      return id === null ? null : <CheckPage wizard={wizard} id={id} leave={leave} />;
    case 'program':
      return id === null ? null : (
        <ProgramPage wizard={wizard} id={id} onDone={() => places.saved(id)} />
      );
    default:
      return assertNever(page);
  }
}

/** Goes on with mailboxes that were made of a text: one of them is checked, of several the list tells. */
function useAdopted({ check, saved }: Places): (ids: readonly AccountId[]) => void {
  const snapshot = useSnapshot();
  const [id, setId] = useState<AccountId | null>(null);
  const view = snapshot === null || id === null ? undefined : viewOf(snapshot, id);
  useEffect(() => {
    // It is in the snapshot a moment after it was made.
    if (view !== undefined) check(view.account);
  }, [view, check]);
  return (ids) => {
    const [first] = ids;
    if (first === undefined) return;
    if (ids.length === 1) setId(first);
    else saved(first);
  };
}

/** Sets a mailbox up, one question a page. Leaving it, by any way but Cancel, keeps what was typed. */
export function Wizard({ visit, start, places }: WizardProps) {
  const t = useWords();
  const drafts = useDrafts();
  const wizard = useWizard(visit, start);
  const { fields, state, isDirty } = wizard;
  const { form } = fields;
  useEffect(() => {
    if (isDirty) drafts.put(null, { form, wizard: state, isOpen: true });
  }, [drafts, form, state, isDirty]);
  const [pasted, setPasted] = useState<ImportOutcome | null>(null);
  const adopt = useAdopted(places);
  const leave = (): void => {
    // A mailbox that was saved is in the list, with everything that was typed.
    if (state.id !== null && (state.page === 'check' || state.page === 'program'))
      places.saved(state.id);
    else places.leave(isDirty || visit.isKept ? { form, wizard: state } : null);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) leave();
  };
  if (pasted !== null) {
    const back = (): void => setPasted(null);
    return <ImportPage read={ok(pasted)} fileName={null} onBack={back} onAdded={adopt} />;
  }
  return (
    <div className="window" onKeyDown={escape}>
      <header className="window__head form__head wizard__head">
        <IconButton label={t('wizard:leave')} onPress={leave}>
          <ArrowLeft size={20} aria-hidden className="mirrored" />
        </IconButton>
        <h1 className="wizard__title">{t('form:add-title')}</h1>
        <Steps page={state.page} />
      </header>
      {visit.isKept && state.page === start.page ? (
        <aside className="form__kept wizard__kept" aria-label={t('form:start-afresh')}>
          {t('form:kept')}
          <Button kind="quiet" small onPress={() => void places.startAfresh()}>
            {t('form:start-afresh')}
          </Button>
        </aside>
      ) : null}
      <Page key={state.page} wizard={wizard} places={places} leave={leave} onRead={setPasted} />
    </div>
  );
}

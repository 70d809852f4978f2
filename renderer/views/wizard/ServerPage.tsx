import { ClipboardPaste, FlaskConical, List } from 'lucide-react';
import { useState } from 'react';
import type { ImportOutcome } from '../../../electron/shared/imported';
import { Button } from '../../components/Button';
import { Details } from '../../components/Details';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import type { Places } from '../../state/use-places';
import { useSnapshot } from '../../state/use-snapshot';
import { useVerbs } from '../../state/verbs';
import { isAside } from '../../state/wizard-state';
import { fieldId } from '../form/field-focus';
import { ForwardsSection } from '../form/ForwardsSection';
import { NameField, ServerFields } from '../form/ServerSection';
import type { FormHandle } from '../form/use-form';
import { PastePanel } from './PastePanel';
import type { WizardHandle } from './use-wizard';
import { WizardFrame } from './WizardFrame';

/** What is as usual for most: the port, the mail server behind, the name. A problem there opens the door. */
function Aside({ fields }: { readonly fields: FormHandle }) {
  const t = useWords();
  const { form, set, problems, problemOf } = fields;
  const [isOpened, setIsOpened] = useState(form.sshPort !== '22' || form.forwards.length > 1);
  // A problem must not hide behind a closed door; nor does the door close when it is mended.
  const mustOpen = problems.some(({ field }) => isAside(field));
  if (mustOpen && !isOpened) setIsOpened(true);
  return (
    <Details label={t('wizard:server.aside')} isExpanded={isOpened} onExpandedChange={setIsOpened}>
      <div className="form__more">
        <TextRow
          id={fieldId('sshPort')}
          label={t('form:port.label')}
          value={form.sshPort}
          problem={problemOf('sshPort')}
          isNumber
          onChange={(sshPort) => set((now) => ({ ...now, sshPort }), 'sshPort')}
        />
        <NameField handle={fields} />
        <ForwardsSection handle={fields} />
      </div>
    </Details>
  );
}

interface ServerPageProps {
  readonly wizard: WizardHandle;
  readonly places: Places;
  /** Back to the list, keeping what was typed. */
  readonly leave: () => void;
  /** A text was pasted and read. */
  readonly onRead: (outcome: ImportOutcome) => void;
}

/** The first question: which server, and who the person is there. */
export function ServerPage({ wizard, places, leave, onRead }: ServerPageProps) {
  const t = useWords();
  const verbs = useVerbs();
  const snapshot = useSnapshot();
  const { fields, isBusy, isDirty, toSignIn, state } = wizard;
  const [isPasting, setIsPasting] = useState(false);
  const hasPractice = snapshot?.accounts.some(({ account }) => account.practice) ?? true;
  const practise = async (): Promise<void> => {
    if ((await verbs.addPractice()) !== undefined) leave();
  };
  return (
    <WizardFrame
      question={t('form:section.server')}
      intro={t('wizard:server.intro')}
      onSubmit={() => void toSignIn()}
      actions={
        <>
          <Button
            onPress={() => places.cancel(isDirty ? { form: fields.form, wizard: state } : null)}
          >
            {t('form:cancel')}
          </Button>
          <Button kind="primary" submit isDisabled={isBusy}>
            {t('wizard:next')}
          </Button>
        </>
      }
    >
      {isPasting ? <PastePanel onCancel={() => setIsPasting(false)} onRead={onRead} /> : null}
      <ServerFields handle={fields} />
      <Aside fields={fields} />
      <div className="wizard__others">
        {state.id !== null ? null : (
          <>
            <Button kind="quiet" onPress={() => setIsPasting(true)}>
              <ClipboardPaste size={16} aria-hidden />
              {t('wizard:paste.open')}
            </Button>
            <Button kind="quiet" onPress={() => places.showAll(fields.form)}>
              <List size={16} aria-hidden />
              {t('wizard:server.all-settings')}
            </Button>
          </>
        )}
        {hasPractice ? null : (
          <Button kind="quiet" onPress={() => void practise()}>
            <FlaskConical size={16} aria-hidden />
            {t('window:empty.practice')}
          </Button>
        )}
      </div>
    </WizardFrame>
  );
}

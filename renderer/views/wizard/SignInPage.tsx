import { Button } from '../../components/Button';
import { Choices } from '../../components/Choices';
import { useWords } from '../../i18n/use-words';
import { signInChoice, type WizardSignIn } from '../../state/wizard-state';
import { fieldId } from '../form/field-focus';
import { KeyFile } from '../form/KeyFile';
import { KeyReady } from './KeyReady';
import { NewKey } from './NewKey';
import { useNewKey, type NewKeyHandle } from './use-new-key';
import type { WizardHandle } from './use-wizard';
import { WizardFrame } from './WizardFrame';
import './key-panel.css';

const WAYS: readonly WizardSignIn[] = ['automatic', 'password', 'key-file', 'make-key'];

/** What the button says that puts a key on the server. */
const LABELS = {
  'not-yet': 'button',
  working: 'busy',
  failed: 'again',
  done: 'button',
} as const satisfies Readonly<Record<NewKeyHandle['installing']['kind'], string>>;

/** The one thing to do next. A button that is at work is not disabled, since it would lose the keyboard then. */
function Next({
  wizard,
  newKey,
}: {
  readonly wizard: WizardHandle;
  readonly newKey: NewKeyHandle;
}) {
  const t = useWords();
  const { state, isBusy } = wizard;
  if (!state.wantsKey || state.isInstalled) {
    return (
      <Button kind="primary" submit isDisabled={isBusy} autoFocus={state.isInstalled}>
        {t('wizard:next')}
      </Button>
    );
  }
  if (state.key === null) {
    return (
      <Button kind="primary" submit>
        {newKey.isMaking ? t('wizard:key.making') : t('wizard:key.make')}
      </Button>
    );
  }
  const isInstalling = newKey.installing.kind === 'working';
  return (
    <>
      <Button isDisabled={isBusy || isInstalling} onPress={() => void wizard.toCheck()}>
        {t('wizard:admin.sent')}
      </Button>
      <Button kind="primary" submit>
        {t(`wizard:install.${LABELS[newKey.installing.kind]}`)}
      </Button>
    </>
  );
}

/** The second question: how the person signs in. */
export function SignInPage({ wizard }: { readonly wizard: WizardHandle }) {
  const t = useWords();
  const { fields, state, choose, back, toCheck } = wizard;
  const { form } = fields;
  const newKey = useNewKey(wizard);
  const choice = signInChoice(form, state);
  const ways = choice === 'agent' ? [...WAYS, choice] : WAYS;
  const submit = async (): Promise<void> => {
    if (newKey.isMaking || newKey.installing.kind === 'working') return;
    if (choice !== 'make-key' || state.isInstalled) await toCheck();
    else await (state.key === null ? newKey.make() : newKey.install());
  };
  return (
    <WizardFrame
      question={t('form:section.sign-in')}
      onSubmit={() => void submit()}
      onBack={back}
      actions={<Next wizard={wizard} newKey={newKey} />}
    >
      <Choices
        id={fieldId('signIn')}
        label={t('form:section.sign-in')}
        value={choice}
        choices={ways.map((key) => ({
          key,
          label: t(`form:sign-in.${key}`),
          hint: t(`form:sign-in.${key}-hint`),
        }))}
        onChange={choose}
      />
      {choice === 'key-file' ? <KeyFile handle={fields} /> : null}
      {choice === 'make-key' && state.key === null ? (
        <NewKey
          first={newKey.first}
          second={newKey.second}
          isOpen={newKey.isOpen}
          onOpenChange={newKey.setIsOpen}
          isBusy={newKey.isMaking}
          problem={newKey.problem}
          known={[form.sshHost, form.sshUser, form.name]}
        />
      ) : null}
      {choice === 'make-key' && state.key !== null ? (
        <KeyReady
          keyMade={state.key}
          host={form.sshHost}
          user={form.sshUser}
          installing={newKey.installing}
          onCancel={newKey.cancel}
        />
      ) : null}
    </WizardFrame>
  );
}

import type { SignIn } from '../../../electron/shared/account';
import { Choices } from '../../components/Choices';
import { useWords } from '../../i18n/use-words';
import { fieldId } from './field-focus';
import { KeyFile } from './KeyFile';
import { AgentFields } from './SignInFields';
import type { FormHandle } from './use-form';

const KINDS: readonly SignIn['kind'][] = ['automatic', 'password', 'agent', 'key-file'];

/** How the person signs in to the server. */
export function SignInSection({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, problemOf } = handle;
  return (
    <>
      <Choices
        id={fieldId('signIn')}
        label={t('form:section.sign-in')}
        value={form.signIn}
        choices={KINDS.map((key) => ({
          key,
          label: t(`form:sign-in.${key}`),
          hint: t(`form:sign-in.${key}-hint`),
        }))}
        onChange={(signIn) => set((now) => ({ ...now, signIn }), 'signIn')}
      />
      {form.signIn === 'key-file' ? (
        <div className="form__indent">
          <KeyFile handle={handle} />
        </div>
      ) : null}
      {form.signIn === 'agent' ? (
        <div className="form__indent form__section">
          <AgentFields
            path="signIn"
            agent={form.agent}
            problemOf={problemOf}
            onChange={(agent, changed) => set((now) => ({ ...now, agent }), changed)}
          />
        </div>
      ) : null}
    </>
  );
}

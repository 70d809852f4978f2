import type { SignIn } from '../../../electron/shared/account';
import { Button } from '../../components/Button';
import { Choices } from '../../components/Choices';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import { fieldId } from './field-focus';
import type { FormHandle } from './use-form';

const KINDS: readonly SignIn['kind'][] = ['automatic', 'password', 'agent', 'key-file'];

/** How the person signs in to the server. */
export function SignInSection({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, problemOf, chooseKey } = handle;
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
          <TextRow
            id={fieldId('signIn.path')}
            label={t('form:key-path.label')}
            value={form.keyPath}
            problem={problemOf('signIn.path')}
            isTechnical
            onChange={(keyPath) => set((now) => ({ ...now, keyPath }), 'signIn.path')}
          >
            <Button onPress={() => void chooseKey()}>{t('form:key-path.choose')}</Button>
          </TextRow>
        </div>
      ) : null}
    </>
  );
}

import { useWords } from '../../i18n/use-words';
import { TextRow } from '../../components/TextRow';
import { withServer } from '../../state/form-state';
import { fieldId } from './field-focus';
import { TakenNote } from './TakenNote';
import type { FormHandle } from './use-form';

/** Which server the mailbox is on, and who the person is there. */
export function ServerFields({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, problemOf, take } = handle;
  return (
    <>
      <TextRow
        id={fieldId('sshHost')}
        label={t('form:host.label')}
        hint={t('form:host.hint')}
        value={form.sshHost}
        problem={problemOf('sshHost')}
        isTechnical
        onChange={(host) => set((now) => withServer(now, host), 'sshHost')}
        onBlur={() => void take()}
        onPaste={(event) => {
          // Pasting over the whole field: what was pasted is taken apart at once.
          const { selectionStart, selectionEnd, value } = event.currentTarget;
          if (selectionStart !== 0 || selectionEnd !== value.length) return;
          event.preventDefault();
          void take(withServer(form, event.clipboardData.getData('text/plain').trim()));
        }}
      />
      <TakenNote handle={handle} field="sshHost" />
      <TextRow
        id={fieldId('sshUser')}
        label={t('form:user.label')}
        value={form.sshUser}
        problem={problemOf('sshUser')}
        isTechnical
        onChange={(sshUser) => set((now) => ({ ...now, sshUser }), 'sshUser')}
      />
    </>
  );
}

/** What the person calls the mailbox. */
export function NameField({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, problemOf } = handle;
  return (
    <TextRow
      id={fieldId('name')}
      label={t('form:name.label')}
      hint={t('form:name.hint')}
      value={form.name}
      problem={problemOf('name')}
      onChange={(name) => set((now) => ({ ...now, name }), 'name')}
    />
  );
}

import { useWords } from '../../i18n/use-words';
import { TextRow } from '../../components/TextRow';
import { withServer, withServerText } from '../../state/form-state';
import { parseServerText } from '../../state/server-text';
import { fieldId } from './field-focus';
import type { FormHandle } from './use-form';

/** Which server the mailbox is on, and who the person is there. */
export function ServerFields({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, problemOf } = handle;
  const take = (text: string): void => {
    const parts = parseServerText(text);
    set((now) => withServerText(now, parts), 'sshHost');
    if (parts.user !== undefined) set((now) => now, 'sshUser');
    if (parts.port !== undefined) set((now) => now, 'sshPort');
  };
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
        onBlur={() => {
          if (/[@:[\]]/u.test(form.sshHost)) take(form.sshHost);
        }}
        onPaste={(event) => {
          // Pasting over the whole field: what was pasted is taken apart at once.
          const { selectionStart, selectionEnd, value } = event.currentTarget;
          if (selectionStart !== 0 || selectionEnd !== value.length) return;
          event.preventDefault();
          take(event.clipboardData.getData('text/plain'));
        }}
      />
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

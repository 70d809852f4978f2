import { Plus, Trash2 } from 'lucide-react';
import { FORWARD_PROTOCOLS } from '../../../electron/shared/account';
import { Button } from '../../components/Button';
import { SelectRow } from '../../components/SelectRow';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import { withForward, type TypedForward } from '../../state/form-state';
import { fieldId } from './field-focus';
import { TakenNote } from './TakenNote';
import type { FormHandle } from './use-form';

interface ForwardFieldsProps {
  readonly handle: FormHandle;
  readonly forward: TypedForward;
  readonly index: number;
}

function ForwardFields({ handle, forward, index }: ForwardFieldsProps) {
  const t = useWords();
  const { form, set, problemOf, setProtocol, removeForward } = handle;
  const path = (name: keyof TypedForward): string => `forwards.${index}.${name}`;
  const row = (name: 'localPort' | 'mailHost' | 'mailPort') => ({
    id: fieldId(path(name)),
    value: forward[name],
    problem: problemOf(path(name)),
    onChange: (text: string) => set((now) => withForward(now, index, { [name]: text }), path(name)),
  });
  const protocol = t(`form:protocol.${forward.protocol}`);
  // The far end of the practice mailbox is inside the application; only the near end is the person's to choose.
  if (form.practice) {
    return <TextRow label={t('form:forward.local-port')} isNumber {...row('localPort')} />;
  }
  return (
    <fieldset className="form__forward" aria-label={t('form:forward.group', { protocol })}>
      <div className="form__pair">
        <SelectRow
          id={fieldId(path('protocol'))}
          label={t('form:forward.protocol')}
          value={forward.protocol}
          choices={FORWARD_PROTOCOLS.map((key) => ({
            key,
            label: t(`form:protocol.${key}`),
            hint: t(`form:protocol-hint.${key}`),
          }))}
          onChange={(key) => void setProtocol(index, key)}
        />
        <TextRow label={t('form:forward.local-port')} isNumber {...row('localPort')} />
      </div>
      <div className="form__pair">
        <TextRow
          label={t('form:forward.mail-host')}
          hint={t('form:forward.mail-host-hint')}
          placeholder={form.sshHost}
          isTechnical
          {...row('mailHost')}
          onBlur={() => void handle.take()}
        />
        <TextRow label={t('form:forward.mail-port')} isNumber {...row('mailPort')} />
      </div>
      <TakenNote handle={handle} field={path('mailHost')} />
      {form.forwards.length > 1 ? (
        <div className="form__forward-end">
          <Button kind="quiet" small onPress={() => removeForward(index)}>
            <Trash2 size={16} aria-hidden />
            {t('form:forward.remove', { protocol })}
          </Button>
        </div>
      ) : null}
    </fieldset>
  );
}

/** What the mail program speaks, where it finds it on this computer, and where that leads to. */
export function ForwardsSection({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  return (
    <>
      {handle.form.forwards.map((forward, index) => (
        <ForwardFields key={forward.id} handle={handle} forward={forward} index={index} />
      ))}
      {handle.form.practice ? null : (
        <div>
          <Button onPress={() => void handle.addForward()}>
            <Plus size={16} aria-hidden />
            {t('form:forward.add')}
          </Button>
        </div>
      )}
    </>
  );
}

import { useState } from 'react';
import { FORWARD_TLS } from '../../../electron/shared/account';
import { CheckRow } from '../../components/Choices';
import { Details } from '../../components/Details';
import { SelectRow } from '../../components/SelectRow';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import { withForward, type FormState, type TypedForward } from '../../state/form-state';
import { fieldId } from './field-focus';
import type { FormHandle } from './use-form';

/** Is this field behind the door? */
function isInside(field: string): boolean {
  return field === 'sshPort' || /^forwards\.\d+\.(?:localAddress|tls)$/u.test(field);
}

/** A choice that was made must not hide. */
function hasBridge({ forwards }: FormState): boolean {
  return forwards.some(({ tls }) => tls !== 'none');
}

interface ForwardMoreProps {
  readonly handle: FormHandle;
  readonly forward: TypedForward;
  readonly index: number;
}

/** Where the mail program finds one protocol, and who encrypts beyond the tunnel. */
function ForwardMore({ handle, forward, index }: ForwardMoreProps) {
  const t = useWords();
  const { form, set, problemOf } = handle;
  const address = `forwards.${index}.localAddress`;
  const tls = `forwards.${index}.tls`;
  const protocol = t(`form:protocol.${forward.protocol}`);
  return (
    <>
      <TextRow
        id={fieldId(address)}
        label={t('form:forward.local-address', { protocol })}
        value={forward.localAddress}
        problem={problemOf(address)}
        isTechnical
        onChange={(localAddress) =>
          set((now) => withForward(now, index, { localAddress }), address)
        }
      />
      {form.practice ? null : (
        <SelectRow
          id={fieldId(tls)}
          label={t('form:forward.tls', { protocol })}
          value={forward.tls}
          choices={FORWARD_TLS.map((key) => ({
            key,
            label: t(`form:tls.${key}`),
            hint: t(`form:tls.${key}-hint`),
          }))}
          onChange={(key) => set((now) => withForward(now, index, { tls: key }), tls)}
        />
      )}
    </>
  );
}

/** What hardly anybody needs: the server's port, other addresses of this computer, the TLS bridge, compression, a session channel, an old server. */
export function MoreSection({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, firstField, problems, problemOf } = handle;
  const [isOpened, setIsOpened] = useState(
    form.sshPort !== '22' ||
      form.compression ||
      form.sessionChannel ||
      form.oldServer ||
      hasBridge(form) ||
      isInside(firstField),
  );
  // A problem must not hide behind a closed door; nor does the door close when it is mended.
  const mustOpen = problems.some(({ field }) => isInside(field));
  if (mustOpen && !isOpened) setIsOpened(true);
  return (
    <Details label={t('form:more.label')} isExpanded={isOpened} onExpandedChange={setIsOpened}>
      <div className="form__more">
        {form.practice ? null : (
          <TextRow
            id={fieldId('sshPort')}
            label={t('form:port.label')}
            value={form.sshPort}
            problem={problemOf('sshPort')}
            isNumber
            onChange={(sshPort) => set((now) => ({ ...now, sshPort }), 'sshPort')}
          />
        )}
        {form.forwards.map((forward, index) => (
          <ForwardMore key={forward.id} handle={handle} forward={forward} index={index} />
        ))}
        <CheckRow
          label={t('form:more.compression')}
          hint={t('form:more.compression-hint')}
          isSelected={form.compression}
          onChange={(compression) => set((now) => ({ ...now, compression }), 'compression')}
        />
        {form.practice ? null : (
          <>
            <CheckRow
              label={t('form:more.session-channel')}
              hint={t('form:more.session-channel-hint')}
              isSelected={form.sessionChannel}
              onChange={(sessionChannel) =>
                set((now) => ({ ...now, sessionChannel }), 'sessionChannel')
              }
            />
            <CheckRow
              label={t('form:more.old-server')}
              hint={t('form:more.old-server-hint')}
              isSelected={form.oldServer}
              onChange={(oldServer) => set((now) => ({ ...now, oldServer }), 'oldServer')}
            />
          </>
        )}
      </div>
    </Details>
  );
}

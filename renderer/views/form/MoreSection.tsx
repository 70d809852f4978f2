import { useState } from 'react';
import { CheckRow } from '../../components/Choices';
import { Details } from '../../components/Details';
import { TextRow } from '../../components/TextRow';
import { useWords } from '../../i18n/use-words';
import { withForward } from '../../state/form-state';
import { fieldId } from './field-focus';
import type { FormHandle } from './use-form';

/** Is this field behind the door? */
function isInside(field: string): boolean {
  return field === 'sshPort' || /^forwards\.\d+\.localAddress$/u.test(field);
}

/** What hardly anybody needs: the server's port, other addresses of this computer, compression, an old server. */
export function MoreSection({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  const { form, set, firstField, problems, problemOf } = handle;
  const [isOpened, setIsOpened] = useState(
    form.sshPort !== '22' || form.compression || form.oldServer || isInside(firstField),
  );
  // A problem must not hide behind a closed door.
  const mustOpen = problems.some(({ field }) => isInside(field));
  return (
    <Details
      label={t('form:more.label')}
      isExpanded={isOpened || mustOpen}
      onExpandedChange={setIsOpened}
    >
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
        {form.forwards.map((forward, index) => {
          const path = `forwards.${index}.localAddress`;
          const protocol = t(`form:protocol.${forward.protocol}`);
          return (
            <TextRow
              key={forward.id}
              id={fieldId(path)}
              label={t('form:forward.local-address', { protocol })}
              value={forward.localAddress}
              problem={problemOf(path)}
              isTechnical
              onChange={(localAddress) =>
                set((now) => withForward(now, index, { localAddress }), path)
              }
            />
          );
        })}
        <CheckRow
          label={t('form:more.compression')}
          hint={t('form:more.compression-hint')}
          isSelected={form.compression}
          onChange={(compression) => set((now) => ({ ...now, compression }), 'compression')}
        />
        {form.practice ? null : (
          <CheckRow
            label={t('form:more.old-server')}
            hint={t('form:more.old-server-hint')}
            isSelected={form.oldServer}
            onChange={(oldServer) => set((now) => ({ ...now, oldServer }), 'oldServer')}
          />
        )}
      </div>
    </Details>
  );
}

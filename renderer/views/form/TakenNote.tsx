import { useEffect } from 'react';
import type { Translate } from '../../../electron/shared/messages';
import { useAnnounce } from '../../components/Announcer';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import type { FormState } from '../../state/form-state';
import type { FormHandle } from './use-form';

type Filled = readonly [label: string, value: string];

/** Which fields changed and what stands in them now, by their labels; the field with the text itself is seen anyway. */
function filledIn(before: FormState, now: FormState, t: Translate): readonly Filled[] {
  const { sshUser, sshPort, forwards, route } = now;
  const filled: Filled[] = [];
  if (sshUser !== before.sshUser) filled.push([t('form:user.label'), sshUser]);
  if (sshPort !== before.sshPort) filled.push([t('form:port.label'), sshPort]);
  if (now.signIn !== before.signIn || now.keyPath !== before.keyPath)
    filled.push([t('import:page.sign-in'), now.keyPath || t(`form:sign-in.${now.signIn}`)]);
  if (route !== before.route && route.kind !== 'direct')
    filled.push([t('import:page.route'), route.host]);
  forwards.forEach((forward, index) => {
    const old = before.forwards[index];
    const { protocol, mailPort } = forward;
    if (old?.protocol === protocol && old.mailPort === mailPort) return;
    const name = t(`form:protocol.${protocol}`);
    filled.push([name, `${forward.mailHost || now.sshHost}:${mailPort}`]);
  });
  if (now.compression !== before.compression)
    filled.push([t('import:page.also'), t('form:more.compression')]);
  if (now.oldServer !== before.oldServer)
    filled.push([t('import:page.also'), t('form:more.old-server')]);
  return filled;
}

function spokenOf(filled: readonly Filled[]): string {
  return filled.map(([label, value]) => `${label}: ${value}`).join(' · ');
}

interface TakenNoteProps {
  readonly handle: FormHandle;
  /** The field that the note belongs to, by its path in the draft. */
  readonly field: string;
}

/** Says where the parts of a text went that was typed as a server, and takes it back. */
export function TakenNote({ handle: { taken, undoTaken }, field }: TakenNoteProps) {
  const t = useWords();
  const announce = useAnnounce();
  const note = taken?.field === field ? taken : null;
  const filled = note === null ? [] : filledIn(note.before, note.form, t);
  const left = note === null || note.left.length === 0 ? '' : note.left.join(' · ');
  const said = [
    ...(filled.length === 0 ? [] : [t('form:taken.filled', { what: spokenOf(filled) })]),
    ...(left === '' ? [] : [t('form:taken.left', { what: left })]),
  ].join(' ');
  useEffect(() => {
    if (said !== '') announce(said);
  }, [announce, said]);
  if (said === '') return null;
  return (
    <div className="form__kept">
      <div className="form__taken">
        {filled.length === 0 ? null : (
          <>
            <p>{t('form:taken.filled', { what: '' })}</p>
            <ul>
              {filled.map(([label, value]) => (
                <li key={`${label} ${value}`}>
                  {label}: <bdi>{value}</bdi>
                </li>
              ))}
            </ul>
          </>
        )}
        {left === '' ? null : <p>{t('form:taken.left', { what: left })}</p>}
      </div>
      <Button kind="quiet" small onPress={undoTaken}>
        {t('window:undo.button')}
      </Button>
    </div>
  );
}

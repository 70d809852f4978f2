import { ArrowLeft } from 'lucide-react';
import { useEffect, type SubmitEvent, type KeyboardEvent, type ReactNode } from 'react';
import { TUNNEL_MODES } from '../../../electron/shared/account';
import { Button, IconButton } from '../../components/Button';
import { Choices } from '../../components/Choices';
import { FieldProblem } from '../../components/FieldProblem';
import { useWords } from '../../i18n/use-words';
import { useDrafts } from '../../state/drafts';
import { shownFields } from '../../state/form-state';
import type { Places, Visit } from '../../state/use-places';
import { AdvancedSection } from './AdvancedSection';
import { ForwardsSection } from './ForwardsSection';
import { MoreSection } from './MoreSection';
import { ReconnectHint } from './ReconnectHint';
import { NameField, ServerFields } from './ServerSection';
import { SignInSection } from './SignInSection';
import { fieldId } from './field-focus';
import { useForm, type FormHandle } from './use-form';
import './form.css';

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="form__section">
      <h2 className="form__section-title">{title}</h2>
      {children}
    </section>
  );
}

/** Problems of what the form does not show, which could otherwise never be mended. */
function OtherProblems({ form, problems }: Pick<FormHandle, 'form' | 'problems'>) {
  const t = useWords();
  const shown = shownFields(form);
  const others = problems.filter(({ field }) => !shown.has(field));
  if (others.length === 0) return null;
  return (
    <div className="form__problems" role="alert">
      <p>{t('form:other-problems')}</p>
      <ul>
        {others.map((problem) => (
          <li key={problem.field}>
            <FieldProblem problem={problem} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function ModeSection({ handle }: { readonly handle: FormHandle }) {
  const t = useWords();
  return (
    <Choices
      id={fieldId('mode')}
      label={t('form:section.mode')}
      value={handle.form.mode}
      choices={TUNNEL_MODES.map((key) => ({
        key,
        label: t(`form:mode.${key}`),
        hint: t(`form:mode.${key}-hint`),
      }))}
      onChange={(mode) => handle.set((now) => ({ ...now, mode }), 'mode')}
    />
  );
}

interface MailboxFormProps {
  readonly visit: Visit;
  readonly places: Places;
}

/** Adds a mailbox or changes one. Escape and Back keep what was typed. */
export function MailboxForm({ visit, places }: MailboxFormProps) {
  const t = useWords();
  const handle = useForm(visit.id, visit.initial, visit.field);
  const { form, isDirty, isSaving, problems } = handle;
  // What came over from the wizard was typed, too.
  const isTyped = isDirty || visit.isKept || (visit.id === null && form.sshHost !== '');
  const typed = isTyped ? { form, wizard: null } : null;
  const back = (): void => places.leave(typed);
  const drafts = useDrafts();
  useEffect(() => {
    if (isDirty) drafts.put(visit.id, { form, wizard: null, isOpen: true });
  }, [drafts, visit.id, form, isDirty]);
  const save = async (): Promise<void> => {
    const id = await handle.save();
    if (id !== null) places.saved(id);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isSaving) void save();
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) back();
  };
  const title =
    visit.id === null
      ? t('form:add-title')
      : t('form:edit-title', { name: visit.initial.name || form.name });
  return (
    <form className="window" onSubmit={submit} onKeyDown={escape} noValidate>
      <header className="window__head form__head">
        <IconButton label={t('form:back')} onPress={back}>
          <ArrowLeft size={20} aria-hidden className="mirrored" />
        </IconButton>
        <h1 className="page-title form__title">{title}</h1>
      </header>
      <main className="window__body">
        <div className="window__column form">
          {visit.isKept ? (
            <p className="form__kept">
              {t('form:kept')}
              <Button kind="quiet" small onPress={() => void places.startAfresh()}>
                {t('form:start-afresh')}
              </Button>
            </p>
          ) : null}
          <Section title={form.practice ? t('form:section.name') : t('form:section.server')}>
            {form.practice ? null : <ServerFields handle={handle} />}
            <NameField handle={handle} />
          </Section>
          {form.practice ? null : (
            <Section title={t('form:section.sign-in')}>
              <SignInSection handle={handle} />
            </Section>
          )}
          <Section title={t('form:section.program')}>
            <ForwardsSection handle={handle} />
          </Section>
          <Section title={t('form:section.mode')}>
            <ModeSection handle={handle} />
          </Section>
          <section className="form__section">
            <MoreSection handle={handle} />
          </section>
          {form.practice ? null : (
            <section className="form__section">
              <AdvancedSection handle={handle} />
            </section>
          )}
          <OtherProblems form={form} problems={problems} />
        </div>
      </main>
      <footer className="form__foot">
        <ReconnectHint id={visit.id} form={form} />
        <Button onPress={() => places.cancel(typed)}>{t('form:cancel')}</Button>
        <Button kind="primary" submit isDisabled={isSaving}>
          {isSaving ? t('form:saving') : t('form:save')}
        </Button>
      </footer>
    </form>
  );
}

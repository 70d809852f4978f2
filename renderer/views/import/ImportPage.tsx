import { ArrowLeft, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type SubmitEvent } from 'react';
import type { AccountId } from '../../../electron/shared/account';
import type {
  AddRefusal,
  ImportOutcome,
  ImportPlace,
  ImportProblem,
  ImportRead,
  NotCarried,
} from '../../../electron/shared/imported';
import { Button, IconButton } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import type { Filled } from '../../state/import-state';
import { filledFrom, placedProblem, readyFrom } from '../../state/import-state';
import { useVerbs } from '../../state/verbs';
import { DraftCard } from './DraftCard';
import '../form/form.css';
import './import.css';

interface ImportPageProps {
  readonly read: ImportRead;
  /** The file's name without its folder; null for a link or a pasted text. */
  readonly fileName: string | null;
  readonly onBack: () => void;
  /** The mailboxes are there. */
  readonly onAdded: (ids: readonly AccountId[]) => void;
}

/** What a set-up file, a link or an imported text will make, before anything is made; or where it is broken. */
export function ImportPage({ read, fileName, onBack, onAdded }: ImportPageProps) {
  const t = useWords();
  // Who arrives here hears what this is; Tab leads on from there.
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) onBack();
  };
  const isSetup = read.ok && read.value.kind === 'setup-file';
  const title = isSetup ? 'import:page.title-setup' : 'import:page.title';
  return (
    <div className="window" onKeyDown={escape}>
      <header className="window__head form__head">
        <IconButton label={t('form:back')} onPress={onBack}>
          <ArrowLeft size={20} aria-hidden className="mirrored" />
        </IconButton>
        <h1 className="page-title form__title" ref={heading} tabIndex={-1}>
          {read.ok ? t(title) : t('import:page.title-broken')}
        </h1>
      </header>
      {read.ok ? (
        <Review outcome={read.value} onBack={onBack} onAdded={onAdded} />
      ) : (
        <Broken problems={read.error} fileName={fileName} onBack={onBack} />
      )}
    </div>
  );
}

interface ReviewProps {
  readonly outcome: ImportOutcome;
  readonly onBack: () => void;
  readonly onAdded: (ids: readonly AccountId[]) => void;
}

function Review({ outcome, onBack, onAdded }: ReviewProps) {
  const t = useWords();
  const verbs = useVerbs();
  const { drafts, notCarried } = outcome;
  const [filled, setFilled] = useState<readonly Filled[]>(() => drafts.map(filledFrom));
  const [refusals, setRefusals] = useState<readonly AddRefusal[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const wanted = filled.flatMap((each, index) => (each.isWanted ? [index] : []));
  useFirstEmpty(refusals);
  const change = (index: number, with_: Partial<Filled>): void => {
    setFilled(filled.map((each, at) => (at === index ? { ...each, ...with_ } : each)));
    setRefusals(refusals.filter((each) => each.index !== index || !(each.field in with_)));
  };
  const add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    const ready = wanted.flatMap((index) => {
      const draft = drafts[index];
      const typed = filled[index];
      return draft === undefined || typed === undefined ? [] : [readyFrom(draft, typed)];
    });
    const answer = await verbs.addImported(ready);
    setIsBusy(false);
    if (answer === undefined) return;
    if (answer.ok) onAdded(answer.value);
    // What was left out was not sent, so that the places shift.
    else setRefusals(answer.error.map((each) => ({ ...each, index: wanted[each.index] ?? 0 })));
  };
  return (
    <form className="import" onSubmit={(event) => void add(event)} noValidate>
      <main className="window__body">
        <div className="window__column form">
          <p className="quiet">{t('import:page.nothing-yet')}</p>
          {drafts.map((draft, index) => {
            const typed = filled[index];
            return typed === undefined ? null : (
              <DraftCard
                // The drafts of one reading never change places.
                key={index}
                {...{ index, draft, refusals, filled: typed, isOneOfMany: drafts.length > 1 }}
                onChange={(with_) => change(index, with_)}
              />
            );
          })}
          <LeftOut notCarried={notCarried} />
        </div>
      </main>
      <footer className="form__foot">
        <Button onPress={onBack}>{t('form:cancel')}</Button>
        <Button kind="primary" submit isDisabled={isBusy || wanted.length === 0}>
          {t('import:page.add', { count: wanted.length })}
        </Button>
      </footer>
    </form>
  );
}

/** Leads the keyboard to the first field that something is wrong with. */
function useFirstEmpty(refusals: readonly AddRefusal[]): void {
  useEffect(() => {
    const [first] = refusals;
    if (first === undefined) return;
    document.querySelector<HTMLElement>(`#import-${first.index}-${first.field} input`)?.focus();
    document.getElementById(`import-${first.index}-${first.field}`)?.focus();
  }, [refusals]);
}

/** What no mailbox of Mailmole holds, and why. */
function LeftOut({ notCarried }: { readonly notCarried: readonly NotCarried[] }) {
  const t = useWords();
  if (notCarried.length === 0) return null;
  return (
    <section className="form__section">
      <h2 className="form__section-title">{t('import:page.left-out')}</h2>
      <ul className="import__list">
        {notCarried.map((each, index) => (
          // The remarks of one reading never change places.
          <li key={index}>
            <code>{each.what}</code> <Where place={each.place} />
            <p className="quiet">{t(each.why, each.params)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Where({ place }: { readonly place: ImportPlace | null }) {
  const t = useWords();
  if (place === null) return null;
  const { file, line, column } = place;
  const where =
    file === null
      ? t('import:page.place', { line, column })
      : t('import:page.place-in-file', { file, line, column });
  return <span className="quiet">{where}</span>;
}

interface BrokenProps {
  readonly problems: readonly ImportProblem[];
  readonly fileName: string | null;
  readonly onBack: () => void;
}

/** Nothing was made: what is wrong, and where. */
function Broken({ problems, fileName, onBack }: BrokenProps) {
  const t = useWords();
  return (
    <>
      <main className="window__body">
        <div className="window__column form">
          <div className="import__broken" role="alert">
            <p className="import__broken-title">
              <TriangleAlert size={20} aria-hidden />
              {fileName === null
                ? t('import:page.broken')
                : t('import:page.broken-file', { name: fileName })}
            </p>
            <ul className="import__list">
              {problems.map((each, index) => (
                <li key={index}>{placedProblem(each, t)}</li>
              ))}
            </ul>
          </div>
        </div>
      </main>
      <footer className="form__foot">
        <Button kind="primary" onPress={onBack}>
          {t('import:page.close')}
        </Button>
      </footer>
    </>
  );
}

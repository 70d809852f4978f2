import { useId, useRef, useState } from 'react';
import type { ImportOutcome, ImportProblem } from '../../../electron/shared/imported';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import './paste.css';

interface PastePanelProps {
  readonly onCancel: () => void;
  readonly onRead: (outcome: ImportOutcome) => void;
}

/** A text that a person was given: an ssh command, a .fetchmailrc, a set-up file. It is read, and not kept. */
export function PastePanel({ onCancel, onRead }: PastePanelProps) {
  const t = useWords();
  const verbs = useVerbs();
  const id = useId();
  // It may hold a password, so that it never becomes React's state.
  const field = useRef<HTMLTextAreaElement>(null);
  const [problems, setProblems] = useState<readonly ImportProblem[]>([]);
  const read = async (): Promise<void> => {
    const answer = await verbs.readImport(field.current?.value ?? '');
    if (answer === undefined) return;
    if (answer.ok) onRead(answer.value);
    else {
      setProblems(answer.error);
      field.current?.focus();
    }
  };
  return (
    <div className="paste">
      <label className="field__label" htmlFor={id}>
        {t('wizard:paste.label')}
      </label>
      <textarea
        ref={field}
        id={id}
        className="input input--mono paste__text"
        rows={4}
        spellCheck={false}
        autoComplete="off"
        dir="ltr"
        autoFocus
        aria-invalid={problems.length > 0}
        aria-describedby={`${id}-problems`}
      />
      <div className="paste__problems" id={`${id}-problems`} role="alert">
        {problems.length === 0 ? null : (
          <ul>
            {problems.map(({ place, messageKey, params }, index) => {
              const problem = t(messageKey, params);
              return (
                // The problems of one reading never change places.
                <li key={index}>
                  {place === null ? problem : t('wizard:paste.line', { line: place.line, problem })}
                </li>
              );
            })}
          </ul>
        )}
      </div>
      <div className="paste__actions">
        <Button onPress={onCancel}>{t('wizard:paste.cancel')}</Button>
        <Button kind="primary" onPress={() => void read()}>
          {t('wizard:paste.read')}
        </Button>
      </div>
    </div>
  );
}

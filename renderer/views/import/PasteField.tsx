import { CircleAlert } from 'lucide-react';
import { useId } from 'react';
import { useWords } from '../../i18n/use-words';
import { placedProblem } from '../../state/import-state';
import type { Pasted } from '../../state/use-pasted';
import '../../components/field.css';
import './paste.css';

interface PasteFieldProps {
  readonly label: string;
  readonly rows: number;
  readonly pasted: Pasted;
}

/** Where a person pastes a text they were given, and what is wrong with it, line by line. */
export function PasteField({ label, rows, pasted }: PasteFieldProps) {
  const t = useWords();
  const id = useId();
  const { field, problems } = pasted;
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <textarea
        ref={field}
        id={id}
        className="input input--mono paste__text"
        rows={rows}
        spellCheck={false}
        autoComplete="off"
        dir="ltr"
        autoFocus
        aria-invalid={problems.length > 0}
        aria-describedby={`${id}-problems`}
      />
      <div id={`${id}-problems`} role="alert">
        {problems.length === 0 ? null : (
          <ul className="paste__problems">
            {problems.map((problem, index) => (
              // The problems of one reading never change places.
              <li key={index} className="field__problem">
                <CircleAlert size={16} aria-hidden />
                <span>{placedProblem(problem, t)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

import { CircleAlert } from 'lucide-react';
import type { DraftProblem } from '../../electron/shared/account';
import { useWords } from '../i18n/use-words';

/** What would be right, beside an icon that says it is not yet. */
export function FieldProblem({ problem }: { readonly problem: DraftProblem }) {
  const t = useWords();
  return (
    <>
      <CircleAlert size={16} aria-hidden />
      {t(problem.messageKey, problem.params)}
    </>
  );
}

import { useRef, useState, type RefObject } from 'react';
import type { ImportOutcome, ImportProblem } from '../../electron/shared/imported';
import { useVerbs } from './verbs';

/** A text that a person pastes, and what came of reading it. */
export interface Pasted {
  /** It may hold a password, so that it never becomes React's state. */
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly problems: readonly ImportProblem[];
  readonly read: () => Promise<void>;
}

/** Reads what stands in a field; `onRead` hears of it when it tells of mailboxes. It is read, and not kept. */
export function usePasted(onRead: (outcome: ImportOutcome) => void): Pasted {
  const verbs = useVerbs();
  const field = useRef<HTMLTextAreaElement>(null);
  const [problems, setProblems] = useState<readonly ImportProblem[]>([]);
  const read = async (): Promise<void> => {
    const answer = await verbs.readImport(field.current?.value ?? '');
    if (answer === undefined) return;
    setProblems(answer.ok ? [] : answer.error);
    if (answer.ok) onRead(answer.value);
    else field.current?.focus();
  };
  return { field, problems, read };
}

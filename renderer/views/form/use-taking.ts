import { useRef, useState } from 'react';
import type { Forward, ForwardProtocol } from '../../../electron/shared/account';
import type { FormState } from '../../state/form-state';
import { takeApart, type Taken } from '../../state/take-apart';
import { useVerbs } from '../../state/verbs';

/** That a text went into the fields it belongs to, so that it can be told and taken back. */
export interface TakenNote extends Pick<Taken, 'form' | 'left'> {
  /** The field with the text, by its path in the draft. */
  readonly field: string;
  /** The form as it was typed. */
  readonly before: FormState;
}

interface Taking {
  readonly note: TakenNote | null;
  readonly take: (form: FormState) => Promise<Taken>;
  /** The person went on: what was taken is theirs now. */
  readonly forget: () => void;
  /** Puts everything back as it was typed, and gives it; from then on it stays so. */
  readonly undo: () => TakenNote | null;
}

/** Every text of a form that could be taken apart again. */
function textsOf({ sshHost, forwards }: FormState): readonly string[] {
  return [sshHost, ...forwards.map(({ mailHost }) => mailHost)];
}

/** Takes what was typed as a server apart, see `takeApart`, and remembers how it was. */
export function useTaking(
  isNew: boolean,
  suggest: (protocol: ForwardProtocol, mailHost: string) => Promise<Forward>,
): Taking {
  const verbs = useVerbs();
  const kept = useRef<ReadonlySet<string>>(new Set());
  const [note, setNote] = useState<TakenNote | null>(null);
  return {
    note,
    take: async (before) => {
      const read = (command: string) => verbs.readImport(command);
      const taken = await takeApart(before, { read, suggest, isNew, kept: kept.current });
      const { form, field, left } = taken;
      if (field !== null) setNote({ before, form, field, left });
      return taken;
    },
    forget: () => setNote(null),
    undo: () => {
      if (note !== null) kept.current = new Set(textsOf(note.before));
      setNote(null);
      return note;
    },
  };
}

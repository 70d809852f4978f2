import { useState } from 'react';
import type {
  AccountId,
  DraftProblem,
  Forward,
  ForwardProtocol,
} from '../../../electron/shared/account';
import {
  draftOf,
  nextProtocol,
  problemAt,
  usualForward,
  withAddedForward,
  withoutForward,
  withProtocol,
  type FormState,
} from '../../state/form-state';
import type { Taken } from '../../state/take-apart';
import { useVerbs } from '../../state/verbs';
import { useFieldFocus } from './field-focus';
import { useTaking, type TakenNote } from './use-taking';

export interface FormHandle {
  readonly form: FormState;
  /** The field that the form was opened for. */
  readonly firstField: string;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly problems: readonly DraftProblem[];
  /** Changes the form; `changed` is the field whose problem is now out of date. */
  readonly set: (how: (form: FormState) => FormState, changed: string) => void;
  readonly problemOf: (field: string) => DraftProblem | undefined;
  readonly setProtocol: (index: number, protocol: ForwardProtocol) => Promise<void>;
  readonly addForward: () => Promise<void>;
  readonly removeForward: (index: number) => void;
  readonly chooseKey: () => Promise<void>;
  /** Puts what was typed as a server into the fields it belongs to; `form` where more was typed than is drawn yet. */
  readonly take: (form?: FormState) => Promise<void>;
  /** What that came to. */
  readonly taken: TakenNote | null;
  readonly undoTaken: () => void;
  /** Says what is wrong with some of the fields, and gives it; null when it could not be judged. Nothing is saved. */
  readonly judge: (isHere: (field: string) => boolean) => Promise<readonly DraftProblem[] | null>;
  /** Puts the keyboard into the first of these fields, once it is drawn. */
  readonly focus: (...fields: readonly string[]) => void;
  /** Resolves with the mailbox's id, or with null when something is to be mended first. */
  readonly save: () => Promise<AccountId | null>;
}

/** Changes the form, and forgets the problems of the fields that the change makes stale. */
type Change = (how: (form: FormState) => FormState, isStale: (field: string) => boolean) => void;

type ForwardEdits = Pick<FormHandle, 'setProtocol' | 'addForward' | 'removeForward'>;
type Suggest = (protocol: ForwardProtocol, mailHost: string) => Promise<Forward>;

/** What can be done with the forwards; a new one, or one of another protocol, is suggested by the main process. */
function useForwardEdits(
  form: FormState,
  suggest: Suggest,
  change: Change,
  focusNext: (field: string) => void,
): ForwardEdits {
  // The paths of forwards are numbers, which move when one is added or taken away.
  const isOfForwards = (field: string): boolean => field.startsWith('forwards');
  return {
    setProtocol: async (index, protocol) => {
      const forward = await suggest(protocol, form.forwards[index]?.mailHost ?? '');
      change((now) => withProtocol(now, index, forward), isOfForwards);
    },
    addForward: async () => {
      const forward = await suggest(nextProtocol(form), form.sshHost);
      focusNext(`forwards.${form.forwards.length}.protocol`);
      change((now) => withAddedForward(now, forward), isOfForwards);
    },
    removeForward: (index) => {
      focusNext(`forwards.${Math.max(index - 1, 0)}.protocol`);
      change((now) => withoutForward(now, index), isOfForwards);
    },
  };
}

/** A mail server that was left empty is the server itself, whose own field is complained about already. */
function isRepeated({ field }: DraftProblem, { forwards }: FormState): boolean {
  const index = /^forwards\.(\d+)\.mailHost$/u.exec(field)?.[1];
  return index !== undefined && forwards[Number(index)]?.mailHost.trim() === '';
}

/** What judging and saving the form comes to; `tidied` gives it with every text in its field. */
function useJudging(
  id: AccountId | null,
  tidied: () => Promise<Taken>,
  complain: (all: readonly DraftProblem[], about: FormState) => void,
): Pick<FormHandle, 'isSaving' | 'judge' | 'save'> {
  const verbs = useVerbs();
  const [isSaving, setIsSaving] = useState(false);
  return {
    isSaving,
    judge: async (isHere) => {
      const { form, problems } = await tidied();
      const all = problems.length > 0 ? problems : await verbs.judgeDraft(id, draftOf(form));
      if (all === undefined) return null;
      const here = all.filter(({ field }) => isHere(field));
      complain(here, form);
      return here;
    },
    save: async () => {
      setIsSaving(true);
      const { form, problems } = await tidied();
      const saved = await verbs.saveAccount(id, draftOf(form));
      setIsSaving(false);
      if (saved === undefined) return null;
      if (saved.ok) return saved.value;
      complain([...problems, ...saved.error], form);
      return null;
    },
  };
}

/** What is typed into the form, what is wrong with it, and what can be done with it. */
export function useForm(id: AccountId | null, initial: FormState, firstField: string): FormHandle {
  const verbs = useVerbs();
  const [form, setForm] = useState(initial);
  const [problems, setProblems] = useState<readonly DraftProblem[]>([]);
  const focusNext = useFieldFocus(firstField);
  const suggest: Suggest = async (protocol, mailHost) =>
    (await verbs.suggestForward(protocol, mailHost, id)) ??
    usualForward(protocol, crypto.randomUUID());
  const taking = useTaking(id === null, suggest);

  const change: Change = (how, isStale) => {
    setForm(how);
    setProblems((all) => all.filter(({ field }) => !isStale(field)));
    taking.forget();
  };
  const set: FormHandle['set'] = (how, changed) => change(how, (field) => field === changed);
  const complain = (all: readonly DraftProblem[], about: FormState): void => {
    const found = all.filter((problem) => !isRepeated(problem, about));
    focusNext(...found.map(({ field }) => field));
    setProblems(found);
  };
  /** The form with every text in its field, which is what is judged and saved. */
  const tidied = async (typed: FormState): Promise<Taken> => {
    const taken = await taking.take(typed);
    if (taken.field !== null) {
      // Whoever went on typing meanwhile is asked again when that field is left.
      setForm((now) => (now === typed ? taken.form : now));
      setProblems([]);
    }
    return taken;
  };
  const forwards = useForwardEdits(form, suggest, change, focusNext);

  return {
    form,
    firstField,
    isDirty: form !== initial,
    problems,
    set,
    problemOf: (field) => problemAt(problems, field),
    ...forwards,
    chooseKey: async () => {
      const path = await verbs.chooseKeyFile();
      if (path) set((now) => ({ ...now, keyPath: path }), 'signIn.path');
    },
    focus: focusNext,
    taken: taking.note,
    take: async (typed = form) => {
      if (typed !== form) setForm(typed);
      const { problems: found } = await tidied(typed);
      if (found.length > 0) setProblems((all) => [...found, ...all]);
    },
    undoTaken: () => {
      const note = taking.undo();
      if (note === null) return;
      focusNext(note.field);
      setForm(note.before);
      setProblems([]);
    },
    ...useJudging(id, () => tidied(form), complain),
  };
}

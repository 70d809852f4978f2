import { useEffect, useRef, useState } from 'react';
import type { AccountId, DraftProblem, ForwardProtocol } from '../../../electron/shared/account';
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
import { useVerbs } from '../../state/verbs';

/** The id of the element that shows a field of the draft. */
export function fieldId(field: string): string {
  return `field-${field}`;
}

/** Puts the focus into a field, or into the first control of a group of choices. */
function focusField(field: string): void {
  const element = document.getElementById(fieldId(field));
  const control = element?.matches('input, button')
    ? element
    : (element?.querySelector<HTMLElement>('input:checked') ??
      element?.querySelector<HTMLElement>('input, button'));
  control?.focus();
  control?.scrollIntoView({ block: 'center' });
}

export interface FormHandle {
  readonly form: FormState;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly problems: readonly DraftProblem[];
  /** Changes the form; `field` is the one whose problem is now out of date. */
  readonly set: (change: (form: FormState) => FormState, field: string) => void;
  readonly problemOf: (field: string) => DraftProblem | undefined;
  readonly setProtocol: (index: number, protocol: ForwardProtocol) => void;
  readonly addForward: () => Promise<void>;
  readonly removeForward: (index: number) => void;
  readonly chooseKey: () => Promise<void>;
  /** Resolves with the mailbox's id, or with null when something is to be mended first. */
  readonly save: () => Promise<AccountId | null>;
}

/** What is typed into the form, what is wrong with it, and what can be done with it. */
export function useForm(id: AccountId | null, initial: FormState, firstField: string): FormHandle {
  const verbs = useVerbs();
  const [form, setForm] = useState(initial);
  const [problems, setProblems] = useState<readonly DraftProblem[]>([]);
  const [isSaving, setIsSaving] = useState(false);
  const focusNext = useRef<string | null>(firstField);

  useEffect(() => {
    if (focusNext.current === null) return;
    focusField(focusNext.current);
    focusNext.current = null;
  }, [problems, form]);

  const set: FormHandle['set'] = (change, field) => {
    setForm(change);
    setProblems((all) => all.filter((one) => one.field !== field));
  };
  const suggest = async (protocol: ForwardProtocol, mailHost: string) =>
    (await verbs.suggestForward(protocol, mailHost, id)) ??
    usualForward(protocol, crypto.randomUUID());
  const forgetForwardProblems = (): void =>
    setProblems((all) => all.filter((one) => !one.field.startsWith('forwards')));

  return {
    form,
    isDirty: form !== initial,
    isSaving,
    problems,
    set,
    problemOf: (field) => problemAt(problems, field),
    setProtocol: (index, protocol) => {
      const mailHost = form.forwards[index]?.mailHost ?? '';
      void suggest(protocol, mailHost).then((forward) => {
        setForm((now) => withProtocol(now, index, forward));
        forgetForwardProblems();
      });
    },
    addForward: async () => {
      const forward = await suggest(nextProtocol(form), form.sshHost);
      focusNext.current = `forwards.${form.forwards.length}.protocol`;
      setForm((now) => withAddedForward(now, forward));
    },
    removeForward: (index) => {
      focusNext.current = `forwards.${Math.max(index - 1, 0)}.protocol`;
      setForm((now) => withoutForward(now, index));
      forgetForwardProblems();
    },
    chooseKey: async () => {
      const path = await verbs.chooseKeyFile();
      if (path) set((now) => ({ ...now, keyPath: path }), 'signIn.path');
    },
    save: async () => {
      setIsSaving(true);
      const saved = await verbs.saveAccount(id, draftOf(form));
      setIsSaving(false);
      if (saved === undefined) return null;
      if (saved.ok) return saved.value;
      focusNext.current = saved.error[0]?.field ?? null;
      setProblems(saved.error);
      return null;
    },
  };
}

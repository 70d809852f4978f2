import { useEffect, useRef, useState } from 'react';
import type { AccountId } from '../../electron/shared/account';
import { viewOf, type AppSnapshot } from '../../electron/shared/app-snapshot';
import { emptyForm, formOf, usualForward, type FormState } from './form-state';
import { useVerbs } from './verbs';

/** The form, as it is opened. */
export interface FormVisit {
  /** Tells one opening of the form from the next. */
  readonly visit: number;
  /** The mailbox to change; null for a new one. */
  readonly id: AccountId | null;
  readonly initial: FormState;
  /** Was it left earlier with something typed in it? */
  readonly isKept: boolean;
  /** The field to begin with, as a path in the draft. */
  readonly field: string;
}

export interface Places {
  /** Null while the list is shown. */
  readonly form: FormVisit | null;
  readonly add: () => Promise<void>;
  readonly edit: (id: AccountId, field: string) => void;
  /** Back to the list; what was typed waits until the form is opened again. */
  readonly leave: (typed: FormState | null) => void;
  /** Forgets what was kept and opens the form as it would have been without it. */
  readonly startAfresh: () => Promise<void>;
  readonly saved: (id: AccountId) => void;
}

/** A key for what is kept of a form: the mailbox's id, or this for the new one. */
const NEW = '';

/** Where filling in a new mailbox begins. */
const FIRST_FIELD = 'sshHost';

/** Where in the window the person is, and what they typed in the places they left. */
export function usePlaces(snapshot: AppSnapshot | null): Places {
  const verbs = useVerbs();
  const [form, setForm] = useState<FormVisit | null>(null);
  const [kept, setKept] = useState<ReadonlyMap<string, FormState>>(new Map());
  const returnTo = useRef<string | null>(null);

  useEffect(() => {
    if (form !== null || returnTo.current === null) return;
    document.getElementById(returnTo.current)?.focus();
  }, [form]);

  const keep = (id: AccountId | null, typed: FormState | null): void => {
    const next = new Map(kept);
    if (typed === null) next.delete(id ?? NEW);
    else next.set(id ?? NEW, typed);
    setKept(next);
  };
  const fresh = async (id: AccountId | null): Promise<FormState | null> => {
    if (id === null) {
      const suggested = await verbs.suggestForward('pop3', '', null);
      return emptyForm(suggested ?? usualForward('pop3', crypto.randomUUID()));
    }
    const view = snapshot === null ? undefined : viewOf(snapshot, id);
    return view === undefined ? null : formOf(view.account);
  };
  const open = async (id: AccountId | null, field: string, typed?: FormState): Promise<void> => {
    const initial = typed ?? (await fresh(id));
    if (initial === null) return;
    returnTo.current = id === null ? 'add-mailbox' : `mailbox-${id}`;
    setForm((last) => ({
      visit: (last?.visit ?? 0) + 1,
      id,
      initial,
      isKept: typed !== undefined,
      field,
    }));
  };

  return {
    form,
    add: () => open(null, FIRST_FIELD, kept.get(NEW)),
    edit: (id, field) => void open(id, field, kept.get(id)),
    leave: (typed) => {
      if (form !== null) keep(form.id, typed);
      setForm(null);
    },
    startAfresh: async () => {
      if (form === null) return;
      keep(form.id, null);
      await open(form.id, form.id === null ? FIRST_FIELD : 'name');
    },
    saved: (id) => {
      if (form !== null) keep(form.id, null);
      returnTo.current = `mailbox-${id}`;
      setForm(null);
    },
  };
}

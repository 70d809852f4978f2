import { useEffect, useRef, useState } from 'react';
import type { Account, AccountId } from '../../electron/shared/account';
import { viewOf, type AppSnapshot } from '../../electron/shared/app-snapshot';
import { useDrafts, type Kept } from './drafts';
import { emptyForm, formOf, usualForward, type FormState } from './form-state';
import { useVerbs } from './verbs';
import { FIRST_PAGE, resumed, type WizardState } from './wizard-state';

/** The form or the wizard, as it is opened. */
export interface Visit {
  /** Tells one opening from the next. */
  readonly visit: number;
  /** The mailbox to change; null for a new one. */
  readonly id: AccountId | null;
  readonly initial: FormState;
  /** How far setting up has come; null for the form with all settings. */
  readonly wizard: WizardState | null;
  /** Was it left earlier with something typed in it? */
  readonly isKept: boolean;
  /** The field to begin with, as a path in the draft. */
  readonly field: string;
}

/** How long something that was cancelled can be brought back, in milliseconds: as long as a removed mailbox. */
const CANCELLED_MS = 30_000;

/** What was typed in a place that the person then cancelled. */
interface Cancelled {
  readonly id: AccountId | null;
  readonly typed: Typed;
}

/** What is on the screen of a visit: the fields, and how far setting up has come. */
export type Typed = Omit<Kept, 'isOpen'>;

export interface Places {
  /** Null while the list is shown. */
  readonly visit: Visit | null;
  readonly add: () => Promise<void>;
  readonly edit: (id: AccountId, field: string) => void;
  /** From the wizard to the form with all settings, with what was typed. */
  readonly showAll: (form: FormState) => void;
  /** To the check of a mailbox that was made otherwise. */
  readonly check: (account: Account) => void;
  /** Back to the list; what was typed waits until it is opened again, or is forgotten (null). */
  readonly leave: (typed: Typed | null) => void;
  /** Back to the list. What was typed is dropped, and can be brought back for a while. */
  readonly cancel: (typed: Typed | null) => void;
  /** What `cancel` dropped and can bring back: the name of the mailbox, '' for a new one; null when there is nothing. */
  readonly cancelled: string | null;
  readonly undoCancel: () => void;
  /** Forgets what was kept and opens the same as it would have been without it. */
  readonly startAfresh: () => Promise<void>;
  readonly saved: (id: AccountId) => void;
}

/** Where filling in a new mailbox begins. */
const FIRST_FIELD = 'sshHost';

/** The number of the next visit. */
function after(visit: Visit | null): number {
  return (visit?.visit ?? 0) + 1;
}

/** What was on the screen when the window was closed. */
function reopened(
  open: { readonly id: AccountId | null; readonly kept: Kept } | null,
): Visit | null {
  if (open === null) return null;
  const { form, wizard } = open.kept;
  return { visit: 1, id: open.id, initial: form, wizard, isKept: true, field: FIRST_FIELD };
}

/** Gives the fields of a mailbox as nobody has changed them: those it has, or those of a new one; null when it is gone. */
function useFresh(
  snapshot: AppSnapshot | null,
): (id: AccountId | null) => Promise<FormState | null> {
  const verbs = useVerbs();
  return async (id) => {
    if (id === null) {
      const forward = await verbs.suggestForward('pop3', '', null);
      return emptyForm(
        forward ?? usualForward('pop3', crypto.randomUUID()),
        snapshot?.preferences.defaultMode,
      );
    }
    const view = snapshot === null ? undefined : viewOf(snapshot, id);
    return view === undefined ? null : formOf(view.account);
  };
}

/** Opens places, one after the other; leads the keyboard back to where the last one was opened from. */
function useVisits(snapshot: AppSnapshot | null) {
  const drafts = useDrafts();
  const fresh = useFresh(snapshot);
  const [visit, setVisit] = useState<Visit | null>(() => reopened(drafts.open()));
  const returnTo = useRef<string | null>(null);

  useEffect(() => {
    if (visit !== null || returnTo.current === null) return;
    document.getElementById(returnTo.current)?.focus();
  }, [visit]);

  const accounts = (): readonly Account[] => snapshot?.accounts.map(({ account }) => account) ?? [];
  const open = async (id: AccountId | null, field: string, kept?: Kept): Promise<void> => {
    const initial = kept?.form ?? (await fresh(id));
    if (initial === null) return;
    returnTo.current = id === null ? 'add-mailbox' : `mailbox-${id}`;
    const wizard = id === null ? resumed(kept?.wizard ?? FIRST_PAGE, accounts()) : null;
    const isKept = kept !== undefined;
    setVisit((last) => ({ visit: after(last), id, initial, wizard, isKept, field }));
  };
  const close = (backTo?: AccountId): void => {
    if (backTo !== undefined) returnTo.current = `mailbox-${backTo}`;
    setVisit(null);
  };
  return { visit, setVisit, open, close, fresh };
}

/** What was cancelled last, until something else is opened or its time is over. */
function useCancelled(visit: Visit | null) {
  const [cancelled, setCancelled] = useState<Cancelled | null>(null);
  useEffect(() => {
    if (cancelled === null) return undefined;
    const timer = setTimeout(() => setCancelled(null), CANCELLED_MS);
    return () => clearTimeout(timer);
  }, [cancelled]);
  if (visit !== null && cancelled !== null) setCancelled(null);
  return [cancelled, setCancelled] as const;
}

/** Where in the window the person is, and what they typed in the places they left. */
export function usePlaces(snapshot: AppSnapshot | null): Places {
  const drafts = useDrafts();
  const { visit, setVisit, open, close, fresh } = useVisits(snapshot);
  const [cancelled, setCancelled] = useCancelled(visit);

  return {
    visit,
    add: () => open(null, FIRST_FIELD, drafts.get(null)),
    edit: (id, field) => void open(id, field, drafts.get(id)),
    showAll: (form) => {
      drafts.put(null, { form, wizard: null, isOpen: true });
      setVisit((last) => ({
        ...{ visit: after(last), id: null, initial: form, wizard: null },
        isKept: last?.isKept ?? false,
        field: FIRST_FIELD,
      }));
    },
    check: (account) => {
      drafts.put(null, null);
      setVisit((last) => ({
        ...{ visit: after(last), id: null, initial: formOf(account), isKept: false },
        wizard: { ...FIRST_PAGE, page: 'check', id: account.id },
        field: FIRST_FIELD,
      }));
    },
    leave: (typed) => {
      if (visit !== null) drafts.put(visit.id, typed && { ...typed, isOpen: false });
      close();
    },
    cancel: (typed) => {
      if (visit !== null) drafts.put(visit.id, null);
      if (visit !== null && typed !== null) setCancelled({ id: visit.id, typed });
      close();
    },
    cancelled: cancelled?.id === null ? '' : (cancelled?.typed.form.name ?? null),
    undoCancel: () => {
      if (cancelled !== null)
        void open(cancelled.id, FIRST_FIELD, { ...cancelled.typed, isOpen: true });
    },
    startAfresh: async () => {
      if (visit === null) return;
      drafts.put(visit.id, null);
      if (visit.id === null && visit.wizard === null) {
        const form = await fresh(null);
        if (form !== null)
          setVisit({ ...visit, visit: after(visit), initial: form, isKept: false });
        return;
      }
      await open(visit.id, visit.id === null ? FIRST_FIELD : 'name');
    },
    saved: (id) => {
      if (visit !== null) drafts.put(visit.id, null);
      close(id);
    },
  };
}

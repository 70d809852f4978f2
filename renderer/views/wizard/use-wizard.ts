import { useEffect, useRef, useState } from 'react';
import type { AccountId } from '../../../electron/shared/account';
import { viewOf } from '../../../electron/shared/app-snapshot';
import { canTryNow, isProven } from '../../../electron/shared/tunnel-state';
import { draftOf } from '../../state/form-state';
import { useSnapshot } from '../../state/use-snapshot';
import type { Visit } from '../../state/use-places';
import { useVerbs } from '../../state/verbs';
import {
  isAside,
  pageBefore,
  pageOfField,
  resumed,
  withSignIn,
  type WizardPage,
  type WizardSignIn,
  type WizardState,
} from '../../state/wizard-state';
import { useForm, type FormHandle } from '../form/use-form';

export interface WizardHandle {
  /** What is typed into the fields. */
  readonly fields: FormHandle;
  readonly state: WizardState;
  readonly isBusy: boolean;
  readonly isDirty: boolean;
  readonly update: (change: Partial<WizardState>) => void;
  readonly choose: (choice: WizardSignIn) => void;
  /** Turns to a page; `field` gets the keyboard, or else the page's first one. */
  readonly turnTo: (page: WizardPage, field?: string) => void;
  readonly back: () => void;
  /** Is everything right that was typed? Otherwise it turns to the page where it is not. */
  readonly isRight: () => Promise<boolean>;
  /** From the first page to the second, when the first is right. */
  readonly toSignIn: () => Promise<void>;
  /** Saves the mailbox, switched on, and turns to the check. */
  readonly toCheck: () => Promise<void>;
}

const FIRST_FIELDS: Readonly<Partial<Record<WizardPage, string>>> = {
  server: 'sshHost',
  'sign-in': 'signIn',
};

/** Sees to it that a mailbox which was saved is tried, even if nothing about it has changed. */
function useTry(): (id: AccountId, isChanged: boolean) => Promise<void> {
  const verbs = useVerbs();
  const snapshot = useSnapshot();
  return async (id, isChanged) => {
    const view = snapshot === null ? undefined : viewOf(snapshot, id);
    if (view === undefined) return;
    if (!view.account.wanted) await verbs.setWanted(id, true);
    else if (!isChanged && canTryNow(view.state) && !isProven(view.state)) await verbs.tryNow(id);
  };
}

/** How far somebody has come; from a mailbox that is gone, removed by the command or by hand, back to its fields. */
function useProgress(start: WizardState) {
  const snapshot = useSnapshot();
  const accounts = snapshot?.accounts.map(({ account }) => account) ?? [];
  const [state, setState] = useState(() => resumed(start, accounts));
  const seen = useRef<AccountId | null>(null);
  useEffect(() => {
    // A mailbox that was saved a moment ago may not be in the snapshot yet.
    if (accounts.some(({ id }) => id === state.id)) seen.current = state.id;
    else if (seen.current === state.id) setState((now) => resumed(now, accounts));
    // Drawn anew with each snapshot; which mailboxes there are is all that matters.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [snapshot?.accounts, state.id]);
  return [state, setState] as const;
}

/** Everything that can be done while a mailbox is set up. */
export function useWizard(visit: Visit, start: WizardState): WizardHandle {
  const [state, setState] = useProgress(start);
  const [saved, setSaved] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const fields = useForm(state.id, visit.initial, FIRST_FIELDS[start.page] ?? visit.field);
  const tryIt = useTry();

  const update: WizardHandle['update'] = (change) => setState((now) => ({ ...now, ...change }));
  const turnTo: WizardHandle['turnTo'] = (page, field) => {
    const first = field ?? FIRST_FIELDS[page];
    if (first !== undefined) fields.focus(first);
    update({ page });
  };
  const busily = async (task: () => Promise<void>): Promise<void> => {
    if (isBusy) return;
    setIsBusy(true);
    await task();
    setIsBusy(false);
  };
  const isRight = async (): Promise<boolean> => {
    const problems = await fields.judge(() => true);
    const [first] = problems ?? [];
    if (first !== undefined) update({ page: pageOfField(first.field) });
    return problems?.length === 0;
  };
  const toCheck = async (): Promise<void> => {
    if (!(await isRight())) return;
    const draft = JSON.stringify(draftOf(fields.form));
    const id = await fields.save();
    if (id === null) return;
    if (state.id !== null) await tryIt(id, draft !== saved);
    setSaved(draft);
    update({ id, page: 'check' });
  };

  return {
    fields,
    state,
    isBusy,
    isDirty: fields.isDirty || state !== start,
    update,
    turnTo,
    choose: (choice) => {
      update({ wantsKey: choice === 'make-key' });
      fields.set((form) => withSignIn(form, choice, state.key), 'signIn');
    },
    back: () => {
      const page = pageBefore(state.page);
      if (page !== null) turnTo(page);
    },
    isRight,
    toSignIn: () =>
      busily(async () => {
        // What everybody sees comes first; the rest often follows from it, as the name does.
        const shown = await fields.judge((field) => field === 'sshHost' || field === 'sshUser');
        if (shown?.length !== 0) return;
        const rest = await fields.judge(isAside);
        if (rest?.length === 0) turnTo('sign-in');
      }),
    toCheck: () => busily(toCheck),
  };
}

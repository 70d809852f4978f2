import type { Account, AccountId, SignIn } from '../../electron/shared/account';
import type { KeyMade } from '../../electron/shared/server-key';
import type { FormState } from './form-state';

/** The pages of setting a mailbox up, in their order. */
export const WIZARD_PAGES = ['server', 'sign-in', 'check', 'program'] as const;
export type WizardPage = (typeof WIZARD_PAGES)[number];

/** How far somebody has come, beside what they typed into the fields. */
export interface WizardState {
  readonly page: WizardPage;
  /** The mailbox, once it was saved to be checked. */
  readonly id: AccountId | null;
  /** A key is to be made; in the fields that is a key file. */
  readonly wantsKey: boolean;
  /** The key that was made. */
  readonly key: KeyMade | null;
  /** It is on the server, proven. */
  readonly isInstalled: boolean;
}

export const FIRST_PAGE: WizardState = {
  page: 'server',
  id: null,
  wantsKey: false,
  key: null,
  isInstalled: false,
};

/** The ways to sign in that the second page offers. */
export type WizardSignIn = SignIn['kind'] | 'make-key';

/** The way to sign in that is chosen. */
export function signInChoice(form: FormState, { wantsKey }: WizardState): WizardSignIn {
  return wantsKey ? 'make-key' : form.signIn;
}

/** The fields with this way to sign in; a key that was made takes its place with it. */
export function withSignIn(form: FormState, choice: WizardSignIn, key: KeyMade | null): FormState {
  if (choice !== 'make-key') return { ...form, signIn: choice };
  return { ...form, signIn: 'key-file', keyPath: key?.path ?? form.keyPath };
}

/** The page where a field of the draft is filled in. */
export function pageOfField(field: string): 'server' | 'sign-in' {
  return field.startsWith('signIn') ? 'sign-in' : 'server';
}

/** The page before; null for the first. */
export function pageBefore(page: WizardPage): WizardPage | null {
  return WIZARD_PAGES[WIZARD_PAGES.indexOf(page) - 1] ?? null;
}

/** The fields of the first page that stand behind its door. */
export function isAside(field: string): boolean {
  return pageOfField(field) === 'server' && field !== 'sshHost' && field !== 'sshUser';
}

/**
 * Where to go on after the window was closed. A mailbox that was removed meanwhile is set up anew, with what was
 * typed for it.
 */
export function resumed(state: WizardState, accounts: readonly Account[]): WizardState {
  const isThere = accounts.some(({ id }) => id === state.id);
  if (state.id === null || isThere) return state;
  return { ...state, id: null, page: state.page === 'server' ? 'server' : 'sign-in' };
}

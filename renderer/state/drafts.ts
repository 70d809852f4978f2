import { createContext, use } from 'react';
import { NEW_PLACE, type AccountId } from '../../electron/shared/account';
import type { Bridge } from '../../electron/shared/ipc-contract';
import { emptyForm, usualForward, type FormState } from './form-state';
import { keptOf } from './kept-shape';
import type { WizardState } from './wizard-state';

/** What was typed at one place and not saved; holds no secret, since no field of it is for one. */
export interface Kept {
  readonly form: FormState;
  /** How far setting up has come; null for the form with all settings. */
  readonly wizard: WizardState | null;
  /** Was it on the screen when the window was closed? */
  readonly isOpen: boolean;
}

/** What was typed and not saved, kept by the main process so that it outlives the window, and a quit. */
export interface Drafts {
  readonly get: (id: AccountId | null) => Kept | undefined;
  readonly put: (id: AccountId | null, kept: Kept | null) => void;
  /** The place that was on the screen when the window was closed. */
  readonly open: () => { readonly id: AccountId | null; readonly kept: Kept } | null;
}

type Keeper = Pick<Bridge, 'getDrafts' | 'keepDraft'>;

/** Reads what the main process kept, and hands it every change. */
export async function openDrafts(bridge: Keeper): Promise<Drafts> {
  const answer = await bridge.getDrafts();
  return createDrafts(answer.ok ? answer.value : {}, (place, text) => {
    // It is kept here as well; that the main process has no copy matters only once the window closes.
    void bridge.keepDraft(place, text).catch(() => undefined);
  });
}

/** The same, from the texts that were kept. */
export function createDrafts(
  texts: Readonly<Record<string, string>>,
  send: (place: string, text: string | null) => void,
): Drafts {
  const blank = emptyForm(usualForward('pop3', crypto.randomUUID()));
  const kept = new Map(
    Object.entries(texts).flatMap(([place, text]) => {
      const read = keptOf(text, blank);
      return read === null ? [] : [[place, read] as const];
    }),
  );
  const placeOf = (id: AccountId | null): string => id ?? NEW_PLACE;
  return {
    get: (id) => kept.get(placeOf(id)),
    put: (id, next) => {
      if (next === null && !kept.has(placeOf(id))) return;
      if (next === null) kept.delete(placeOf(id));
      else kept.set(placeOf(id), next);
      send(placeOf(id), next === null ? null : JSON.stringify(next));
    },
    open: () => {
      const found = [...kept].find(([, { isOpen }]) => isOpen);
      if (found === undefined) return null;
      const [place, value] = found;
      return { id: place === NEW_PLACE ? null : place, kept: value };
    },
  };
}

export const DraftsContext = createContext<Drafts>(createDrafts({}, () => undefined));

/** What was typed and not saved. */
export function useDrafts(): Drafts {
  return use(DraftsContext);
}

import type { AccountId } from '../shared/account';
import type { AccountView, AppSnapshot } from '../shared/app-snapshot';
import type { OpenPrompt, PromptAnswer, PromptId } from '../shared/prompt';
import type { Result } from '../shared/result';
import { ok } from '../shared/result';
import { assertNever } from '../shared/result';
import type { AppState } from '../state/app-state';
import type { ControlFailure } from './protocol';
import type { VerbTable } from './verbs';

/** Hands out questions to callers who have a person at their terminal. */
export interface QuestionDesk {
  /** The next question about one of these mailboxes; null once the caller has hung up. */
  next(accounts: ReadonlySet<AccountId>, signal: AbortSignal): Promise<OpenPrompt | null>;
  answer(id: PromptId, answer: PromptAnswer): void;
}

type Find = (names: readonly string[]) => Result<readonly AccountView[], ControlFailure>;

/** The verbs by which a command lets the person at its terminal answer. */
export function attendedVerbs(
  { state, questions }: { readonly state: AppState; readonly questions: QuestionDesk | null },
  findAll: Find,
): Pick<VerbTable, 'question' | 'answer' | 'settle'> {
  return {
    question: async ({ names }, signal) => {
      const found = findAll(names);
      if (!found.ok) return found;
      const question = (await questions?.next(idsOf(found.value), signal)) ?? null;
      return ok({ question });
    },
    answer: ({ id, answer }) => {
      questions?.answer(id, answer);
      return Promise.resolve(ok(null));
    },
    settle: async ({ names }, signal) => {
      const found = findAll(names);
      if (found.ok) await settled(state, idsOf(found.value), signal);
      return found.ok ? ok(null) : found;
    },
  };
}

function idsOf(views: readonly AccountView[]): ReadonlySet<AccountId> {
  return new Set(views.map(({ account }) => account.id));
}

/** Resolves when the snapshot shows none of them on its way, or the caller has hung up. */
function settled(state: AppState, ids: ReadonlySet<AccountId>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = ({ accounts }: AppSnapshot): void => {
      if (!accounts.some((view) => ids.has(view.account.id) && isOnItsWay(view))) end();
    };
    const end = (): void => {
      unsubscribe();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const unsubscribe = state.subscribe(look);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    else look(state.snapshot());
  });
}

/** Is it between two states, so that a question may still come? */
function isOnItsWay({ account, state }: AccountView): boolean {
  switch (state.kind) {
    case 'connecting':
    case 'waiting-for-user':
    case 'disconnecting':
      return true;
    case 'connected':
      return state.proof.kind === 'asking';
    case 'off':
      // The engine has not heard of the switch yet.
      return account.wanted;
    case 'ready':
    case 'retrying':
    case 'offline':
    case 'needs-attention':
      return false;
    default:
      return assertNever(state);
  }
}

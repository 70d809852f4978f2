import type { AccountId } from '../shared/account';
import type { PromptAnswer, PromptId, PromptRequest } from '../shared/prompt';
import { fits } from '../shared/prompt';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';

/** An open question, before the account's name is put to it. */
export interface Question {
  readonly id: PromptId;
  readonly accountId: AccountId;
  readonly request: PromptRequest;
}

/** Why an answer was not taken: nobody asks that (any more), or it is no answer to this kind of question. */
export type AnswerRefusal = 'not-open' | 'does-not-fit';

/** One queue of questions to a person, oldest first. */
export interface PromptBroker {
  questions(): readonly Question[];
  /** Opens a question; an older one of the same account is cancelled, since its attempt is over. */
  open(question: Question): void;
  /** The engine no longer wants to know. */
  withdraw(id: PromptId): void;
  /** Passes the answer on and closes the question; the answer itself is not kept. */
  answer(id: PromptId, answer: PromptAnswer): Result<null, AnswerRefusal>;
  /** Cancels every question, as when a person closes their window. */
  cancelAll(): void;
  /** Cancels what an account asks, as when it is removed. */
  cancelAccount(accountId: AccountId): void;
}

/** `deliver` hands an answer to the engine; `changed` hears that the queue is another one. */
export function createPromptBroker(
  deliver: (id: PromptId, answer: PromptAnswer) => void,
  changed: () => void,
): PromptBroker {
  let queue: readonly Question[] = [];

  const close = (wanted: (question: Question) => boolean): readonly Question[] => {
    const closed = queue.filter(wanted);
    if (closed.length > 0) {
      queue = queue.filter((question) => !wanted(question));
      changed();
    }
    return closed;
  };
  const cancel = (wanted: (question: Question) => boolean): void => {
    for (const question of close(wanted)) deliver(question.id, { kind: 'cancel' });
  };

  return {
    questions: () => queue,
    open(question) {
      cancel((other) => other.accountId === question.accountId && other.id !== question.id);
      // A question that is opened again under its own id keeps its place.
      const index = queue.findIndex((other) => other.id === question.id);
      queue = index === -1 ? [...queue, question] : queue.with(index, question);
      changed();
    },
    withdraw: (id) => void close((question) => question.id === id),
    answer(id, answer) {
      const question = queue.find((each) => each.id === id);
      if (question === undefined) return fail('not-open');
      if (!fits(question.request, answer)) return fail('does-not-fit');
      close((each) => each.id === id);
      deliver(id, answer);
      return ok(null);
    },
    cancelAll: () => cancel(() => true),
    cancelAccount: (accountId) => cancel((question) => question.accountId === accountId),
  };
}

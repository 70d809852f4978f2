import { Asker, type Answerer } from '../asking/asker';
import type { AccountId } from '../shared/account';
import type { OpenPrompt, PromptAnswer, PromptId } from '../shared/prompt';

/** A command at a terminal that waits for a question, to put it to the person there. */
interface Caller {
  readonly accounts: ReadonlySet<AccountId>;
  readonly signal: AbortSignal;
  readonly take: (question: OpenPrompt | null) => void;
}

/**
 * Hands each open question to one who can ask a person: first a command at a terminal that was typed for this mailbox,
 * then this process itself.
 */
export class Questions {
  readonly #here: Asker;
  readonly #give: (id: PromptId, answer: PromptAnswer) => void;
  readonly #taken = new Map<PromptId, AbortSignal>();
  #open: readonly OpenPrompt[] = [];
  #callers: readonly Caller[] = [];

  /**
   * @param askHere asks without a command's help; says `nobody` when it cannot
   * @param give hears the answers
   */
  constructor(askHere: Answerer, give: (id: PromptId, answer: PromptAnswer) => void) {
    this.#here = new Asker(askHere, give);
    this.#give = give;
  }

  /** These are the questions that are open now. */
  update(open: readonly OpenPrompt[]): void {
    this.#open = open;
    for (const id of this.#taken.keys())
      if (!open.some((each) => each.id === id)) this.#taken.delete(id);
    this.#share();
  }

  /**
   * The next question about one of these mailboxes, for a caller to ask; null when the caller hung up, which puts back
   * what it took. Who means to ask on calls this before it answers, so that somebody is there for the next question.
   */
  next(accounts: ReadonlySet<AccountId>, signal: AbortSignal): Promise<OpenPrompt | null> {
    return new Promise((take) => {
      const gone = (): void => {
        this.#callers = this.#callers.filter((caller) => caller.take !== take);
        for (const [id, by] of this.#taken) if (by === signal) this.#taken.delete(id);
        take(null);
        this.#share();
      };
      signal.addEventListener('abort', gone, { once: true });
      this.#callers = [...this.#callers, { accounts, signal, take }];
      if (signal.aborted) gone();
      else this.#share();
    });
  }

  /** A caller's answer; of a question that was taken back meanwhile it is no longer heard. */
  answer(id: PromptId, answer: PromptAnswer): void {
    if (this.#taken.has(id)) this.#give(id, answer);
  }

  stop(): void {
    this.#here.stop();
  }

  #share(): void {
    for (const question of this.#open) {
      if (this.#taken.has(question.id)) continue;
      const caller = this.#callers.find(
        ({ accounts, signal }) => !signal.aborted && accounts.has(question.accountId),
      );
      if (caller === undefined) continue;
      this.#callers = this.#callers.filter((each) => each !== caller);
      this.#taken.set(question.id, caller.signal);
      caller.take(question);
    }
    this.#here.update(this.#open.filter(({ id }) => !this.#taken.has(id)));
  }
}

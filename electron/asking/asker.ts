import type { OpenPrompt, PromptAnswer, PromptId } from '../shared/prompt';

/** Answers one question; never rejects. Aborting the signal means that nobody wants to know any more. */
export type Answerer = (question: OpenPrompt, signal: AbortSignal) => Promise<PromptAnswer>;

/** Puts open questions to one person, one after the other, oldest first. */
export class Asker {
  readonly #answer: Answerer;
  readonly #give: (id: PromptId, answer: PromptAnswer) => void;
  #open: readonly OpenPrompt[] = [];
  #current: { readonly id: PromptId; readonly taken: AbortController } | null = null;
  readonly #answered = new Set<PromptId>();

  /** @param give hears each answer once, and never that of a question that was taken back */
  constructor(answer: Answerer, give: (id: PromptId, answer: PromptAnswer) => void) {
    this.#answer = answer;
    this.#give = give;
  }

  /** These are the questions that are open now. */
  update(open: readonly OpenPrompt[]): void {
    this.#open = open;
    for (const id of this.#answered)
      if (!open.some((each) => each.id === id)) this.#answered.delete(id);
    const current = this.#current;
    if (current === null) this.#next();
    else if (!open.some(({ id }) => id === current.id)) current.taken.abort();
  }

  /** Takes the question back that is being asked, and asks no other. */
  stop(): void {
    this.update([]);
  }

  #next(): void {
    const question = this.#open.find(({ id }) => !this.#answered.has(id));
    if (question === undefined) return;
    const taken = new AbortController();
    this.#current = { id: question.id, taken };
    void this.#answer(question, taken.signal).then((answer) => {
      this.#current = null;
      if (!taken.signal.aborted) {
        this.#answered.add(question.id);
        this.#give(question.id, answer);
      }
      this.#next();
    });
  }
}

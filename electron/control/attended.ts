import type { OpenPrompt, PromptAnswer } from '../shared/prompt';
import type { ControlClient } from './control-client';

/** Puts a question to the person at this command's terminal. Aborting the signal takes it back. */
export type AskHere = (question: OpenPrompt, signal: AbortSignal) => Promise<PromptAnswer>;

/**
 * Lets the person at this command's terminal answer what comes up about these mailboxes (all of them if none is named)
 * while `work` goes on. Where windows ask, the program hands out no questions.
 *
 * @param work is told how to find out whether the program leaves the asking to this command
 */
export async function attended<T>(
  client: ControlClient,
  names: readonly string[],
  askHere: AskHere,
  work: (asksHere: () => boolean) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  let asksHere = true;
  const next = (): Promise<OpenPrompt | null> => {
    const question = client.ask('question', { names: [...names] }).then((answer) => {
      const asked = answer.ok ? answer.value.question : null;
      return asked === null ? null : soundQuestion(asked);
    });
    // Hanging up ends it, which is how every command ends.
    question.catch(() => undefined);
    return question;
  };
  const answerAll = async (): Promise<void> => {
    let coming = next();
    for (;;) {
      const question = await coming;
      if (question === null) {
        asksHere = false;
        return;
      }
      coming = next();
      const answer = await askHere(question, over.signal);
      if (over.signal.aborted) return;
      await client.ask('answer', { id: question.id, answer });
    }
  };
  answerAll().catch(() => undefined);
  try {
    return await work(() => asksHere);
  } finally {
    over.abort();
  }
}

/** A question, judged before a person sees it. Most commands never get one, so that its schema is loaded only here. */
async function soundQuestion(question: unknown): Promise<OpenPrompt> {
  const { openPrompt } = await import('./protocol');
  return openPrompt.parse(question);
}

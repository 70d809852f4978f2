import { useState } from 'react';
import type { PromptAnswer, PromptId } from '../../../electron/shared/prompt';
import { useVerbs } from '../../state/verbs';

export interface Answering {
  readonly isSending: boolean;
  readonly answer: (answer: PromptAnswer) => void;
  readonly cancel: () => void;
}

/** Sends the answer to one question. The question goes away with the next snapshot; if it stays, it can be answered again. */
export function useAnswer(id: PromptId): Answering {
  const verbs = useVerbs();
  const [isSending, setIsSending] = useState(false);
  const answer = async (given: PromptAnswer): Promise<void> => {
    setIsSending(true);
    const sent = await verbs.answerPrompt(id, given);
    if (sent === undefined) setIsSending(false);
  };
  return {
    isSending,
    answer: (given) => void answer(given),
    cancel: () => void answer({ kind: 'cancel' }),
  };
}

import type { Translate } from '../shared/messages';
import type { OpenPrompt, PromptAnswer } from '../shared/prompt';
import { textOfThrown } from '../shared/thrown';
import type { Log } from '../tunnel/ports';
import { wayToAsk, type Way } from './ask-way';
import { askWith, usualAskpass } from './askpass';
import { askLines } from './question-lines';
import { askAtTerminal, hasTerminal } from './terminal';

/** How this process can ask right now; the terminal may have come to the foreground since the last look. */
export function wayHere(): Way {
  return wayToAsk({
    env: process.env,
    hasTerminal: hasTerminal(),
    usualAskpass: usualAskpass(),
  });
}

/** Asks at this process's terminal or through its askpass program; `nobody` when it has neither. */
export async function askHere(
  question: OpenPrompt,
  { t, log }: { readonly t: Translate; readonly log: Log },
  signal: AbortSignal,
): Promise<PromptAnswer> {
  const way = wayHere();
  if (way.kind === 'nobody') return { kind: 'nobody' };
  const askLine = way.kind === 'terminal' ? askAtTerminal : askWith(way.program);
  try {
    return await askLines(question, askLine, t, signal);
  } catch (error) {
    log('error', `Nobody could be asked: ${textOfThrown(error)}`);
    return { kind: 'nobody' };
  }
}

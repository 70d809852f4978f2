import { describe, expect, it } from 'vitest';
import { AttemptSecrets, KeyRing } from '../../../electron/secrets/key-ring';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { AttemptMemory } from '../../../electron/tunnel/attempt-memory';
import { AuthSequence } from '../../../electron/tunnel/auth-sequence';
import { KeyOpener } from '../../../electron/tunnel/key-opener';
import { Person } from '../../../electron/tunnel/person';
import { PLAN } from './stand-ins';

/** A server asks so many questions at once: how many of them reach the person, and how the attempt ends. */
async function askedAtOnce(count: number): Promise<{ shown: number; error: TunnelError | null }> {
  let shown = 0;
  const person = new Person({
    ...{ accountId: 'a', host: 'h', by: 'person', onPrompt: () => undefined },
    signal: new AbortController().signal,
    prompter: {
      ask(_account, request) {
        shown = request.kind === 'code' ? request.questions.length : 0;
        const answers = Array.from({ length: shown }, () => '1');
        return { id: 'prompt', answer: Promise.resolve({ kind: 'answers', answers }) };
      },
    },
  });
  return new Promise((resolve) => {
    const sequence = new AuthSequence({
      plan: { ...PLAN, steps: [{ kind: 'keyboard-interactive' }] },
      ...{ person, memory: new AttemptMemory(), secrets: new AttemptSecrets(new KeyRing()) },
      ...{ agentSocket: null, log: () => undefined },
      opener: new KeyOpener(new URL('file:///none.js')),
      giveUp: (error) => resolve({ shown, error }),
    });
    sequence.handler(['keyboard-interactive'], false, (method) => {
      if (typeof method !== 'object' || method.type !== 'keyboard-interactive') return;
      const questions = Array.from({ length: count }, () => ({ prompt: 'Code: ', echo: true }));
      method.prompt('', '', '', questions, () => resolve({ shown, error: null }));
    });
  });
}

describe('questions of the server', () => {
  it('reach the person together', async () => {
    expect(await askedAtOnce(16)).toEqual({ shown: 16, error: null });
  });

  it('end the attempt when they are more than a window could show', async () => {
    expect(await askedAtOnce(17)).toEqual({
      shown: 0,
      error: { kind: 'unexpected', detail: 'The server asks 17 questions at once.' },
    });
  });
});

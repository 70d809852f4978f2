import { useRef } from 'react';
import type { OpenPrompt, PromptRequest } from '../../../electron/shared/prompt';
import { fileName, type Translate } from '../../../electron/shared/messages';
import { SecretField } from '../../components/SecretField';
import { useWords } from '../../i18n/use-words';
import { PromptFrame } from './PromptFrame';
import { useAnswer } from './use-answer';

type SecretRequest = Extract<PromptRequest, { kind: 'passphrase' | 'password' }>;

function wordsOf(request: SecretRequest, t: Translate) {
  if (request.kind === 'password') {
    const { host, user, wrongBefore } = request;
    return {
      title: t('prompts:password.title', { host }),
      body: t('prompts:password.body', { user }),
      path: null,
      label: t('prompts:password.label'),
      send: t('prompts:password.send'),
      problem: wrongBefore ? t('prompts:password.wrong') : undefined,
    };
  }
  const { keyPath, wrongBefore, triesLeft } = request;
  return {
    title: t('prompts:passphrase.title'),
    body: t('prompts:passphrase.body', { file: fileName(keyPath) }),
    path: keyPath,
    label: t('prompts:passphrase.label'),
    send: t('prompts:passphrase.send'),
    problem: wrongBefore ? t('prompts:passphrase.wrong', { count: triesLeft }) : undefined,
  };
}

interface SecretPromptProps {
  readonly prompt: OpenPrompt;
  readonly request: SecretRequest;
}

/** A passphrase or a password: read from its field on sending, and the field cleared at once. */
export function SecretPrompt({ prompt, request }: SecretPromptProps) {
  const t = useWords();
  const { isSending, answer, cancel } = useAnswer(prompt.id);
  const input = useRef<HTMLInputElement>(null);
  const { title, body, path, label, send, problem } = wordsOf(request, t);
  const sendSecret = (): void => {
    const field = input.current;
    if (field === null) return;
    const secret = field.value;
    field.value = '';
    answer({ kind: 'secret', secret });
  };
  return (
    <PromptFrame
      prompt={prompt}
      title={title}
      send={send}
      aside={t('prompts:memory')}
      isSending={isSending}
      onSend={sendSecret}
      onCancel={cancel}
    >
      <div>
        <p className="prompt__text">{body}</p>
        {path === null ? null : (
          <p className="prompt__path">
            <span dir="ltr">{path}</span>
          </p>
        )}
      </div>
      <SecretField
        ref={input}
        label={label}
        autoFocus
        isDisabled={isSending}
        problem={isSending ? undefined : problem}
      />
    </PromptFrame>
  );
}

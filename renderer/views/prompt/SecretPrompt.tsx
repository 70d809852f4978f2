import { useRef, useState } from 'react';
import { DEFAULT_PREFERENCES } from '../../../electron/shared/preferences';
import {
  KEEP_UNLOCKED,
  type KeepUnlocked,
  type OpenPrompt,
  type PromptRequest,
} from '../../../electron/shared/prompt';
import { fileName, type Translate } from '../../../electron/shared/messages';
import { SecretField } from '../../components/SecretField';
import { SelectRow } from '../../components/SelectRow';
import { useWords } from '../../i18n/use-words';
import { useSnapshot } from '../../state/use-snapshot';
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
  const usual = (useSnapshot()?.preferences ?? DEFAULT_PREFERENCES).keepUnlocked;
  const [keep, setKeep] = useState<KeepUnlocked>(usual);
  const { title, body, path, label, send, problem } = wordsOf(request, t);
  const sendSecret = (): void => {
    const field = input.current;
    if (field === null) return;
    const secret = field.value;
    field.value = '';
    answer({ kind: 'secret', secret, keep });
  };
  return (
    <PromptFrame
      prompt={prompt}
      title={title}
      send={send}
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
      <SelectRow
        id="keep"
        label={t('prompts:keep')}
        value={keep}
        choices={KEEP_UNLOCKED.map((key) => ({
          key,
          label: t(`preferences:keep-unlocked.${key}`),
          hint: '',
        }))}
        onChange={setKeep}
      />
    </PromptFrame>
  );
}

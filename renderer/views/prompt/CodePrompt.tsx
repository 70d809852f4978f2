import { useRef } from 'react';
import type { OpenPrompt, PromptRequest } from '../../../electron/shared/prompt';
import { SecretField } from '../../components/SecretField';
import { useWords } from '../../i18n/use-words';
import { PromptFrame } from './PromptFrame';
import { useAnswer } from './use-answer';

interface CodePromptProps {
  readonly prompt: OpenPrompt;
  readonly request: Extract<PromptRequest, { kind: 'code' }>;
}

/** The server's own questions, in its own words, shown as text and nothing else. */
export function CodePrompt({ prompt, request }: CodePromptProps) {
  const t = useWords();
  const { isSending, answer, cancel } = useAnswer(prompt.id);
  const inputs = useRef<(HTMLInputElement | null)[]>([]);
  const { host, user, title, instruction, questions } = request;
  const sendAnswers = (): void => {
    const answers = questions.map((_, index) => {
      const field = inputs.current[index];
      const text = field?.value ?? '';
      if (field) field.value = '';
      return text;
    });
    answer({ kind: 'answers', answers });
  };
  return (
    <PromptFrame
      prompt={prompt}
      title={t('prompts:code.title', { host })}
      send={t('prompts:code.send')}
      isSending={isSending}
      onSend={sendAnswers}
      onCancel={cancel}
    >
      <p className="quiet">
        {questions.length === 0 ? t('prompts:code.no-question') : t('prompts:code.body', { user })}
      </p>
      {title === '' && instruction === '' ? null : (
        <div className="prompt__server-words">
          {title === '' ? null : <strong>{title}</strong>}
          {title !== '' && instruction !== '' ? '\n' : null}
          {instruction}
        </div>
      )}
      {questions.map((question, index) => (
        <SecretField
          // The questions of one exchange never change places.
          key={index}
          ref={(element) => {
            inputs.current[index] = element;
          }}
          label={question.text.trim() || t('prompts:code.label')}
          echo={question.echo}
          autoFocus={index === 0}
          isDisabled={isSending}
        />
      ))}
    </PromptFrame>
  );
}

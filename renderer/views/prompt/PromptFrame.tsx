import type { SubmitEvent, KeyboardEvent, ReactNode } from 'react';
import type { OpenPrompt } from '../../../electron/shared/prompt';
import { Button } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import './prompt.css';

interface PromptFrameProps {
  readonly prompt: OpenPrompt;
  readonly title: string;
  /** The verb on the button that answers. */
  readonly send: string;
  readonly isSending: boolean;
  /** Where answering without looking would be wrong, Cancel has the focus. */
  readonly isCautious?: boolean;
  readonly onSend: () => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** What is the same for every question: whose it is, its title, and the two ways out. */
export function PromptFrame(props: PromptFrameProps) {
  const { prompt, title, send, isSending, isCautious = false, onSend, onCancel } = props;
  const t = useWords();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isSending) onSend();
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) onCancel();
  };
  return (
    <form className="prompt" onSubmit={submit} onKeyDown={escape} aria-labelledby="prompt-title">
      <main className="prompt__body">
        <p className="prompt__for">
          <span className="prompt__mark" />
          <span>{t('prompts:for', { name: prompt.accountName })}</span>
        </p>
        <h1 className="prompt__title" id="prompt-title">
          {title}
        </h1>
        {props.children}
      </main>
      <footer className="prompt__foot">
        <Button autoFocus={isCautious} onPress={onCancel}>
          {t('prompts:cancel')}
        </Button>
        <Button
          kind={isCautious ? 'plain' : 'primary'}
          isDisabled={isSending}
          {...(isCautious ? { onPress: onSend } : { submit: true })}
        >
          {isSending ? t('prompts:sending') : send}
        </Button>
      </footer>
    </form>
  );
}

import type { OpenPrompt, PromptRequest } from '../../../electron/shared/prompt';
import { CopyIcon } from '../../components/CopyButton';
import { Fingerprint } from '../../components/Fingerprint';
import { Randomart } from '../../components/Randomart';
import { useWords } from '../../i18n/use-words';
import { PromptFrame } from './PromptFrame';
import { useAnswer } from './use-answer';

interface HostKeyPromptProps {
  readonly prompt: OpenPrompt;
  readonly request: Extract<PromptRequest, { kind: 'host-key' }>;
}

/** A server nobody has vouched for yet: its fingerprint, to be compared. Cancel has the focus. */
export function HostKeyPrompt({ prompt, request }: HostKeyPromptProps) {
  const t = useWords();
  const { isSending, answer, cancel } = useAnswer(prompt.id);
  const { host, port, algorithm, fingerprint, otherKeyKnown, authorityKnown } = request;
  const body =
    port === 22
      ? t('prompts:host-key.body', { host })
      : t('prompts:host-key.body-port', { host, port });
  return (
    <PromptFrame
      prompt={prompt}
      title={t('prompts:host-key.title')}
      send={t('prompts:host-key.send')}
      isSending={isSending}
      isCautious
      onSend={() => answer({ kind: 'trust' })}
      onCancel={cancel}
    >
      <p className="prompt__text">{otherKeyKnown ? t('prompts:host-key.other-known') : body}</p>
      {authorityKnown ? (
        <p className="prompt__text">{t('prompts:host-key.authority-known')}</p>
      ) : null}
      <div className="prompt__fingerprint">
        <div>
          <p className="section-title">{t('prompts:host-key.fingerprint', { algorithm })}</p>
          <Fingerprint value={fingerprint} />
        </div>
        <Randomart fingerprint={fingerprint} algorithm={algorithm} />
        <CopyIcon text={fingerprint} name={t('prompts:host-key.fingerprint-name')} />
      </div>
    </PromptFrame>
  );
}

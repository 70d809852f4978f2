import { useEffect } from 'react';
import type { OpenPrompt } from '../../../electron/shared/prompt';
import { assertNever } from '../../../electron/shared/result';
import { useWords } from '../../i18n/use-words';
import { useSnapshot } from '../../state/use-snapshot';
import { CodePrompt } from './CodePrompt';
import { HostKeyPrompt } from './HostKeyPrompt';
import { SecretPrompt } from './SecretPrompt';
import './prompt.css';

function Question({ prompt }: { readonly prompt: OpenPrompt }) {
  const { request } = prompt;
  switch (request.kind) {
    case 'host-key':
      return <HostKeyPrompt prompt={prompt} request={request} />;
    case 'passphrase':
    case 'password':
      return <SecretPrompt prompt={prompt} request={request} />;
    case 'code':
      return <CodePrompt prompt={prompt} request={request} />;
    default:
      return assertNever(request);
  }
}

/** The window that asks: the first open question, or nothing to ask. Each question starts with empty fields of its own. */
export function PromptWindow() {
  const t = useWords();
  const snapshot = useSnapshot();
  const prompt = snapshot?.prompts[0];
  const name = prompt?.accountName;
  useEffect(() => {
    document.title = name === undefined ? t('window:title') : t('prompts:window', { name });
  }, [name, t]);
  if (snapshot === null) return null;
  if (prompt === undefined)
    return (
      <main className="prompt__quiet">
        <h1>{t('prompts:quiet')}</h1>
      </main>
    );
  return <Question key={prompt.id} prompt={prompt} />;
}

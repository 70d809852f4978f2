import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useWords } from '../i18n/use-words';
import { useVerbs } from '../state/verbs';
import { useAnnounce } from './Announcer';
import { Button, IconButton } from './Button';

/** For how long a button says that it has copied, in milliseconds. */
const SAID = 2000;

/** Runs `copy`, and says for a while that it was done. */
function useCopied(copy: () => Promise<unknown>, said: string): [boolean, () => void] {
  const [copies, setCopies] = useState(0);
  const [isCopied, setIsCopied] = useState(false);
  const announce = useAnnounce();
  useEffect(() => {
    if (copies === 0) return undefined;
    const timer = setTimeout(() => setIsCopied(false), SAID);
    return () => clearTimeout(timer);
  }, [copies]);
  const run = async (): Promise<void> => {
    if ((await copy()) === undefined) return;
    setIsCopied(true);
    setCopies((count) => count + 1);
    announce(said);
  };
  return [isCopied, () => void run()];
}

interface CopyIconProps {
  readonly text: string;
  /** What the text is, where that is not plain from the text itself: "the passphrase". */
  readonly name?: string;
}

/** Copies a short text that stands beside it. */
export function CopyIcon({ text, name = text }: CopyIconProps) {
  const t = useWords();
  const verbs = useVerbs();
  const said = t('window:copy.done-value', { value: name });
  const [isCopied, copy] = useCopied(() => verbs.copyText(text), said);
  return (
    <IconButton
      small
      label={isCopied ? said : t('window:copy.value', { value: name })}
      hint={isCopied ? t('window:copy.done') : t('window:copy.button')}
      onPress={copy}
    >
      {isCopied ? (
        <>
          <Check size={16} aria-hidden />
          <span className="copied">{t('window:copy.done')}</span>
        </>
      ) : (
        <Copy size={16} aria-hidden />
      )}
    </IconButton>
  );
}

interface CopyWordsProps {
  readonly label: string;
  /** The name for a screen reader, where the label alone would not tell it from its neighbours. */
  readonly name?: string;
  readonly copy: () => Promise<unknown>;
}

/** Copies something that does not stand beside it; its own words turn into "Copied". */
export function CopyWords({ label, name = label, copy }: CopyWordsProps) {
  const t = useWords();
  const [isCopied, run] = useCopied(copy, t('window:copy.done'));
  return (
    <Button kind="quiet" small label={isCopied ? t('window:copy.done') : name} onPress={run}>
      {isCopied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
      {isCopied ? t('window:copy.done') : label}
    </Button>
  );
}

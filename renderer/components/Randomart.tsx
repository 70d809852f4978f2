import { useWords } from '../i18n/use-words';
import { randomart } from '../state/randomart';
import './fingerprint.css';

interface RandomartProps {
  /** `SHA256:…` */
  readonly fingerprint: string;
  readonly algorithm: string;
}

/** A fingerprint as the picture that OpenSSH draws of it; nothing where it draws none. */
export function Randomart({ fingerprint, algorithm }: RandomartProps) {
  const t = useWords();
  const picture = randomart(fingerprint, algorithm);
  return picture === null ? null : (
    <pre className="randomart" dir="ltr" role="img" aria-label={t('prompts:host-key.picture')}>
      {picture}
    </pre>
  );
}

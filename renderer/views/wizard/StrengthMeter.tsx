import { useCallback, useRef, useState } from 'react';
import { useWords } from '../../i18n/use-words';
import type { Strength } from '../../state/strength';
import './strength.css';

/** Judges what is typed, in order, and remembers only how strong it is. */
export function useStrength(known: readonly string[]) {
  const [strength, setStrength] = useState<Strength | null>(null);
  const asked = useRef(0);
  const judge = useCallback(
    async (typed: string): Promise<void> => {
      asked.current += 1;
      const turn = asked.current;
      // The dictionaries are large, and most people never come here.
      const { strengthOf } = await import('../../state/strength');
      if (turn !== asked.current) return;
      setStrength(typed === '' ? null : strengthOf(typed, known));
    },
    [known],
  );
  return { strength, judge };
}

const STEPS: readonly Strength[] = [1, 2, 3, 4];

/** How strong a passphrase is, by four bars and in words. */
export function StrengthMeter({ strength }: { readonly strength: Strength | null }) {
  const t = useWords();
  return (
    <div className="strength" data-strength={strength ?? ''}>
      <span className="strength__bars" aria-hidden>
        {STEPS.map((step) => (
          <span key={step} data-lit={strength !== null && strength >= step} />
        ))}
      </span>
      <span className="strength__words" role="status">
        {strength === null ? t('wizard:strength.none') : t(`wizard:strength.${strength}`)}
      </span>
    </div>
  );
}

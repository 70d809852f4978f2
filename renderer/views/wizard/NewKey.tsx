import type { RefObject } from 'react';
import type { DraftProblem } from '../../../electron/shared/account';
import { CheckRow } from '../../components/Choices';
import { FieldProblem } from '../../components/FieldProblem';
import { SecretField } from '../../components/SecretField';
import { useWords } from '../../i18n/use-words';
import { StrengthMeter, useStrength } from './StrengthMeter';

export interface NewKeyProps {
  /** The two fields; what is typed into them is nowhere else. */
  readonly first: RefObject<HTMLInputElement | null>;
  readonly second: RefObject<HTMLInputElement | null>;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly isBusy: boolean;
  readonly problem: DraftProblem | null;
  /** Words that make a passphrase weak here. */
  readonly known: readonly string[];
}

/** The passphrase for a key that is to be made. */
export function NewKey(props: NewKeyProps) {
  const { first, second, isOpen, onOpenChange, isBusy, problem, known } = props;
  const t = useWords();
  const { strength, judge } = useStrength(known);
  return (
    <div className="key-panel">
      <p>{t('wizard:key.intro')}</p>
      {isOpen ? null : (
        <>
          <div className="key-panel__secret">
            <SecretField
              ref={first}
              label={t('wizard:key.passphrase')}
              isDisabled={isBusy}
              onInput={(typed) => void judge(typed)}
            />
            <StrengthMeter strength={strength} />
          </div>
          <SecretField ref={second} label={t('wizard:key.again')} isDisabled={isBusy} />
        </>
      )}
      <CheckRow
        label={t('wizard:key.open')}
        hint={t('wizard:key.open-hint')}
        isSelected={isOpen}
        onChange={onOpenChange}
      />
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          <FieldProblem problem={problem} />
        </p>
      )}
    </div>
  );
}

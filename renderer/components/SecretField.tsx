import { ArrowBigUpDash, CircleAlert, Eye, EyeOff } from 'lucide-react';
import { useId, useState, type KeyboardEvent, type PointerEvent, type Ref } from 'react';
import { useWords } from '../i18n/use-words';
import { IconButton } from './Button';
import './field.css';

interface SecretFieldProps {
  /** Read on sending and cleared at once: what is typed never becomes React's state. */
  readonly ref?: Ref<HTMLInputElement>;
  /** May be a server's own text. */
  readonly label: string;
  /** May the typing be seen? Then the field is an ordinary one. */
  readonly echo?: boolean;
  readonly autoFocus?: boolean;
  readonly isDisabled?: boolean;
  /** What was wrong with the last answer. */
  readonly problem?: string | undefined;
  /** Hears what is typed, to judge it; it is not to be kept. */
  readonly onInput?: (typed: string) => void;
}

/** A field for a passphrase, a password or a code. */
export function SecretField(props: SecretFieldProps) {
  const {
    ref,
    label,
    echo = false,
    autoFocus = false,
    isDisabled = false,
    problem,
    onInput,
  } = props;
  const t = useWords();
  const id = useId();
  const [isShown, setIsShown] = useState(false);
  const [isCapsLock, setIsCapsLock] = useState(false);
  const watch = (event: KeyboardEvent | PointerEvent): void =>
    setIsCapsLock(!echo && event.getModifierState('CapsLock'));
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {/* A server's own words may run the other way. */}
        <bdi>{label}</bdi>
      </label>
      <div className="secret">
        <input
          ref={ref}
          id={id}
          className="input input--mono"
          type={echo || isShown ? 'text' : 'password'}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          dir="ltr"
          autoFocus={autoFocus}
          disabled={isDisabled}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem ${id}-caps`}
          onInput={(event) => onInput?.(event.currentTarget.value)}
          onKeyDown={watch}
          onKeyUp={watch}
          onPointerDown={watch}
        />
        {echo ? null : (
          <IconButton
            small
            label={isShown ? t('prompts:hide') : t('prompts:show')}
            onPress={() => setIsShown(!isShown)}
          >
            {isShown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
          </IconButton>
        )}
      </div>
      <div aria-live="polite" id={`${id}-caps`}>
        {isCapsLock ? (
          <span className="field__warning">
            <ArrowBigUpDash size={16} aria-hidden />
            {t('prompts:caps-lock')}
          </span>
        ) : null}
      </div>
      {problem === undefined ? null : (
        <p className="field__problem" id={`${id}-problem`} role="alert">
          <CircleAlert size={16} aria-hidden />
          {problem}
        </p>
      )}
    </div>
  );
}

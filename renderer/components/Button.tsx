import type { ReactNode, Ref } from 'react';
import { Button as AriaButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import './button.css';
import './tooltip.css';

export type ButtonKind = 'primary' | 'plain' | 'quiet';

interface ButtonProps {
  readonly kind?: ButtonKind;
  readonly small?: boolean;
  /** The name for a screen reader, where the text alone would not tell it from its neighbours. */
  readonly label?: string;
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
  readonly submit?: boolean;
  readonly id?: string;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly onPress?: () => void;
  readonly children: ReactNode;
}

/** A button with words on it. */
export function Button({ kind = 'plain', small = false, label, submit, ...rest }: ButtonProps) {
  const className = `button button--${kind}${small ? ' button--small' : ''}`;
  const name = label === undefined ? {} : { 'aria-label': label };
  return (
    <AriaButton className={className} type={submit ? 'submit' : 'button'} {...name} {...rest} />
  );
}

interface IconButtonProps {
  /** Its name, also shown as a tooltip. */
  readonly label: string;
  /** The tooltip, where it should be shorter than the name. */
  readonly hint?: string;
  readonly small?: boolean;
  readonly id?: string;
  readonly onPress?: () => void;
  readonly children: ReactNode;
}

/** A button with a picture on it, and its name as a tooltip. */
export function IconButton({ label, hint, small = false, ...rest }: IconButtonProps) {
  const className = `button button--quiet button--icon${small ? ' button--small' : ''}`;
  return (
    <TooltipTrigger delay={600}>
      <AriaButton className={className} aria-label={label} {...rest} />
      <Tooltip className="tooltip" offset={6}>
        {hint ?? label}
      </Tooltip>
    </TooltipTrigger>
  );
}

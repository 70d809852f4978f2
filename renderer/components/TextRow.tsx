import type { ClipboardEvent, ReactNode } from 'react';
import { FieldError, Input, Label, Text, TextField } from 'react-aria-components';
import type { DraftProblem } from '../../electron/shared/account';
import { FieldProblem } from './FieldProblem';
import './field.css';

interface TextRowProps {
  /** The field's path in the draft; its element can be found by it. */
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly problem?: DraftProblem | undefined;
  /** Written from left to right in every language: a host, a user, a path. */
  readonly isTechnical?: boolean;
  readonly isNumber?: boolean;
  readonly onChange: (value: string) => void;
  readonly onBlur?: () => void;
  readonly onPaste?: (event: ClipboardEvent<HTMLInputElement>) => void;
  /** A button beside the input. */
  readonly children?: ReactNode;
}

/** One line of text to fill in, with its label above and what is wrong with it below. */
export function TextRow(props: TextRowProps) {
  const { id, label, hint, placeholder, value, problem, isTechnical, isNumber, onPaste } = props;
  const input = (
    <Input
      className={isNumber ? 'input input--mono' : 'input'}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(isTechnical || isNumber ? { dir: 'ltr' } : {})}
      {...(onPaste === undefined ? {} : { onPaste })}
    />
  );
  return (
    <TextField
      className="field"
      id={id}
      value={value}
      isInvalid={problem !== undefined}
      validationBehavior="aria"
      autoComplete="off"
      spellCheck="false"
      inputMode={isNumber ? 'numeric' : 'text'}
      onChange={props.onChange}
      {...(props.onBlur === undefined ? {} : { onBlur: props.onBlur })}
    >
      <Label className="field__label">{label}</Label>
      {props.children === undefined ? (
        input
      ) : (
        <div className="field__with-button">
          {input}
          {props.children}
        </div>
      )}
      {problem !== undefined ? (
        <FieldError className="field__problem">
          <FieldProblem problem={problem} />
        </FieldError>
      ) : hint === undefined ? null : (
        <Text slot="description" className="field__hint">
          {hint}
        </Text>
      )}
    </TextField>
  );
}

import { Check } from 'lucide-react';
import { useId } from 'react';
import {
  CheckboxButton,
  CheckboxField,
  RadioButton,
  RadioField,
  RadioGroup,
} from 'react-aria-components';
import './choices.css';

export interface Choice<K extends string> {
  readonly key: K;
  readonly label: string;
  /** What it means; empty where the label says it all, in a list that drops down. */
  readonly hint: string;
}

interface ChoicesProps<K extends string> {
  /** The group's name; the section's title shows it. */
  readonly label: string;
  readonly id: string;
  readonly value: K;
  readonly choices: readonly Choice<K>[];
  readonly onChange: (value: K) => void;
}

/** A few ways to go, each with a line about what it means. */
export function Choices<K extends string>(props: ChoicesProps<K>) {
  const { label, id, value, choices, onChange } = props;
  const base = useId();
  return (
    <RadioGroup
      className="choices"
      aria-label={label}
      id={id}
      value={value}
      onChange={(key) => {
        const choice = choices.find((one) => one.key === key);
        if (choice) onChange(choice.key);
      }}
    >
      {choices.map(({ key, label: name, hint }) => (
        <RadioField
          key={key}
          value={key}
          aria-labelledby={`${base}${key}`}
          aria-describedby={`${base}${key}-hint`}
        >
          <RadioButton className="choice covered">
            <span className="choice__mark" />
            <span>
              <span className="choice__label" id={`${base}${key}`}>
                {name}
              </span>
              <span className="choice__hint" id={`${base}${key}-hint`}>
                {hint}
              </span>
            </span>
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}

interface CheckProps {
  readonly label: string;
  readonly hint: string;
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
}

/** One thing to have or not. */
export function CheckRow({ label, hint, isSelected, onChange }: CheckProps) {
  const base = useId();
  return (
    <CheckboxField
      isSelected={isSelected}
      onChange={onChange}
      aria-labelledby={base}
      aria-describedby={`${base}-hint`}
    >
      <CheckboxButton className="choice choice--plain covered">
        <span className="choice__mark choice__mark--square">
          <Check size={12} strokeWidth={3} aria-hidden />
        </span>
        <span>
          <span className="choice__label" id={base}>
            {label}
          </span>
          <span className="choice__hint" id={`${base}-hint`}>
            {hint}
          </span>
        </span>
      </CheckboxButton>
    </CheckboxField>
  );
}

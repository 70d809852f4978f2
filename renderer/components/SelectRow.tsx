import { Check, ChevronDown } from 'lucide-react';
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
} from 'react-aria-components';
import type { Choice } from './Choices';
import './field.css';
import './popover.css';

interface SelectRowProps<K extends string> {
  readonly id: string;
  readonly label: string;
  readonly value: K;
  readonly choices: readonly Choice<K>[];
  readonly onChange: (value: K) => void;
}

/** One of several, where there is no room to show them all. */
export function SelectRow<K extends string>(props: SelectRowProps<K>) {
  const { id, label, value, choices, onChange } = props;
  const chosen = choices.find(({ key }) => key === value);
  return (
    <Select
      className="field"
      id={id}
      value={value}
      onChange={(key) => {
        const choice = choices.find((one) => one.key === key);
        if (choice) onChange(choice.key);
      }}
    >
      <Label className="field__label">{label}</Label>
      <Button className="input select__button">
        <SelectValue className="select__value">{() => chosen?.label}</SelectValue>
        <ChevronDown size={16} aria-hidden />
      </Button>
      <Popover className="popover" offset={4}>
        <ListBox className="popover__list" items={choices}>
          {(choice) => (
            <ListBoxItem className="popover__item" id={choice.key} textValue={choice.label}>
              {({ isSelected }) => (
                <>
                  <span className="popover__words">
                    <Text slot="label">{choice.label}</Text>
                    {choice.hint === '' ? null : (
                      <Text slot="description" className="popover__hint">
                        {choice.hint}
                      </Text>
                    )}
                  </span>
                  {isSelected ? <Check size={16} aria-hidden /> : null}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

import { SwitchButton, SwitchField } from 'react-aria-components';
import './switch.css';

interface SwitchProps {
  /** What is switched; the row's title says it to the eye. */
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (on: boolean) => void;
}

/** Says what a person wants; what is true is told by the badge beside it. */
export function Switch({ label, isOn, onChange }: SwitchProps) {
  return (
    <SwitchField aria-label={label} isSelected={isOn} onChange={onChange}>
      <SwitchButton className="switch covered">
        <span className="switch__track" />
      </SwitchButton>
    </SwitchField>
  );
}

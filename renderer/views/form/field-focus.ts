import { useEffect, useRef } from 'react';

/** The id of the element that shows a field of the draft. */
export function fieldId(field: string): string {
  return `field-${field}`;
}

/** Puts the focus into a field, or into the first control of a group of choices. A field that is not shown leads to its group. */
function focusField(field: string): void {
  const element =
    document.getElementById(fieldId(field)) ??
    document.getElementById(fieldId(field.split('.').slice(0, -1).join('.')));
  const control = element?.matches('input, button')
    ? element
    : (element?.querySelector<HTMLElement>('input:checked') ??
      element?.querySelector<HTMLElement>('input, button'));
  control?.focus();
  control?.scrollIntoView({ block: 'center' });
}

/** Gives a function that puts the focus into a field once the form is drawn anew; `first` gets it to begin with. */
export function useFieldFocus(first: string): (field: string) => void {
  const next = useRef<string | null>(first);
  useEffect(() => {
    if (next.current === null) return;
    focusField(next.current);
    next.current = null;
  });
  return (field) => {
    next.current = field;
  };
}

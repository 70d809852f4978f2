import { useEffect, useRef } from 'react';

/** The id of the element that shows a field of the draft. */
export function fieldId(field: string): string {
  return `field-${field}`;
}

/** What shows a field. One that is not shown leads to its group. */
function elementOf(field: string): HTMLElement | null {
  return (
    document.getElementById(fieldId(field)) ??
    document.getElementById(fieldId(field.split('.').slice(0, -1).join('.')))
  );
}

/** Puts the focus into that of the fields which stands first on the page, or into the first control of a group of choices. */
function focusFirst(fields: readonly string[]): void {
  const [element] = fields
    .map(elementOf)
    .filter((each) => each !== null)
    .sort((one, other) =>
      one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
    );
  const control = element?.matches('input, button')
    ? element
    : (element?.querySelector<HTMLElement>('input:checked') ??
      element?.querySelector<HTMLElement>('input, button'));
  control?.focus();
  control?.scrollIntoView({ block: 'center' });
}

/**
 * Gives a function that puts the focus into the first of some fields, in the order of the page, once the form is
 * drawn anew; `first` gets it to begin with.
 */
export function useFieldFocus(first: string): (...fields: readonly string[]) => void {
  const next = useRef<readonly string[]>([first]);
  useEffect(() => {
    focusFirst(next.current);
    next.current = [];
  });
  return (...fields) => {
    next.current = fields;
  };
}

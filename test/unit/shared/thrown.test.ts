import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOfThrown } from '../../../electron/shared/thrown';

describe('what a thrown thing says', () => {
  it('is the message of an error, and the text of anything else', () => {
    expect(textOfThrown(new Error('no route'))).toBe('no route');
    expect(textOfThrown('no route')).toBe('no route');
    expect(textOfThrown(undefined)).toBe('undefined');
    expect(textOfThrown(Symbol('x'))).toBe('Symbol(x)');
  });

  it.each([
    { toString: '' },
    Object.create(null) as object,
    {
      toString: () => {
        throw new Error('never');
      },
    },
  ])('never throws by itself: %#', (thrown) => {
    expect(textOfThrown(thrown)).toBe('[object Object]');
  });

  it('is a text whatever is thrown', () => {
    fc.assert(fc.property(fc.anything(), (thrown) => typeof textOfThrown(thrown) === 'string'));
  });
});

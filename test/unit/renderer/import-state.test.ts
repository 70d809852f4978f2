import { describe, expect, it } from 'vitest';
import { placedProblem } from '../../../renderer/state/import-state';
import { englishWords } from '../support/words';

describe('what is wrong with a text', async () => {
  const t = await englishWords();
  const problem = { messageKey: 'import:ssh.no-value', params: { option: '-p' } };

  it.each([
    [null, '-p needs a value after it.'],
    [{ file: null, line: 3, column: 7 }, 'Line 3, column 7: -p needs a value after it.'],
    [
      { file: '/home/me/.ssh/more', line: 3, column: 7 },
      '/home/me/.ssh/more, line 3, column 7: -p needs a value after it.',
    ],
  ])('is told with its place: %j', (place, told) => {
    expect(placedProblem({ ...problem, place }, t)).toBe(told);
  });
});

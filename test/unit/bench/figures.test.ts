import { describe, expect, it } from 'vitest';
import { readArguments } from '../../bench/arguments';
import { figuresOf, goalInWords, median, shown, tableOf, type Measure } from '../../bench/figures';

const measure = (more: Partial<Measure>): Measure => ({
  what: 'time',
  unit: 'ms',
  peer: [100, 200, 400],
  mailmole: [50, 120, 180],
  goal: {},
  ...more,
});

describe('the figures of the bench', () => {
  it.each<[readonly number[], number]>([
    [[3], 3],
    [[9, 1, 5], 5],
    [[1, 2, 3, 10], 2.5],
  ])('the median of %j is %d', (values, middle) => expect(median(values)).toBe(middle));

  it('has no middle of nothing', () => {
    expect(() => median([])).toThrow('the median of nothing');
  });

  it("takes the ratio of each round, not of the medians, so that a round's own noise falls out", () => {
    const { peer, mailmole, ratio } = figuresOf(measure({}));
    expect({ peer, mailmole }).toEqual({ peer: 200, mailmole: 120 });
    expect(ratio).toEqual({ median: 0.5, least: 0.45, most: 0.6 });
  });

  it('has no ratio to a peer whose figure is 0', () => {
    const none = figuresOf(measure({ peer: [0, 0], mailmole: [0, 0], goal: { ownAtMost: 0 } }));
    expect(none).toMatchObject({ ratio: null, reached: true });
    expect(figuresOf(measure({ peer: [0], mailmole: [1], goal: { ratioAtMost: 9 } })).reached).toBe(
      false,
    );
  });

  it.each<[Measure['goal'], boolean]>([
    [{}, true],
    [{ ratioAtMost: 0.5 }, true],
    [{ ratioAtMost: 0.49 }, false],
    [{ ratioAtLeast: 0.5 }, true],
    [{ ratioAtLeast: 0.51 }, false],
    [{ ownAtMost: 120 }, true],
    [{ ownAtMost: 119 }, false],
    [{ ratioAtMost: 0.5, ownAtMost: 119 }, false],
  ])('the goal %j is reached: %s', (goal, reached) => {
    expect(figuresOf(measure({ goal })).reached).toBe(reached);
  });

  it('refuses rounds that do not match', () => {
    expect(() => figuresOf(measure({ peer: [1] }))).toThrow('do not match');
  });

  it('writes a line a measure', () => {
    const row = { name: 'x', title: 'Something', peer: 'ssh', at: '', notes: [] };
    const goal = { ratioAtMost: 0.55, ownAtMost: 100 };
    expect(
      tableOf([{ ...row, measures: [measure({ goal })] }])
        .split('\n')
        .at(-1),
    ).toBe(
      '| x | Something: time | 200 ms | 120 ms | 0.500 (0.450–0.600) | ≤ 0.55 ×, ≤ 100 ms | no |',
    );
  });

  it.each([
    [0.1234, '0.123'],
    [1.234, '1.23'],
    [12.34, '12.3'],
    [1234.5, '1235'],
  ])('shows %d as %s', (value, text) => expect(shown(value)).toBe(text));

  it('says a goal that is at least something', () => {
    expect(goalInWords({ ratioAtLeast: 1.5 }, 'MB/s')).toBe('≥ 1.5 ×');
  });
});

describe('what the bench is asked for', () => {
  const known = ['cold', 'pop3', 'idle'];

  it.each<[string[], { names: string[]; rounds: number | null }]>([
    [[], { names: known, rounds: null }],
    [['pop3'], { names: ['pop3'], rounds: null }],
    [['pop3', 'cold', 'pop3', '--rounds', '9'], { names: ['pop3', 'cold'], rounds: 9 }],
  ])('%j', (given, wish) => expect(readArguments(given, known)).toEqual(wish));

  it('refuses a row that it does not know, and names those it knows', () => {
    expect(() => readArguments(['cold', 'warm'], known)).toThrow(
      'There is no row "warm". The rows are: cold, pop3, idle.',
    );
  });

  it.each([[['--rounds']], [['--rounds', '0']], [['--rounds', '1.5']], [['--rounds', '100']]])(
    'refuses %j',
    (given) => expect(() => readArguments(given, known)).toThrow('a number from 1 to 99'),
  );
});

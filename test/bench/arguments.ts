/** What `npm run bench` was asked for. */
export interface Wish {
  readonly names: readonly string[];
  readonly rounds: number | null;
}

const MOST_ROUNDS = 99;

/**
 * Reads the command line: names of rows (none for all), and `--rounds N`.
 *
 * @param known the names there are
 * @throws Error in one sentence for a person, when a name is unknown or a number is not one
 */
export function readArguments(given: readonly string[], known: readonly string[]): Wish {
  const names: string[] = [];
  let rounds: number | null = null;
  const left = [...given];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    if (next === '--rounds') {
      const text = left.shift() ?? '';
      rounds = Number(text);
      if (!/^\d+$/.test(text) || rounds < 1 || rounds > MOST_ROUNDS)
        throw new Error(
          `--rounds wants a number from 1 to ${MOST_ROUNDS}, not ${JSON.stringify(text)}.`,
        );
    } else if (known.includes(next)) {
      if (!names.includes(next)) names.push(next);
    } else {
      throw new Error(
        `There is no row ${JSON.stringify(next)}. The rows are: ${known.join(', ')}.`,
      );
    }
  }
  return { names: names.length === 0 ? known : names, rounds };
}

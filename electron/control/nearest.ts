/**
 * How many letters must be put in, taken out, changed, or swapped with their neighbours to make one word of another
 * (optimal string alignment).
 */
export function distance(one: string, other: string): number {
  const from = Array.from(one);
  const to = Array.from(other);
  let earlier: readonly number[] = [];
  let before = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of from.entries()) {
    const now = [row + 1];
    for (let column = 0; column < to.length; column += 1) {
      const changed = (before[column] ?? 0) + (letter === to[column] ? 0 : 1);
      const isSwapped = letter === to[column - 1] && from[row - 1] === to[column];
      const swapped = isSwapped ? (earlier[column - 1] ?? 0) + 1 : Infinity;
      const other = Math.min((before[column + 1] ?? 0) + 1, (now[column] ?? 0) + 1);
      now.push(Math.min(changed, swapped, other));
    }
    earlier = before;
    before = now;
  }
  return before[to.length] ?? from.length;
}

/** The word that was most likely meant: at most half of its letters are other ones. Null when none is near. */
export function nearest(typed: string, words: readonly string[]): string | null {
  const wanted = typed.slice(0, 100).toLocaleLowerCase();
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const word of words) {
    const far = distance(wanted, word.slice(0, 100).toLocaleLowerCase());
    if (far < least && far <= Math.max(1, word.length / 2)) {
      least = far;
      best = word;
    }
  }
  return best;
}

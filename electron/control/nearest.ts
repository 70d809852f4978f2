/** How many letters must be put in, taken out or changed to make one word of another (Levenshtein). */
export function distance(one: string, other: string): number {
  const letters = Array.from(other);
  let before = Array.from({ length: letters.length + 1 }, (_, index) => index);
  for (const [row, letter] of Array.from(one).entries()) {
    const now = [row + 1];
    for (let column = 0; column < letters.length; column += 1) {
      const changed = (before[column] ?? 0) + (letter === letters[column] ? 0 : 1);
      now.push(Math.min(changed, (before[column + 1] ?? 0) + 1, (now[column] ?? 0) + 1));
    }
    before = now;
  }
  return before[letters.length] ?? one.length;
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

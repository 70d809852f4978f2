import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';

/** From "guessed at once" (0) to "not guessed in a lifetime" (4). */
export type Strength = 0 | 1 | 2 | 3 | 4;

const judge = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  translations,
});

/** How hard a passphrase is to guess. This module is large: load it only where somebody types one. `known`: words that stand on the page anyway. */
export function strengthOf(passphrase: string, known: readonly string[]): Strength {
  // What is longer is strong, and would take long to look at.
  return judge.check(passphrase.slice(0, 100), [...known]).score;
}

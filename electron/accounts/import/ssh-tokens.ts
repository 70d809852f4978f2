import { isAbsolute } from 'node:path';

/** What `%`-tokens of ssh_config(5) stand for, by their letters. */
export type Tokens = Readonly<Record<string, string>>;

/** Fills `%`-tokens in. Null when one is unknown or only the system could tell it (`%C`, `%i`), or when a variable is named. */
export function expandTokens(text: string, tokens: Tokens): string | null {
  if (text.includes('${')) return null;
  const known = (letter: string) => letter === '%' || Object.hasOwn(tokens, letter);
  for (const [, letter = ''] of text.matchAll(/%(.?)/gsu)) if (!known(letter)) return null;
  return text.replace(/%(.)/gsu, (_, letter: string) => tokens[letter] ?? '%');
}

/** An absolute path, with `~` and tokens filled in. A relative one is not known to us: it began where the command was typed. */
export function expandPath(text: string, tokens: Tokens, home: string): string | null {
  const typed = text.startsWith('~/') || text.startsWith('~\\') ? home + text.slice(1) : text;
  const path = expandTokens(typed, tokens);
  return path !== null && isAbsolute(path) ? path : null;
}

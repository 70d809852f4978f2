import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join, parse, sep } from 'node:path';
import { LARGEST_IMPORT } from '../../shared/imported';
import type { ImportContext, IncludedFile } from './context';

/** More files than this match no sensible pattern. */
const MOST_FILES = 256;

/** This computer, as importers see it. The name of the person may be unknown to the system; it is '' then. */
export function importContext(home: string): ImportContext {
  return { home, localUser: localUser(), localHost: hostname(), include: filesMatching };
}

function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** The readable files that an absolute pattern means (glob(7)), in the order of their names. */
export function filesMatching(pattern: string): readonly IncludedFile[] {
  const { root } = parse(pattern);
  const parts = pattern.slice(root.length).split(/[\\/]+/u);
  let paths = [root === '' ? sep : root];
  for (const part of parts) {
    if (part === '') continue;
    paths = /[*?[]/u.test(part)
      ? paths.flatMap((folder) => namesIn(folder, part))
      : paths.map((folder) => join(folder, part));
    if (paths.length > MOST_FILES) paths = paths.slice(0, MOST_FILES);
  }
  return paths.flatMap(readIfThere);
}

function namesIn(folder: string, part: string): readonly string[] {
  try {
    const names = readdirSync(folder).sort();
    // A pattern does not mean hidden files unless it begins with a dot itself.
    const seen = names.filter((name) => !name.startsWith('.') || part.startsWith('.'));
    return seen.filter((name) => globMatches(part, name)).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Goes back to the last star only, so that no pattern takes long. */
function globMatches(pattern: string, name: string): boolean {
  const units = unitsOf(pattern);
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let at = 0; at < name.length;) {
    const unit = units[p];
    if (unit === '*') {
      star = p++;
      resume = at;
    } else if (unit?.(name[at] ?? '') === true) {
      p += 1;
      at += 1;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (units[p] === '*') p += 1;
  return p === units.length;
}

type Unit = '*' | ((char: string) => boolean);

function unitsOf(pattern: string): readonly Unit[] {
  const units: Unit[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? '';
    const end = char === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (char === '*') units.push('*');
    else if (char === '?') units.push(() => true);
    else if (end > 0) {
      units.push(classOf(pattern.slice(at + 1, end)));
      at = end;
    } else units.push((each) => each === char);
  }
  return units;
}

/** `[a-c]` and `[!a-c]`. */
function classOf(body: string): (char: string) => boolean {
  const negated = body.startsWith('!') || body.startsWith('^');
  const ranges = [...body.slice(negated ? 1 : 0).matchAll(/([\s\S])(?:-([\s\S]))?/gu)];
  return (char) =>
    ranges.some(([, from = '', to = from]) => char >= from && char <= to) !== negated;
}

function readIfThere(path: string): readonly IncludedFile[] {
  try {
    const about = statSync(path);
    if (!about.isFile() || about.size > LARGEST_IMPORT) return [];
    return [{ path, text: readFileSync(path, 'utf8') }];
  } catch {
    return [];
  }
}

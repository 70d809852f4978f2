import { isAbsolute, join } from 'node:path';
import type { ImportedDraft, ImportProblem, NotCarried } from '../../shared/imported';
import { LARGEST_IMPORT } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import type { ImportContext } from './context';
import type { Word } from './findings';
import { Source } from './findings';
import { draftOfOptions } from './ssh-draft';
import type { SshLine } from './ssh-options';
import { readSshLine, SshOptions } from './ssh-options';
import { isHostName } from './ssh-values';

/**
 * Reads ssh_config(5). The package `ssh-config` was looked at: it runs `Match exec` and name look-ups while it reads,
 * knows no `Include`, and does not say on which line something stands.
 */

/** OpenSSH's own limit of files that include one another. */
const DEEPEST_INCLUDE = 16;
const MOST_FILES = 256;
/** Lines times hosts that are looked at: a person's file is far below, and the time stays bounded. */
const MOST_WORK = 5_000_000;
/** More hosts than anybody has. */
const MOST_HOSTS = 2000;
/** A pattern of a host is never longer. */
const LONGEST_PATTERN = 1024;

/** Lines stand in a block; a block of an included file stands in the one that includes it. */
interface Block {
  /** `all`: for every host. `skipped`: a `Match` that only ssh could judge. */
  readonly hosts: readonly Word[] | 'all' | 'skipped';
  readonly within: Block | null;
}

interface Entry {
  readonly source: Source;
  readonly line: SshLine;
  readonly block: Block;
}

/** A configuration with all that it includes, in the order in which ssh reads it. */
export class SshConfig {
  readonly entries: Entry[] = [];
  readonly notCarried: NotCarried[] = [];
  /** Hosts that are called by their name, in the order of the text. */
  readonly aliases = new Map<string, { readonly source: Source; readonly at: number }>();

  /** Adds the options that ssh would take for a host. */
  addTo(options: SshOptions, alias: string): void {
    const active = new Map<Block, boolean>();
    const isActive = (block: Block): boolean => {
      const known = active.get(block);
      if (known !== undefined) return known;
      const judged =
        (block.within === null || isActive(block.within)) && hostsMatch(block.hosts, alias);
      active.set(block, judged);
      return judged;
    };
    for (const { source, line, block } of this.entries)
      if (isActive(block)) options.add(source, line.at, line.keyword, line.args);
  }

  optionsOf(alias: string): SshOptions {
    const options = new SshOptions();
    this.addTo(options, alias);
    return options;
  }
}

function hostsMatch(hosts: Block['hosts'], alias: string): boolean {
  if (hosts === 'all') return true;
  if (hosts === 'skipped') return false;
  let matched = false;
  for (const { text } of hosts) {
    const negated = text.startsWith('!');
    if (!wildcardMatches(negated ? text.slice(1) : text, alias)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** `*` and `?`, as OpenSSH's match_pattern; it goes back to the last star only. */
function wildcardMatches(pattern: string, text: string): boolean {
  if (pattern.length > LONGEST_PATTERN) return false;
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let t = 0; t < text.length;) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** Reads a configuration and what it includes. Every line that cannot be read is listed. */
function readSshConfig(
  source: Source,
  context: ImportContext,
): Result<SshConfig, readonly ImportProblem[]> {
  const config = new SshConfig();
  const reader = new Reader(config, context);
  reader.read(source, { hosts: 'all', within: null }, 0);
  return reader.problems.length > 0 ? fail(reader.problems) : ok(config);
}

class Reader {
  readonly problems: ImportProblem[] = [];
  readonly #config: SshConfig;
  readonly #context: ImportContext;
  #files = 0;
  #size = 0;
  #isFull = false;

  constructor(config: SshConfig, context: ImportContext) {
    this.#config = config;
    this.#context = context;
  }

  read(source: Source, within: Block, depth: number): void {
    this.#files += 1;
    this.#size += source.text.length;
    let block = within;
    let start = 0;
    for (const text of source.text.split('\n')) {
      const read = readSshLine(source, text, start);
      start += text.length + 1;
      if (!read.ok) this.problems.push(read.error);
      else if (read.value !== null) block = this.#take(source, read.value, block, within, depth);
    }
  }

  /** @returns the block that the next line stands in */
  #take(source: Source, line: SshLine, block: Block, within: Block, depth: number): Block {
    switch (line.keyword.toLowerCase()) {
      case 'host':
        this.#noteAliases(source, line);
        return { hosts: line.args, within };
      case 'match':
        return { hosts: this.#match(source, line), within };
      case 'include':
        for (const pattern of line.args) this.#include(source, line, pattern, block, depth);
        return block;
      default:
        if (line.args.length === 0)
          this.problems.push(
            source.problem(line.at, 'import:ssh.no-value', { option: line.keyword }),
          );
        this.#config.entries.push({ source, line, block });
        return block;
    }
  }

  #noteAliases(source: Source, line: SshLine): void {
    for (const { text, at } of line.args) {
      const isName = !/[*?!]/u.test(text) && isHostName(text);
      if (isName && !this.#config.aliases.has(text)) this.#config.aliases.set(text, { source, at });
    }
  }

  #match(source: Source, line: SshLine): 'all' | 'skipped' {
    const [first, ...rest] = line.args.map((arg) => arg.text);
    if (first?.toLowerCase() === 'all' && rest.length === 0) return 'all';
    const what = `Match ${line.args.map((arg) => arg.text).join(' ')}`;
    this.#config.notCarried.push(source.notCarried(line.at, what, 'import:why.match'));
    return 'skipped';
  }

  #include(source: Source, line: SshLine, pattern: Word, block: Block, depth: number): void {
    const path = includePath(pattern.text, this.#context.home);
    const leave = (why: string): void => {
      this.#config.notCarried.push(source.notCarried(line.at, `Include ${pattern.text}`, why));
    };
    if (this.#isFull) return;
    if (path === null || depth >= DEEPEST_INCLUDE) {
      leave(path === null ? 'import:why.token' : 'import:why.include-deep');
      return;
    }
    const files = this.#context.include(path);
    if (files.length === 0) leave('import:why.include-empty');
    for (const file of files) {
      const fits = this.#size + file.text.length <= LARGEST_IMPORT && this.#files < MOST_FILES;
      if (fits) this.read(new Source(file.text, file.path), block, depth + 1);
      else {
        this.#isFull = true;
        leave('import:why.include-deep');
        return;
      }
    }
  }
}

/** A relative path begins in `~/.ssh`. Null when it depends on what only ssh knows. */
function includePath(text: string, home: string): string | null {
  if (text.includes('${') || text.includes('%')) return null;
  if (text.startsWith('~/')) return join(home, text.slice(2));
  if (text.startsWith('~')) return null;
  return isAbsolute(text) ? text : join(home, '.ssh', text);
}

/** Every host that a configuration calls by name and that forwards a mail port; all of them when none does. */
export function importSshConfig(
  source: Source,
  context: ImportContext,
): Result<
  { readonly drafts: readonly ImportedDraft[]; readonly notCarried: readonly NotCarried[] },
  readonly ImportProblem[]
> {
  const read = readSshConfig(source, context);
  if (!read.ok) return read;
  const config = read.value;
  const { aliases, entries } = config;
  if (aliases.size === 0) return fail([source.problem(0, 'import:ssh.no-host')]);
  if (aliases.size > MOST_HOSTS || aliases.size * entries.length > MOST_WORK)
    return fail([source.problem(0, 'import:too-large')]);
  const problems: ImportProblem[] = [];
  const found = [...aliases].flatMap(([alias, place]) => {
    const options = config.optionsOf(alias);
    const called = { ...place, text: alias };
    const draft = draftOfOptions(options, called, context, (hop) => config.optionsOf(hop));
    if (!draft.ok) problems.push(draft.error);
    return draft.ok ? [{ alias, draft: draft.value, left: options.notCarried }] : [];
  });
  if (problems.length > 0) return fail(problems);
  const withMail = found.filter(({ draft }) => draft.forwards.length > 0);
  const taken = withMail.length > 0 ? withMail : found;
  const passedOver = found
    .filter(({ draft }) => withMail.length > 0 && draft.forwards.length === 0)
    .map(({ alias }) => {
      const place = aliases.get(alias) ?? { source, at: 0 };
      return place.source.notCarried(place.at, `Host ${alias}`, 'import:why.no-mail-forward');
    });
  return ok({
    drafts: taken.map(({ draft }) => draft),
    notCarried: [...config.notCarried, ...taken.flatMap(({ left }) => left), ...passedOver],
  });
}

/** The configuration that ssh reads beside a command: the person's own, or the one that `-F` names. */
export function configBeside(
  file: string | null,
  context: ImportContext,
): Result<SshConfig, readonly ImportProblem[]> {
  if (file === 'none') return ok(new SshConfig());
  const [first] = context.include(file ?? join(context.home, '.ssh', 'config'));
  if (first === undefined) return ok(new SshConfig());
  return readSshConfig(new Source(first.text.slice(0, LARGEST_IMPORT), first.path), context);
}

import type {
  ImportedDraft,
  ImportKind,
  ImportOutcome,
  ImportProblem,
  NotCarried,
} from '../../shared/imported';
import { LARGEST_IMPORT } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { assertNever, fail, ok } from '../../shared/result';
import type { ImportContext } from './context';
import { startsFetchmailrc } from './fetchmail-entries';
import { importFetchmailrc } from './fetchmailrc';
import { problemOfAll, Source } from './findings';
import { readJson } from './json-places';
import { EXPORT_FORMAT, importOwnExport } from './own-export';
import { draftOfSetup, parseSetupFile, SETUP_FORMAT } from './setup-file';
import { LINK_START, textOfLink } from './setup-link';
import { importSshCommands, isSshProgram } from './ssh-command';
import { importSshConfig } from './ssh-config';
import type { Spoken } from './ssh-draft';
import { isSshKeyword } from './ssh-keywords';

/** More mailboxes than one person makes at a time. */
const MOST_DRAFTS = 256;

type Read = Result<ImportOutcome, readonly ImportProblem[]>;

/**
 * Makes draft accounts of whatever text a person has: an `ssh` command, `~/.ssh/config`, a `.fetchmailrc`, a set-up file
 * or link, or our own export. Which one it is shows in its first word.
 *
 * @param spoken what is spoken, in turn, through each of an `ssh` command's forwards whose port does not tell
 */
export function importText(
  text: string,
  context: ImportContext,
  spoken: readonly Spoken[] = [],
): Read {
  if (text.length > LARGEST_IMPORT) return fail([problemOfAll('import:too-large')]);
  if (text.trim() === '') return fail([problemOfAll('import:empty')]);
  if (text.trimStart().toLowerCase().startsWith('mailmole:')) return importSetupLink(text);
  const first = firstWord(text);
  if (first.startsWith('{')) return importJson(text);
  const kind = kindOf(first) ?? (callsSsh(text) ? 'ssh-command' : null);
  const source = new Source(text);
  switch (kind) {
    case null:
      return fail([problemOfAll('import:unknown-kind')]);
    case 'ssh-command':
      return outcome(
        kind,
        importSshCommands(source, context, (_port, index) => spoken[index] ?? null),
      );
    case 'ssh-config':
      return outcome(kind, importSshConfig(source, context));
    case 'fetchmailrc':
      return outcome(kind, importFetchmailrc(source, context));
    default:
      return assertNever(kind);
  }
}

/** Reads a set-up file, and nothing else: what comes from the internet may be no other kind of text. */
export function importSetupFile(text: string): Read {
  const setup = parseSetupFile(text);
  if (!setup.ok) return setup;
  return ok({ kind: 'setup-file', drafts: [draftOfSetup(setup.value)], notCarried: [] });
}

/** Reads a `mailmole:` link, which holds a set-up file. */
export function importSetupLink(link: string): Read {
  const text = textOfLink(link);
  return text.ok ? importSetupFile(text.value) : text;
}

/** Is this a link that this program is asked to open? */
export function isSetupLink(text: string): boolean {
  return text.toLowerCase().startsWith(LINK_START.slice(0, LINK_START.indexOf('//')));
}

function importJson(text: string): Read {
  const source = new Source(text);
  const json = readJson(source);
  if (!json.ok) return fail([json.error]);
  const { value } = json.value;
  const format = typeof value === 'object' && value !== null && 'format' in value && value.format;
  if (format === EXPORT_FORMAT) return outcome('export', importOwnExport(source, json.value));
  if (format === SETUP_FORMAT) return importSetupFile(text);
  return fail([source.problem(json.value.offsetOf(['format']), 'import:unknown-json')]);
}

/** The first word that is no comment, without what a shell's prompt puts before it. */
function firstWord(text: string): string {
  for (const line of text.replace(/^\ufeff/u, '').split('\n')) {
    const first = firstOfLine(line);
    if (first !== '' && !first.startsWith('#')) return first;
  }
  return '';
}

function firstOfLine(line: string): string {
  const words = line.trim().split(/[\s=]+/u, 4);
  return words.find((word) => !['$', '%', 'exec', 'nohup'].includes(word)) ?? '';
}

/** Does a line of a script call ssh? */
function callsSsh(text: string): boolean {
  return text.split('\n').some((line) => isSshProgram(firstOfLine(line)));
}

function kindOf(first: string): Exclude<ImportKind, 'setup-file' | 'export'> | null {
  if (isSshProgram(first)) return 'ssh-command';
  if (startsFetchmailrc(first)) return 'fetchmailrc';
  return isSshKeyword(first) ? 'ssh-config' : null;
}

interface Found {
  readonly drafts: readonly ImportedDraft[];
  readonly notCarried: readonly NotCarried[];
}

/** Mailboxes are told apart by their names, and the same remark is made once. */
function outcome(kind: ImportKind, read: Result<Found, readonly ImportProblem[]>): Read {
  if (!read.ok) return read;
  const { drafts, notCarried } = read.value;
  if (drafts.length > MOST_DRAFTS) return fail([problemOfAll('import:too-many')]);
  const seen = new Set<string>();
  const once = notCarried.filter((each) => {
    const key = JSON.stringify(each);
    return !seen.has(key) && seen.add(key);
  });
  return ok({ kind, drafts: withOwnNames(drafts), notCarried: once });
}

function withOwnNames(drafts: readonly ImportedDraft[]): readonly ImportedDraft[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return drafts.map((draft) => {
    let name = draft.name;
    let count = counts.get(name.toLowerCase()) ?? 1;
    while (taken.has(name.toLowerCase())) name = `${draft.name} ${(count += 1)}`;
    counts.set(draft.name.toLowerCase(), count);
    taken.add(name.toLowerCase());
    return { ...draft, name };
  });
}

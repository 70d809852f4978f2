import type { ImportContext } from '../../../../electron/accounts/import/context';
import { importText } from '../../../../electron/accounts/import/import-text';
import type {
  ImportedDraft,
  ImportOutcome,
  ImportProblem,
} from '../../../../electron/shared/imported';

/** A computer for importers: mary's, with the files that are given. */
export function aContext(files: Readonly<Record<string, string>> = {}): ImportContext {
  return {
    home: '/home/mary',
    localUser: 'mary',
    localHost: 'desk.example.org',
    include: (pattern) =>
      Object.entries(files)
        .filter(([path]) => globMatches(pattern, path))
        .map(([path, text]) => ({ path, text })),
  };
}

function globMatches(pattern: string, path: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/gu, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${source}$`, 'u').test(path);
}

/** What a text comes to; fails the test when it is refused. */
export function imported(
  text: string,
  files: Readonly<Record<string, string>> = {},
): ImportOutcome {
  const read = importText(text, aContext(files));
  if (!read.ok) throw new Error(`refused: ${JSON.stringify(read.error)}`);
  return read.value;
}

/** The one draft of a text. */
export function only(text: string, files: Readonly<Record<string, string>> = {}): ImportedDraft {
  const { drafts } = imported(text, files);
  const [draft] = drafts;
  if (draft === undefined || drafts.length !== 1) throw new Error(`${drafts.length} drafts`);
  return draft;
}

/** Why a text is refused. */
export function refused(
  text: string,
  files: Readonly<Record<string, string>> = {},
): readonly ImportProblem[] {
  const read = importText(text, aContext(files));
  if (read.ok) throw new Error(`taken: ${JSON.stringify(read.value)}`);
  return read.error;
}

/** What was left out and why, in short. */
export function left(
  text: string,
  files: Readonly<Record<string, string>> = {},
): readonly string[] {
  return imported(text, files).notCarried.map(
    ({ what, why, place }) =>
      `${place?.line}:${place?.column} ${what} ${why.slice('import:why.'.length)}`,
  );
}

/** Forwards in ssh's own form. */
export function forwardsOf(draft: ImportedDraft): readonly string[] {
  return draft.forwards.map(
    (each) =>
      `${each.protocol} ${each.localAddress}:${each.localPort}:${each.mailHost}:${each.mailPort}`,
  );
}

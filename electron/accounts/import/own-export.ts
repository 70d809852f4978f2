import type { Account, AccountDraft } from '../../shared/account';
import type { ImportedDraft, ImportProblem, NotCarried } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import { CURRENT_VERSION, migrate } from '../account-migrations';
import { parseDraft } from '../account-schema';
import type { Source } from './findings';
import type { PlacedJson } from './json-places';

/** Begins every export, so that it is told from other JSON. */
export const EXPORT_FORMAT = 'mailmole-accounts';

/**
 * All mailboxes as one text, for another computer or for keeping: JSON, in the version of `accounts.json`. An account
 * holds no secret, so that an export holds none. The practice mailbox stays here.
 */
export function exportAccounts(accounts: readonly Account[]): string {
  const exported = accounts
    .filter((account) => !account.practice)
    .map(({ id: _id, wanted: _wanted, practice: _practice, forwards, ...rest }) => ({
      ...rest,
      forwards: forwards.map(({ id: _forwardId, ...forward }) => forward),
    }));
  const document = { format: EXPORT_FORMAT, version: CURRENT_VERSION, accounts: exported };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The mailboxes of an export of this or an older version. All of them, or none and what is wrong. */
export function importOwnExport(
  source: Source,
  json: PlacedJson,
): Result<
  { readonly drafts: readonly ImportedDraft[]; readonly notCarried: readonly NotCarried[] },
  readonly ImportProblem[]
> {
  const migrated = migrate(json.value);
  if (!migrated.ok) {
    const isNewer = migrated.error.kind === 'newer';
    const at = json.offsetOf(isNewer ? ['version'] : []);
    return fail([source.problem(at, isNewer ? 'import:export.newer' : 'import:export.broken')]);
  }
  const drafts: ImportedDraft[] = [];
  const problems: ImportProblem[] = [];
  migrated.value.accounts.forEach((raw, index) => {
    const parsed = parseDraft(completed(raw), []);
    if (parsed.ok) drafts.push(importedOf(parsed.value));
    else
      for (const { field, messageKey, params } of parsed.error) {
        const path = ['accounts', String(index), ...field.split('.')];
        problems.push(source.problem(json.offsetOf(path), messageKey, params));
      }
  });
  if (problems.length > 0) return fail(problems);
  if (drafts.length === 0) return fail([source.problem(0, 'import:export.empty')]);
  return ok({ drafts, notCarried: [] });
}

/** An export leaves out what is made anew: names of forwards, and what the practice mailbox is. */
function completed(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  const forwards: unknown = 'forwards' in raw ? raw.forwards : undefined;
  if (!Array.isArray(forwards)) return { ...raw, practice: false };
  const named = forwards.map((forward: unknown, index) =>
    typeof forward === 'object' && forward !== null ? { ...forward, id: String(index) } : forward,
  );
  return { ...raw, practice: false, forwards: named };
}

function importedOf({ practice: _practice, forwards, ...rest }: AccountDraft): ImportedDraft {
  return {
    ...rest,
    forwards: forwards.map(({ id: _id, ...forward }) => forward),
    hostKeys: [],
    hint: '',
  };
}

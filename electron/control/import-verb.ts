import type {
  AddRefusal,
  ImportedDraft,
  ImportedForward,
  ImportPlace,
  NotCarried,
  ReadyDraft,
} from '../shared/imported';
import { isReady, missingIn } from '../shared/imported';
import type { Translate } from '../shared/messages';
import { fail, ok } from '../shared/result';
import type { ImportCommands } from '../state/import-commands';
import type { StartedBy } from '../tunnel/ports';
import { fieldOf } from './mailbox-input';
import type { Answer, Params } from './protocol';

export interface ImportVerbParts {
  readonly imports: Pick<ImportCommands, 'readImport' | 'addImported'>;
  readonly t: Translate;
}

/** What the command said beside the text, to fill in what that leaves open. */
type Given = Params<'import'>['given'];

/** Makes the mailboxes that a text tells of: all of them, or none and, line by line, what is wrong. */
export async function importMailboxes(
  { text, file, given, on, dryRun }: Params<'import'>,
  by: StartedBy,
  { imports, t }: ImportVerbParts,
): Promise<Answer<'import'>> {
  // A protocol without ports may also be what an ssh command leaves unsaid: one whose mail server has a port of its own.
  const spoken = given.forwards.filter(({ mailHost }) => mailHost === null);
  const read = await imports.readImport(text, spoken);
  if (!read.ok) return notDone(t);
  if (!read.value.ok) {
    const lines = read.value.error.map(({ place, messageKey, params }) =>
      at(file, place, t(messageKey, params)),
    );
    return fail({ kind: 'usage', text: lines.join('\n') });
  }
  const { drafts, notCarried } = read.value.value;
  const notes = notCarried.map((each) => noteText(file, each, t));
  const ready: ReadyDraft[] = [];
  for (const draft of drafts.map((each) => filledIn(each, given))) {
    if (!isReady(draft)) return fail({ kind: 'usage', text: missingText(draft, file, t) });
    ready.push(draft);
  }
  if (dryRun) return ok({ mailboxes: ready.map(({ name }) => ({ id: '', name })), notes });
  const added = await imports.addImported(ready, { by, on });
  if (!added.ok) return notDone(t);
  if (!added.value.ok)
    return fail({ kind: 'usage', text: refusalText(added.value.error, ready, t) });
  const mailboxes = added.value.value.map((id, index) => ({ id, name: ready[index]?.name ?? '' }));
  return ok({ mailboxes, notes });
}

function notDone(t: Translate): Answer<'import'> {
  return fail({ kind: 'failed', text: t('app:notice.not-done') });
}

function filledIn(draft: ImportedDraft, given: Given): ImportedDraft {
  return {
    ...draft,
    sshHost: draft.sshHost ?? given.server,
    sshUser: draft.sshUser ?? given.user,
    // The protocol was parsed by the request's schema; where its mail is, the server knows best.
    forwards:
      draft.forwards.length > 0 ? draft.forwards : given.forwards.map(forwardOf(draft, given)),
  };
}

function forwardOf(draft: ImportedDraft, given: Given) {
  return (forward: Given['forwards'][number]): ImportedForward => ({
    ...forward,
    mailHost: forward.mailHost ?? draft.sshHost ?? given.server ?? '',
  });
}

/** `FILE:3:14: what is wrong`, as compilers and editors have it. */
function at(file: string, place: ImportPlace | null, text: string): string {
  if (place === null) return `${file}: ${text}`;
  return `${place.file ?? file}:${place.line}:${place.column}: ${text}`;
}

function noteText(file: string, { what, place, why, params }: NotCarried, t: Translate): string {
  return at(file, place, t('cli:import.left-out', { what, why: t(why, params) }));
}

function missingText(draft: ImportedDraft, file: string, t: Translate): string {
  const flags = { sshHost: '--server', sshUser: '--user', forwards: '--forward' } as const;
  const [first] = missingIn(draft);
  const flag = first === undefined ? '' : flags[first];
  return at(file, null, t('cli:import.needed', { name: draft.name, flag }));
}

function refusalText(
  refusals: readonly AddRefusal[],
  drafts: readonly ReadyDraft[],
  t: Translate,
): string {
  return refusals
    .map(({ index, field, messageKey, params }) => {
      const name = drafts[index]?.name ?? '';
      return t('cli:error.field', { where: fieldOf(name, field), problem: t(messageKey, params) });
    })
    .join('\n');
}

import type { ForwardProtocol } from '../../electron/shared/account';
import { MAIL_PORTS } from '../../electron/shared/account';
import type {
  AddRefusal,
  ImportedDraft,
  ImportedForward,
  ImportProblem,
  ReadyDraft,
} from '../../electron/shared/imported';
import type { Translate } from '../../electron/shared/messages';

/** What a person fills in for one imported mailbox. */
export interface Filled {
  /** Should it be made at all? */
  readonly isWanted: boolean;
  readonly name: string;
  readonly sshHost: string;
  readonly sshUser: string;
  /** Asked for where the text says nothing of mail. */
  readonly protocol: ForwardProtocol;
}

/** What is wrong with a text, and where in it. */
export function placedProblem(problem: ImportProblem, t: Translate): string {
  const { place, messageKey, params } = problem;
  const sentence = t(messageKey, params);
  if (place === null) return sentence;
  const { file, line, column } = place;
  return file === null
    ? t('import:page.problem', { line, column, problem: sentence })
    : t('import:page.problem-in-file', { file, line, column, problem: sentence });
}

/** What stands in the fields before anything is typed. */
export function filledFrom(draft: ImportedDraft): Filled {
  return {
    isWanted: true,
    name: draft.name,
    // Mail servers often are their own way in; the person sees it and can change it.
    sshHost: draft.sshHost ?? draft.forwards[0]?.mailHost ?? '',
    sshUser: draft.sshUser ?? '',
    protocol: 'pop3',
  };
}

/** The draft with what was filled in. What is still empty is told by the main process, as for every mailbox. */
export function readyFrom(draft: ImportedDraft, filled: Filled): ReadyDraft {
  const sshHost = filled.sshHost.trim();
  const usual: ImportedForward = {
    protocol: filled.protocol,
    localAddress: 'localhost',
    localPort: null,
    mailHost: sshHost,
    mailPort: MAIL_PORTS[filled.protocol],
    tls: 'none',
  };
  const forwards = draft.forwards.length === 0 ? [usual] : draft.forwards;
  return { ...draft, name: filled.name, sshHost, sshUser: filled.sshUser.trim(), forwards };
}

/** What the main process found wrong with one mailbox, by its place among those that were sent. */
export function refusalsOf(
  refusals: readonly AddRefusal[],
  index: number,
  field: string,
): AddRefusal | undefined {
  return refusals.find((each) => each.index === index && each.field === field);
}

/** Fields that the page shows; what is wrong with any other is told beside the mailbox. */
export const SHOWN_FIELDS: readonly string[] = ['name', 'sshHost', 'sshUser'];

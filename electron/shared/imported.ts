import type { AccountDraft, DraftProblem, Forward } from './account';
import { DEFAULT_LOCAL_PORTS } from './account';
import type { Result } from './result';

/** What a text was taken for. */
export const IMPORT_KINDS = [
  'ssh-command',
  'ssh-config',
  'fetchmailrc',
  'setup-file',
  'export',
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** Largest text that is looked at, in UTF-16 units. */
export const LARGEST_IMPORT = 1024 * 1024;

/** A place in a text; both from 1. `file` names an included file, and is null for the text itself. */
export interface ImportPlace {
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
}

/** Why a text gives no mailbox at all, or where it is broken: a catalogue key that says what would be right. */
export interface ImportProblem {
  /** Null when the text as a whole is meant. */
  readonly place: ImportPlace | null;
  readonly messageKey: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** One thing of the text that no mailbox of Mailmole holds. It is never a secret itself. */
export interface NotCarried {
  /** As it stands in the text, shortened: `-X`, `ProxyCommand`, `password`. */
  readonly what: string;
  readonly place: ImportPlace | null;
  /** A catalogue key that says why. */
  readonly why: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** A forward to be made. `localPort` null: the text names none, so that the protocol's own is taken, or the next free one. */
export type ImportedForward = Omit<Forward, 'id' | 'localPort'> & {
  readonly localPort: number | null;
};

/** A public key that a server is known by. */
export interface ServerKey {
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  /** In base64, as known_hosts has it. */
  readonly key: string;
  /** `SHA256:` and 43 letters, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** A mailbox that a text tells of, with all that the text does not say left open. */
export interface ImportedDraft extends Omit<
  AccountDraft,
  'sshHost' | 'sshUser' | 'forwards' | 'practice'
> {
  /** Null: the text tells of a mail server only. */
  readonly sshHost: string | null;
  /** Null: the person has to say. */
  readonly sshUser: string | null;
  /** Empty: the person has to say what the mail program speaks. */
  readonly forwards: readonly ImportedForward[];
  /** What the SSH server is known by; these keys become known when the mailbox is made. */
  readonly hostKeys: readonly ServerKey[];
  /** What the provider wants the person to read; '' for nothing. Plain text. */
  readonly hint: string;
}

/** What a text came to. */
export interface ImportOutcome {
  readonly kind: ImportKind;
  /** At least one. */
  readonly drafts: readonly ImportedDraft[];
  readonly notCarried: readonly NotCarried[];
}

/** How reading a text ended. */
export type ImportRead = Result<ImportOutcome, readonly ImportProblem[]>;

/** Why mailboxes were not made: what is wrong with which of them, from 0. */
export interface AddRefusal extends DraftProblem {
  readonly index: number;
}

/** A set-up file or link that this program was asked to open. */
export interface OpenedSetup {
  readonly id: string;
  /** The file's name without its folder; null for a link. */
  readonly fileName: string | null;
  readonly read: ImportRead;
}

/** What a person must add before a mailbox can be made of a draft. */
export type MissingPart = 'sshHost' | 'sshUser' | 'forwards';

/** An imported draft that lacks nothing. */
export interface ReadyDraft extends ImportedDraft {
  readonly sshHost: string;
  readonly sshUser: string;
}

/** What a person must still say about an imported mailbox. */
export function missingIn(draft: ImportedDraft): readonly MissingPart[] {
  const missing: MissingPart[] = [];
  if (draft.sshHost === null) missing.push('sshHost');
  if (draft.sshUser === null) missing.push('sshUser');
  if (draft.forwards.length === 0) missing.push('forwards');
  return missing;
}

/** Does this draft lack nothing? */
export function isReady(draft: ImportedDraft): draft is ReadyDraft {
  return missingIn(draft).length === 0;
}

/**
 * The draft of an account that an imported draft stands for. What is missing stays empty, for a form to be filled in.
 *
 * @param newId names each forward
 */
export function accountDraftOf(imported: ImportedDraft, newId: () => string): AccountDraft {
  const { sshHost, sshUser, forwards, hostKeys: _keys, hint: _hint, ...rest } = imported;
  return {
    ...rest,
    sshHost: sshHost ?? '',
    sshUser: sshUser ?? '',
    forwards: forwards.map((forward) => ({
      ...forward,
      id: newId(),
      localPort: forward.localPort ?? DEFAULT_LOCAL_PORTS[forward.protocol],
    })),
    practice: false,
  };
}

import type { Account, AccountId } from './account';
import type { Activity } from './activity';
import type { OpenedSetup } from './imported';
import type { Language, Preferences } from './preferences';
import type { OpenPrompt } from './prompt';
import type { TunnelState } from './tunnel-state';

/** Bytes and connections of one account's tunnel since it was switched on. */
export interface Traffic {
  /** Mail programs' connections open right now. */
  readonly openConnections: number;
  readonly totalConnections: number;
  /** Bytes carried from the mail server to mail programs. */
  readonly bytesDown: number;
  /** Bytes carried from mail programs to the mail server. */
  readonly bytesUp: number;
  /** Bytes, of those, that went through connections which compress; and all that these sent and received for it. */
  readonly beforeCompression: number;
  readonly afterCompression: number;
}

export const NO_TRAFFIC: Traffic = {
  openConnections: 0,
  totalConnections: 0,
  bytesDown: 0,
  bytesUp: 0,
  beforeCompression: 0,
  afterCompression: 0,
};

/** What is known of the SSH connection, for the curious; null while there is none. */
export interface SessionFacts {
  readonly serverVersion: string;
  readonly cipher: string;
  readonly keyExchange: string;
  readonly hostKeyAlgorithm: string;
  readonly hostKeyFingerprint: string;
  readonly signedInBy: string;
  /** Is the strict key exchange extension in force (CVE-2023-48795)? */
  readonly strictKeyExchange: boolean;
  readonly compressed: boolean;
}

/** One mailbox: what is wanted, what is true. */
export interface AccountView {
  readonly account: Account;
  readonly state: TunnelState;
  readonly traffic: Traffic;
  readonly session: SessionFacts | null;
  /** What it did today and lately. */
  readonly activity: Activity;
}

/** Something about the application itself that a person should read once, as a catalogue key. */
export interface Notice {
  readonly id: string;
  readonly messageKey: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** A mailbox that was just removed and can be brought back. */
export interface Undo {
  readonly accountId: AccountId;
  readonly name: string;
}

/**
 * Everything a person or a script sees is drawn from this one value: the tray, the windows, the command line.
 * It is pushed whole; nobody keeps a second copy. It never holds a secret.
 */
export interface AppSnapshot {
  readonly version: string;
  /** Milliseconds since 1970, when this snapshot was folded. */
  readonly at: number;
  readonly accounts: readonly AccountView[];
  readonly prompts: readonly OpenPrompt[];
  readonly notices: readonly Notice[];
  readonly undo: Undo | null;
  readonly online: boolean;
  /** The set-up file that waits for the person to look at it. */
  readonly opened: OpenedSetup | null;
  readonly preferences: Preferences;
  /** What the windows speak now. */
  readonly language: Language;
  /** The passphrase of the practice mailbox's key (made for practising, protects nothing); null without a practice mailbox. */
  readonly practicePassphrase: string | null;
}

/** Finds one mailbox in a snapshot. */
export function viewOf(snapshot: AppSnapshot, id: AccountId): AccountView | undefined {
  return snapshot.accounts.find((view) => view.account.id === id);
}

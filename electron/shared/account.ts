/** Names one account for its whole life; never shown to a person. */
export type AccountId = string;

/** What is spoken on the far end of a forward. `other` is carried, but its greeting cannot be read. */
export const FORWARD_PROTOCOLS = ['pop3', 'imap', 'smtp', 'submission', 'pop3s', 'imaps'] as const;
export type ForwardProtocol = (typeof FORWARD_PROTOCOLS)[number];

/** Mail server ports by protocol (RFC 1939, 9051, 5321, 6409, 8314). */
export const MAIL_PORTS: Readonly<Record<ForwardProtocol, number>> = {
  pop3: 110,
  imap: 143,
  smtp: 25,
  submission: 587,
  pop3s: 995,
  imaps: 993,
};

/** The local port offered first for each protocol; the next free one is taken when it is in use. */
export const DEFAULT_LOCAL_PORTS: Readonly<Record<ForwardProtocol, number>> = {
  pop3: 11110,
  imap: 11143,
  smtp: 11025,
  submission: 11587,
  pop3s: 11995,
  imaps: 11993,
};

/** One port of this computer that leads, through the tunnel, to one port of a mail server. */
export interface Forward {
  readonly id: string;
  readonly protocol: ForwardProtocol;
  /** `localhost` (both loopback addresses) or one loopback address such as `127.0.0.2`. */
  readonly localAddress: string;
  /** 1 to 65535. */
  readonly localPort: number;
  /** As the SSH server resolves it. */
  readonly mailHost: string;
  /** 1 to 65535. */
  readonly mailPort: number;
}

/** How a person signs in to the SSH server. The order in which ways are tried is fixed in `connection-plan.ts`. */
export type SignIn =
  /** The agent's keys, the default key files, then whatever the server asks for. */
  | { readonly kind: 'automatic' }
  /** One private key file, by absolute path. */
  | { readonly kind: 'key-file'; readonly path: string }
  /** Keys of the running agent only. */
  | { readonly kind: 'agent' }
  /** A password, or the questions the server asks (keyboard-interactive). */
  | { readonly kind: 'password' };

/** When SSH is dialled. See the table "Modes" in docs/architecture.md. */
export const TUNNEL_MODES = ['on-demand', 'always-on', 'manual'] as const;
export type TunnelMode = (typeof TUNNEL_MODES)[number];

/** A mailbox owner's set-up: one SSH sign-in with its forwards. Holds no secret. */
export interface Account {
  readonly id: AccountId;
  readonly name: string;
  readonly sshHost: string;
  /** 1 to 65535. */
  readonly sshPort: number;
  readonly sshUser: string;
  readonly signIn: SignIn;
  /** At least one. */
  readonly forwards: readonly Forward[];
  readonly mode: TunnelMode;
  /** Whether to ask the server for zlib@openssh.com: worth it on slow lines only. */
  readonly compression: boolean;
  /** Target state: what the switch says. A dropped line never changes it. */
  readonly wanted: boolean;
  /** The practice mailbox, served from inside the application. */
  readonly practice: boolean;
}

/** What a person fills in; the rest of an account is made when it is saved. */
export type AccountDraft = Omit<Account, 'id' | 'wanted'>;

/** One thing wrong with a draft: which field (a path such as `forwards.0.localPort`), and a catalogue key that says what would be right. */
export interface DraftProblem {
  readonly field: string;
  readonly messageKey: string;
  readonly params: Readonly<Record<string, string | number>>;
}

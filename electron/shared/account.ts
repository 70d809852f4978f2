/** Names one account for its whole life; never shown to a person. */
export type AccountId = string;

/** The place of what is typed for a mailbox that is not there yet; the others are named by the mailbox's id. */
export const NEW_PLACE = 'new';

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
  readonly tls: ForwardTls;
}

/**
 * Who speaks TLS with the mail server. `none`: nobody, or the mail program by itself. Otherwise Mailmole does, inside
 * the tunnel, from the first byte (`implicit`, RFC 8314) or after STARTTLS (RFC 2595, 3207), and the mail program
 * speaks plain text to this computer only.
 */
export const FORWARD_TLS = ['none', 'implicit', 'starttls'] as const;
export type ForwardTls = (typeof FORWARD_TLS)[number];

/** How a person signs in to the SSH server. The order in which ways are tried is fixed in `connection-plan.ts`. */
export type SignIn =
  /** The agent's keys, the default key files, then whatever the server asks for. */
  | { readonly kind: 'automatic' }
  /** One private key file, by absolute path. */
  | { readonly kind: 'key-file'; readonly path: string }
  /** Keys of an agent only: of the running one (`socket` null) or of one at its own socket; all of them, or the one with this fingerprint. */
  | { readonly kind: 'agent'; readonly socket: string | null; readonly key: string | null }
  /** A password, or the questions the server asks (keyboard-interactive). */
  | { readonly kind: 'password' };

/** How the SSH server is reached. */
export type Route =
  | { readonly kind: 'direct' }
  /** Through a proxy (RFC 1928, RFC 9110 CONNECT); with a user name it is signed in to, by a password that is asked for. */
  | {
      readonly kind: 'socks5' | 'http';
      readonly host: string;
      readonly port: number;
      readonly user: string | null;
    }
  /** Through another SSH server, verified and signed in to by itself, and reached by a route of its own. */
  | {
      readonly kind: 'jump';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly signIn: SignIn;
      readonly route: Route;
    };

/** More jumps than this in a row are a mistake. */
export const MOST_JUMPS = 8;

/** When SSH is dialled. See the table "Modes" in docs/architecture.md. */
export const TUNNEL_MODES = ['on-demand', 'always-on', 'manual'] as const;
export type TunnelMode = (typeof TUNNEL_MODES)[number];

/**
 * How a connection is held and given up. A person need not know of this: it stands behind “Advanced”, or comes from an
 * imported `ssh` command or configuration, whose words for it are given.
 */
export interface ConnectionSettings {
  /** Silence of the server, in seconds, before it is asked for a sign of life; 0 for never (ServerAliveInterval). */
  readonly keepaliveSeconds: number;
  /** A server that owes this many signs of life is given up (ServerAliveCountMax). */
  readonly keepaliveCount: number;
  /** For reaching the server, and again for its key, which has 30 seconds at least (ConnectTimeout). */
  readonly connectTimeoutSeconds: number;
  /** Trusted host keys are read from this file, an absolute path, and written to it, in place of Mailmole's own (UserKnownHostsFile). */
  readonly knownHostsFile: string | null;
  /** An on-demand connection that carries nothing is ended after this long, in seconds (ControlPersist). */
  readonly idleSeconds: number;
}

/** What an account has whose maker did not say otherwise. */
export const DEFAULT_CONNECTION: ConnectionSettings = {
  keepaliveSeconds: 15,
  keepaliveCount: 3,
  connectTimeoutSeconds: 20,
  knownHostsFile: null,
  idleSeconds: 300,
};

/** The whole numbers that each of those may be, both ends included. */
export const CONNECTION_RANGES = {
  keepaliveSeconds: [0, 3_600],
  keepaliveCount: [1, 100],
  connectTimeoutSeconds: [1, 600],
  idleSeconds: [1, 86_400],
} as const satisfies Partial<Record<keyof ConnectionSettings, readonly [number, number]>>;

/** A mailbox owner's set-up: one SSH sign-in with its forwards. Holds no secret. */
export interface Account {
  readonly id: AccountId;
  readonly name: string;
  readonly sshHost: string;
  /** 1 to 65535. */
  readonly sshPort: number;
  readonly sshUser: string;
  readonly signIn: SignIn;
  readonly route: Route;
  /** Also offer what only servers of the past need (SHA-1, group 14, CBC): a risk that a person took knowingly. */
  readonly oldServer: boolean;
  readonly connection: ConnectionSettings;
  /** At least one. */
  readonly forwards: readonly Forward[];
  readonly mode: TunnelMode;
  /** Whether to ask the server for zlib@openssh.com: worth it on slow lines only. */
  readonly compression: boolean;
  /** Whether to open a session channel on which nothing happens: the server then answers sooner on a long line. */
  readonly sessionChannel: boolean;
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

/**
 * What of an account matters to a running tunnel: a change of anything else needs no reconnect. How long an idle one
 * is kept is minded without, and how long reaching the server may take matters the next time.
 */
export function connectionMatters(before: Account, after: Account): boolean {
  const essence = (account: Account) =>
    JSON.stringify([
      account.sshHost,
      account.sshPort,
      account.sshUser,
      account.signIn,
      account.compression,
      account.sessionChannel,
      account.route,
      account.oldServer,
      account.connection.keepaliveSeconds,
      account.connection.keepaliveCount,
      account.connection.knownHostsFile,
      account.forwards.map(forwardEssence),
    ]);
  return essence(before) !== essence(after);
}

function forwardEssence(forward: Forward): readonly unknown[] {
  const { id, protocol, localAddress, localPort, mailHost, mailPort, tls } = forward;
  return [id, protocol, localAddress, localPort, mailHost, mailPort, tls];
}

import type { Phase } from './tunnel-state';

/** A way of signing in, in the words of RFC 4252 and 4256, with the agent told apart from a key file. */
export type SignInMethod = 'agent' | 'key' | 'keyboard-interactive' | 'password';

/** Why a private key file cannot be used. */
export type KeyTrouble =
  | 'missing'
  | 'unreadable'
  | 'not-a-key'
  | 'public-key'
  | 'wrong-passphrase'
  | 'damaged'
  | 'hardware-key'
  | 'dsa'
  | 'certificate'
  | 'unsupported';

/** What is wrong with a mail server's certificate. */
export type CertificateTrouble =
  'wrong-name' | 'expired' | 'not-yet-valid' | 'unknown-issuer' | 'other';

/** Why TLS with a mail server, or a plain greeting, did not come about for a reason that lies in the set-up or in the server. */
export type TlsTrouble =
  /** The port speaks TLS from the first byte, and plain text was meant. */
  | 'tls-there'
  /** The port speaks plain text, and TLS was meant. */
  | 'plain-there'
  /** The server does not take STARTTLS. */
  | 'no-starttls'
  /** Somebody put words in before the encryption began. */
  | 'tampered'
  /** The two ends found no common version or cipher. */
  | 'no-agreement';

/** Why a proxy, or a server on the way, did not lead on to the next. */
export type ProxyReason =
  | 'forbidden'
  | 'sign-in-needed'
  | 'sign-in-refused'
  | 'not-a-proxy'
  /** An SSH server that lets the account in and no further. */
  | 'no-forwarding'
  | 'other';

/** Why nobody can be trusted, or no trust remembered: the file of known servers cannot be read, or not be written. */
export type KnownHostsTrouble = 'unreadable' | 'unwritable';

/** Why no new key lies where it was meant to. */
export type KeyNotMade = 'exists' | 'not-written';

/**
 * Why a key is not on a server, or of no use there. `no-files`: the list of keys cannot be read or written; `no-shell`:
 * the account may neither reach its files nor run a command; `not-allowed`: the list is write-protected; `not-proven`:
 * it is there, and does not let the account in.
 */
export type KeyNotInstalled = 'no-files' | 'no-shell' | 'not-allowed' | 'not-proven';

/** Why an agent is no use: not running, or the one key that was chosen is not in it or of a type that cannot be used. */
/** `not-signed`: it refused, or kept silent for a minute. */
export type AgentTrouble = 'gone' | 'key-missing' | 'key-unusable' | 'not-signed';

/** What a background attempt would have to ask a person for. */
export type NeededAnswer = 'host-key' | 'passphrase' | 'password' | 'code';

/**
 * Everything that can go wrong with a tunnel, as data. Words for each stand in `messages.ts`; the raw text of the
 * library or the server is kept in `detail`, for the page's Details only.
 */
export type TunnelError =
  | {
      kind: 'port-in-use';
      address: string;
      port: number;
      holder: string | null;
      nextFree: number | null;
    }
  | { kind: 'port-forbidden'; address: string; port: number }
  | { kind: 'address-unavailable'; address: string; port: number }
  | { kind: 'host-not-found'; host: string; detail: string }
  | { kind: 'connection-refused'; host: string; port: number; detail: string }
  | { kind: 'unreachable'; host: string; port: number; detail: string }
  | { kind: 'timed-out'; host: string; phase: Phase; detail: string }
  | { kind: 'proxy-failed'; host: string; port: number; reason: ProxyReason; detail: string }
  | { kind: 'not-ssh'; host: string; port: number; detail: string }
  | {
      kind: 'no-common-algorithm';
      host: string;
      what: string;
      /** The server's own names for what it has to offer there. */
      offers: readonly string[];
      /** What Mailmole could use there, with every setting there is. */
      needs: readonly string[];
      /** Would the setting for servers of the past help? Not where it is on already. */
      oldServerHelps: boolean;
      detail: string;
    }
  | {
      kind: 'host-key-changed';
      host: string;
      port: number;
      algorithm: string;
      knownFingerprint: string;
      presentedFingerprint: string;
      knownAt: string;
    }
  | { kind: 'host-key-revoked'; host: string; fingerprint: string; knownAt: string }
  | { kind: 'known-hosts-unusable'; path: string; why: KnownHostsTrouble; detail: string }
  | {
      kind: 'sign-in-refused';
      user: string;
      host: string;
      tried: readonly SignInMethod[];
      serverSays: string;
      detail: string;
    }
  | {
      kind: 'no-way-to-sign-in';
      user: string;
      host: string;
      offered: readonly string[];
      detail: string;
    }
  | { kind: 'key-unusable'; path: string; why: KeyTrouble; detail: string }
  | { kind: 'key-not-made'; path: string; why: KeyNotMade; detail: string }
  | { kind: 'key-not-installed'; host: string; why: KeyNotInstalled; detail: string }
  | { kind: 'agent-unavailable'; why: AgentTrouble; detail: string }
  | { kind: 'answer-needed'; what: NeededAnswer; host: string }
  | { kind: 'cancelled-by-person'; what: NeededAnswer }
  /** This computer has none; told to the mail programs that wait, while the tunnel itself is `offline`. */
  | { kind: 'no-network' }
  | { kind: 'connection-lost'; host: string; detail: string }
  | {
      kind: 'forward-refused';
      mailHost: string;
      mailPort: number;
      reason: 'prohibited' | 'refused' | 'not-found' | 'other';
      detail: string;
    }
  | { kind: 'no-greeting'; mailHost: string; mailPort: number; detail: string }
  | { kind: 'wrong-greeting'; mailHost: string; mailPort: number; expected: string; got: string }
  | {
      kind: 'certificate-refused';
      mailHost: string;
      mailPort: number;
      reason: CertificateTrouble;
      detail: string;
    }
  | { kind: 'tls-failed'; mailHost: string; mailPort: number; reason: TlsTrouble; detail: string }
  | { kind: 'engine-stopped'; detail: string }
  | { kind: 'unexpected'; detail: string };

export type TunnelErrorKind = TunnelError['kind'];

import {
  DEFAULT_CONNECTION,
  type Account,
  type AccountDraft,
  type Forward,
} from '../../../electron/shared/account';
import type { AccountView, AppSnapshot, SessionFacts } from '../../../electron/shared/app-snapshot';
import { noActivity } from '../../../electron/shared/activity';
import { NO_TRAFFIC } from '../../../electron/shared/app-snapshot';
import { DEFAULT_PREFERENCES } from '../../../electron/shared/preferences';
import type { OpenPrompt, PromptRequest } from '../../../electron/shared/prompt';
import type { TunnelError, TunnelErrorKind } from '../../../electron/shared/tunnel-error';
import type { TunnelState } from '../../../electron/shared/tunnel-state';

/** A quarter past nine on an ordinary Tuesday. */
export const NOW = Date.UTC(2026, 10, 24, 9, 15);

export const FORWARD: Forward = {
  id: 'pop3',
  protocol: 'pop3',
  localAddress: 'localhost',
  localPort: 11110,
  mailHost: 'mail.example.org',
  mailPort: 110,
  tls: 'none',
};

export const DRAFT: AccountDraft = {
  name: 'University',
  sshHost: 'shell.example.org',
  sshPort: 22,
  sshUser: 'msingh',
  signIn: { kind: 'automatic' },
  route: { kind: 'direct' },
  oldServer: false,
  connection: DEFAULT_CONNECTION,
  forwards: [FORWARD],
  mode: 'on-demand',
  compression: false,
  sessionChannel: false,
  practice: false,
};

/** A mailbox that is switched on. */
export function anAccount(change: Partial<Account> = {}): Account {
  return { ...DRAFT, id: 'university', wanted: true, ...change };
}

/** A mailbox in a state. */
export function aView(state: TunnelState, change: Partial<AccountView> = {}): AccountView {
  const activity = noActivity(NOW);
  return { account: anAccount(), traffic: NO_TRAFFIC, session: null, activity, ...change, state };
}

/** The application with these mailboxes. */
export function aSnapshot(
  accounts: readonly AccountView[] = [],
  change: Partial<AppSnapshot> = {},
): AppSnapshot {
  return {
    version: '0.1.0',
    at: NOW,
    accounts,
    prompts: [],
    notices: [],
    undo: null,
    online: true,
    opened: null,
    preferences: DEFAULT_PREFERENCES,
    language: 'en',
    practicePassphrase: null,
    ...change,
  };
}

/** An open question of the usual mailbox. */
export function aPrompt(request: PromptRequest, id = 'prompt-1'): OpenPrompt {
  return { id, accountId: 'university', accountName: 'University', request };
}

export const FINGERPRINT = 'SHA256:uNiVbJ3AfeJ9Wm0ZzYQG8kq4R2tPx7LcD5sEoTh1nMw';
export const OTHER_FINGERPRINT = 'SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM';

export const SESSION: SessionFacts = {
  serverVersion: 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3',
  cipher: 'aes128-gcm@openssh.com',
  keyExchange: 'curve25519-sha256@libssh.org',
  hostKeyAlgorithm: 'ssh-ed25519',
  hostKeyFingerprint: FINGERPRINT,
  signedInBy: 'key',
  strictKeyExchange: true,
  compressed: false,
};

const host = 'shell.example.org';
const mail = { mailHost: 'mail.example.org', mailPort: 110 };

/** One error of each kind; the compiler asks for a new one when a kind is added. */
export const ERRORS: { readonly [K in TunnelErrorKind]: Extract<TunnelError, { kind: K }> } = {
  'port-in-use': {
    kind: 'port-in-use',
    address: 'localhost',
    port: 11110,
    holder: 'dovecot',
    nextFree: 11111,
  },
  'port-forbidden': { kind: 'port-forbidden', address: 'localhost', port: 110 },
  'address-unavailable': { kind: 'address-unavailable', address: '127.0.0.2', port: 11110 },
  'host-not-found': { kind: 'host-not-found', host, detail: 'getaddrinfo ENOTFOUND' },
  'connection-refused': {
    kind: 'connection-refused',
    host,
    port: 22,
    detail: 'connect ECONNREFUSED 192.0.2.7:22',
  },
  unreachable: { kind: 'unreachable', host, port: 22, detail: 'connect ENETUNREACH' },
  'timed-out': { kind: 'timed-out', host, phase: 'reaching-server', detail: 'no answer in 20 s' },
  'proxy-failed': {
    kind: 'proxy-failed',
    host: 'proxy.example.org',
    port: 1080,
    reason: 'sign-in-refused',
    detail: 'status 1',
  },
  'not-ssh': { kind: 'not-ssh', host, port: 443, detail: 'HTTP/1.1 400 Bad Request' },
  'no-common-algorithm': {
    kind: 'no-common-algorithm',
    host,
    what: 'cipher',
    offers: ['aes256-cbc'],
    needs: ['aes256-ctr', 'aes256-cbc'],
    oldServerHelps: true,
    detail: 'Handshake failed: no matching cipher',
  },
  'host-key-changed': {
    kind: 'host-key-changed',
    host,
    port: 22,
    algorithm: 'ssh-ed25519',
    knownFingerprint: FINGERPRINT,
    presentedFingerprint: OTHER_FINGERPRINT,
    knownAt: '/home/msingh/.ssh/known_hosts:4',
  },
  'host-key-revoked': {
    kind: 'host-key-revoked',
    host,
    fingerprint: FINGERPRINT,
    knownAt: '/etc/ssh/ssh_known_hosts:2',
  },
  'known-hosts-unusable': {
    kind: 'known-hosts-unusable',
    path: '/home/msingh/.ssh/known_hosts',
    why: 'unreadable',
    detail: 'EACCES: permission denied',
  },
  'sign-in-refused': {
    kind: 'sign-in-refused',
    user: 'msingh',
    host,
    tried: ['agent', 'key', 'password'],
    serverSays: 'publickey,password',
    detail: 'All configured authentication methods failed',
  },
  'no-way-to-sign-in': {
    kind: 'no-way-to-sign-in',
    user: 'msingh',
    host,
    offered: ['gssapi-with-mic'],
    detail: '',
  },
  'key-unusable': {
    kind: 'key-unusable',
    path: '/home/msingh/.ssh/id_ed25519',
    why: 'missing',
    detail: 'ENOENT',
  },
  'key-not-made': {
    kind: 'key-not-made',
    path: '/home/user/.ssh/id_mailmole',
    why: 'exists',
    detail: 'EEXIST: file already exists',
  },
  'key-not-installed': {
    kind: 'key-not-installed',
    host,
    why: 'no-shell',
    detail: 'You cannot telnet here',
  },
  'agent-unavailable': {
    kind: 'agent-unavailable',
    why: 'gone',
    detail: 'connect ENOENT /run/agent',
  },
  'answer-needed': { kind: 'answer-needed', what: 'passphrase', host },
  'cancelled-by-person': { kind: 'cancelled-by-person', what: 'host-key' },
  'no-network': { kind: 'no-network' },
  'connection-lost': { kind: 'connection-lost', host, detail: 'read ECONNRESET' },
  'forward-refused': { kind: 'forward-refused', ...mail, reason: 'prohibited', detail: 'code 1' },
  'no-greeting': { kind: 'no-greeting', ...mail, detail: 'nothing in 15 s' },
  'wrong-greeting': {
    kind: 'wrong-greeting',
    ...mail,
    expected: '+OK',
    got: '<script>alert(1)</script>',
  },
  'certificate-refused': {
    kind: 'certificate-refused',
    ...mail,
    reason: 'wrong-name',
    detail: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
  'tls-failed': {
    kind: 'tls-failed',
    ...mail,
    reason: 'no-starttls',
    detail: '-ERR unknown command',
  },
  'engine-stopped': { kind: 'engine-stopped', detail: 'exit code 9' },
  unexpected: { kind: 'unexpected', detail: 'RangeError: out of range' },
};

/** One state of each kind, and of each way a kind can look. */
export const STATES = {
  off: { kind: 'off' },
  ready: { kind: 'ready', since: NOW - 60_000, last: null },
  connecting: { kind: 'connecting', attempt: 1, phase: 'signing-in', tries: 0 },
  waiting: {
    kind: 'waiting-for-user',
    attempt: 1,
    phase: 'signing-in',
    prompt: 'prompt-1',
    tries: 0,
  },
  asking: { kind: 'connected', attempt: 1, since: NOW - 1000, proof: { kind: 'asking' } },
  on: {
    kind: 'connected',
    attempt: 1,
    since: NOW - 180_000,
    proof: {
      kind: 'greeted',
      greeting: { forwardId: 'pop3', text: '+OK Dovecot ready.', at: NOW - 120_000 },
    },
  },
  unproven: {
    kind: 'connected',
    attempt: 1,
    since: NOW - 1000,
    proof: { kind: 'failed', error: ERRORS['no-greeting'] },
  },
  retrying: {
    kind: 'retrying',
    tries: 3,
    retryAt: NOW + 12_000,
    cause: ERRORS['connection-refused'],
  },
  offline: { kind: 'offline', tries: 0 },
  attention: { kind: 'needs-attention', error: ERRORS['sign-in-refused'] },
  question: { kind: 'needs-attention', error: ERRORS['answer-needed'] },
  disconnecting: { kind: 'disconnecting', attempt: 1 },
} as const satisfies Readonly<Record<string, TunnelState>>;

import type { TunnelError, TunnelErrorKind } from '../../../electron/shared/tunnel-error';

const host = 'h';
const port = 22;
const detail = 'd';
const mail = { mailHost: 'm', mailPort: 110 };

/** One error of every kind; does not compile when a kind is missing. */
export const ERRORS: { readonly [K in TunnelErrorKind]: Extract<TunnelError, { kind: K }> } = {
  'port-in-use': { kind: 'port-in-use', address: 'a', port, holder: null, nextFree: 23 },
  'port-forbidden': { kind: 'port-forbidden', address: 'a', port },
  'address-unavailable': { kind: 'address-unavailable', address: 'a', port },
  'host-not-found': { kind: 'host-not-found', host, detail },
  'connection-refused': { kind: 'connection-refused', host, port, detail },
  unreachable: { kind: 'unreachable', host, port, detail },
  'timed-out': { kind: 'timed-out', host, phase: 'signing-in', detail },
  'proxy-failed': { kind: 'proxy-failed', host, port: 1, reason: 'no-forwarding', detail },
  'not-ssh': { kind: 'not-ssh', host, port, detail },
  'no-common-algorithm': {
    ...{ kind: 'no-common-algorithm', host, what: 'w', detail },
    ...{ offers: ['o'], needs: ['n'], oldServerHelps: true },
  },
  'host-key-changed': {
    kind: 'host-key-changed',
    host,
    port,
    algorithm: 'ssh-ed25519',
    knownFingerprint: 'k',
    presentedFingerprint: 'p',
    knownAt: 'f:1',
  },
  'host-key-revoked': { kind: 'host-key-revoked', host, fingerprint: 'f', knownAt: 'f:1' },
  'known-hosts-unusable': { kind: 'known-hosts-unusable', path: '/k', why: 'unwritable', detail },
  'sign-in-refused': {
    kind: 'sign-in-refused',
    user: 'u',
    host,
    tried: ['agent', 'key', 'keyboard-interactive', 'password'],
    serverSays: 's',
    detail,
  },
  'no-way-to-sign-in': { kind: 'no-way-to-sign-in', user: 'u', host, offered: ['x'], detail },
  'key-unusable': { kind: 'key-unusable', path: '/k', why: 'damaged', detail },
  'key-not-made': { kind: 'key-not-made', path: '/k', why: 'exists', detail },
  'key-not-installed': { kind: 'key-not-installed', host, why: 'no-shell', detail },
  'agent-unavailable': { kind: 'agent-unavailable', why: 'gone', detail },
  'answer-needed': { kind: 'answer-needed', what: 'passphrase', host },
  'cancelled-by-person': { kind: 'cancelled-by-person', what: 'code' },
  'no-network': { kind: 'no-network' },
  'connection-lost': { kind: 'connection-lost', host, detail },
  'forward-refused': { kind: 'forward-refused', ...mail, reason: 'prohibited', detail },
  'no-greeting': { kind: 'no-greeting', ...mail, detail },
  'wrong-greeting': { kind: 'wrong-greeting', ...mail, expected: '+OK', got: '* OK' },
  'certificate-refused': { kind: 'certificate-refused', ...mail, reason: 'wrong-name', detail },
  'tls-failed': { kind: 'tls-failed', ...mail, reason: 'plain-there', detail },
  'engine-stopped': { kind: 'engine-stopped', detail },
  unexpected: { kind: 'unexpected', detail },
};

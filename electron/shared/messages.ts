import { assertNever } from './result';
import type { SignInMethod, TunnelError, TunnelErrorKind } from './tunnel-error';

/** Looks a key up in the catalogue (`namespace:key`) and fills in its parameters. */
export type Translate = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/** What a person can do about an error; each is a button. */
export type ErrorAction =
  | 'try-again'
  | 'edit'
  | 'use-next-port'
  | 'enter-again'
  | 'choose-key'
  | 'accept-changed-key'
  | 'stay-off'
  /** Puts a text on the clipboard that whoever runs the server can use. */
  | 'copy-for-admin';

/** An error in words: what happened and to what, what to do next, and the raw text for Details. */
export interface ErrorWords {
  readonly title: string;
  readonly body: string;
  /** The first is the one to offer first. */
  readonly actions: readonly ErrorAction[];
  readonly details: string;
}

/** Which words of the catalogue tell of an error (`errors:<key>.title` and `.body`), and what can be done about it. */
interface Telling {
  readonly key: string;
  readonly actions: readonly ErrorAction[];
}

type Teller<K extends TunnelErrorKind> = (error: Extract<TunnelError, { kind: K }>) => Telling;

/** Words that are the same for every error of a kind. */
function always<K extends TunnelErrorKind>(key: K, ...actions: ErrorAction[]): Teller<K> {
  return () => ({ key, actions });
}

/** What the server judged last, which is what a person most likely got wrong. */
function refusedVariant(tried: readonly SignInMethod[]): string {
  const last = tried.at(-1) ?? 'other';
  return last === 'keyboard-interactive' ? 'answers' : last;
}

const REFUSED_ACTIONS: Readonly<Record<string, readonly ErrorAction[]>> = {
  password: ['enter-again', 'edit'],
  answers: ['enter-again', 'edit'],
  key: ['choose-key', 'try-again', 'edit'],
  agent: ['edit', 'try-again'],
};

const PROXY_ACTIONS: Readonly<Record<string, readonly ErrorAction[]>> = {
  'sign-in-needed': ['edit', 'try-again'],
  'sign-in-refused': ['enter-again', 'edit'],
  'not-a-proxy': ['edit', 'try-again'],
};

/** One entry for each kind of error; the compiler asks for a new one when a kind is added. */
const TELLERS: { readonly [K in TunnelErrorKind]: Teller<K> } = {
  'port-in-use': ({ holder, nextFree }) => ({
    key: `port-in-use.${holder === null ? '' : 'held-'}${nextFree === null ? 'full' : 'free'}`,
    actions: nextFree === null ? ['try-again', 'edit'] : ['use-next-port', 'try-again', 'edit'],
  }),
  'port-forbidden': always('port-forbidden', 'edit', 'try-again'),
  'address-unavailable': always('address-unavailable', 'edit', 'try-again'),
  'host-not-found': always('host-not-found', 'try-again', 'edit'),
  'connection-refused': always('connection-refused', 'try-again', 'edit'),
  unreachable: always('unreachable', 'try-again', 'edit'),
  'timed-out': ({ phase }) => ({ key: `timed-out.${phase}`, actions: ['try-again', 'edit'] }),
  'proxy-failed': ({ reason }) => ({
    key: `proxy-failed.${reason}`,
    actions: PROXY_ACTIONS[reason] ?? ['try-again', 'edit'],
  }),
  'not-ssh': always('not-ssh', 'edit', 'try-again'),
  'no-common-algorithm': ({ oldServerHelps }) => ({
    key: `no-common-algorithm.${oldServerHelps ? 'safe' : 'any'}`,
    actions: oldServerHelps ? ['edit', 'try-again'] : ['try-again', 'edit'],
  }),
  'host-key-changed': always('host-key-changed', 'stay-off', 'accept-changed-key'),
  'host-key-revoked': always('host-key-revoked', 'stay-off', 'try-again'),
  'known-hosts-unusable': ({ why }) => ({
    key: `known-hosts-unusable.${why}`,
    actions: ['try-again', 'stay-off'],
  }),
  'sign-in-refused': ({ tried }) => {
    const variant = refusedVariant(tried);
    return {
      key: `sign-in-refused.${variant}`,
      actions: REFUSED_ACTIONS[variant] ?? ['try-again', 'edit'],
    };
  },
  'no-way-to-sign-in': always('no-way-to-sign-in', 'edit', 'try-again'),
  'key-unusable': ({ why }) => ({
    key: `key-unusable.${why}`,
    actions:
      why === 'wrong-passphrase' ? ['enter-again', 'choose-key'] : ['choose-key', 'try-again'],
  }),
  'key-not-made': ({ why }) => ({ key: `key-not-made.${why}`, actions: ['try-again'] }),
  'key-not-installed': ({ why }) => ({ key: `key-not-installed.${why}`, actions: ['try-again'] }),
  'agent-unavailable': ({ why }) => ({
    key: `agent-unavailable.${why}`,
    actions: ['try-again', 'edit'],
  }),
  'answer-needed': ({ what }) => ({ key: `answer-needed.${what}`, actions: ['enter-again'] }),
  'cancelled-by-person': ({ what }) => ({
    key: `cancelled-by-person.${what}`,
    actions: ['enter-again', 'stay-off'],
  }),
  'no-network': always('no-network', 'try-again'),
  'connection-lost': always('connection-lost', 'try-again'),
  'forward-refused': ({ reason }) => ({
    key: `forward-refused.${reason}`,
    actions: ['try-again', 'edit'],
  }),
  'no-greeting': always('no-greeting', 'try-again', 'edit'),
  'wrong-greeting': always('wrong-greeting', 'edit', 'try-again'),
  'certificate-refused': ({ reason }) => ({
    key: `certificate-refused.${reason}`,
    actions: ['try-again', 'edit'],
  }),
  'tls-failed': ({ reason }) => ({
    key: `tls-failed.${reason}`,
    actions: reason === 'tampered' ? ['try-again', 'edit'] : ['edit', 'try-again'],
  }),
  'engine-stopped': always('engine-stopped', 'try-again'),
  unexpected: always('unexpected', 'try-again'),
};

/** Only the person, or whoever looks after their computer, can mend these; or they mend themselves. */
const NOBODY_ELSES: ReadonlySet<TunnelErrorKind> = new Set<TunnelErrorKind>([
  ...(['port-in-use', 'port-forbidden', 'address-unavailable'] as const),
  ...(['key-unusable', 'key-not-made', 'agent-unavailable'] as const),
  ...(['answer-needed', 'cancelled-by-person', 'engine-stopped', 'no-network'] as const),
  'known-hosts-unusable',
]);

/** Picks the teller of this error. The table's type pairs each kind with its own teller; the compiler cannot follow that through an index. */
function tell(error: TunnelError): Telling {
  return (TELLERS[error.kind] as (error: TunnelError) => Telling)(error);
}

/** The last part of a path, on every system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** What of an error may stand in a sentence: names and numbers, never the raw text of a server or a library. */
function paramsOf(error: TunnelError): Readonly<Record<string, string | number>> {
  const params: Record<string, string | number> = {};
  for (const name of ['address', 'holder', 'host', 'mailHost', 'user'] as const) {
    const value: unknown = name in error ? error[name as keyof TunnelError] : undefined;
    if (typeof value === 'string') params[name] = value;
  }
  for (const name of ['port', 'nextFree', 'mailPort'] as const) {
    const value: unknown = name in error ? error[name as keyof TunnelError] : undefined;
    // As text, so that no language groups the digits of a port.
    if (typeof value === 'number') params[name] = String(value);
  }
  if ('path' in error) params['file'] = fileName(error.path);
  return params;
}

/** Everything an error holds, one `name: value` a line, for Details and for an administrator. */
function rawText(error: TunnelError): string {
  const lines = Object.entries(error)
    .filter(([name, value]) => name !== 'kind' && value !== null && value !== '')
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`);
  return [error.kind, ...lines].join('\n');
}

/** The words for an error. Every kind has its own; the text under `details` is the only place for raw text. */
export function describeError(error: TunnelError, t: Translate): ErrorWords {
  const { key, actions } = tell(error);
  const params = paramsOf(error);
  return {
    title: t(`errors:${key}.title`, params),
    body: t(`errors:${key}.body`, params),
    actions: NOBODY_ELSES.has(error.kind) ? actions : [...actions, 'copy-for-admin'],
    details: rawText(error),
  };
}

const EDIT_WHAT: Partial<Record<TunnelErrorKind, string>> = {
  'port-in-use': 'port',
  'port-forbidden': 'port',
  'address-unavailable': 'port',
  'host-not-found': 'server',
  'connection-refused': 'server',
  unreachable: 'server',
  'timed-out': 'server',
  'not-ssh': 'server',
  'sign-in-refused': 'sign-in',
  'no-way-to-sign-in': 'sign-in',
  'agent-unavailable': 'sign-in',
  'forward-refused': 'mail-server',
  'no-greeting': 'mail-server',
  'wrong-greeting': 'mail-server',
  'certificate-refused': 'mail-server',
  'tls-failed': 'mail-server',
};

/** The verb on an action's button. */
export function describeAction(action: ErrorAction, error: TunnelError, t: Translate): string {
  switch (action) {
    case 'edit':
      return t(`errors:action.edit.${EDIT_WHAT[error.kind] ?? 'mailbox'}`);
    case 'enter-again': {
      const asks = error.kind === 'answer-needed' || error.kind === 'cancelled-by-person';
      return t(`errors:action.enter-again.${asks ? error.what : 'again'}`);
    }
    case 'stay-off':
      return error.kind === 'host-key-changed' || error.kind === 'host-key-revoked'
        ? t('errors:action.stay-off-recommended')
        : t('errors:action.stay-off');
    case 'try-again':
    case 'use-next-port':
    case 'choose-key':
    case 'accept-changed-key':
    case 'copy-for-admin':
      return t(`errors:action.${action}`, paramsOf(error));
    default:
      return assertNever(action);
  }
}

import {
  FORWARD_PROTOCOLS,
  FORWARD_TLS,
  TUNNEL_MODES,
  type SignIn,
} from '../../electron/shared/account';
import type { KeyMade } from '../../electron/shared/server-key';
import type { Kept } from './drafts';
import type { FormState, TypedForward } from './form-state';
import type { TypedConnection, TypedRoute, TypedSignIn } from './route-state';
import { FIRST_PAGE, WIZARD_PAGES, type WizardState } from './wizard-state';

/** Is this unknown value as it should be? */
type Check = (value: unknown) => boolean;
/** A check for each field there is; the compiler asks for one when a field is added. */
type Shape<T> = { readonly [K in keyof T]-?: Check };

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function has<T>(shape: Shape<T>): Check {
  return (value) =>
    Object.entries<Check>(shape).every(([name, check]) => check(fieldsOf(value)[name]));
}

const SIGN_INS: readonly SignIn['kind'][] = ['automatic', 'password', 'key-file', 'agent'];

const SIGN_IN: Shape<TypedSignIn> = {
  signIn: oneOf(SIGN_INS),
  agent: has<TypedSignIn['agent']>({ socket: isText, key: isText }),
  keyPath: isText,
};

const PROXY = { host: isText, port: isText, user: isText };

function isRoute(value: unknown): boolean {
  const kind = fieldsOf(value)['kind'] as TypedRoute['kind'] | undefined;
  if (kind === 'direct') return true;
  if (kind === 'socks5' || kind === 'http') return has(PROXY)(value);
  return kind === 'jump' && has({ ...PROXY, ...SIGN_IN, route: isRoute })(value);
}

const isForward = has<TypedForward>({
  id: isText,
  protocol: oneOf(FORWARD_PROTOCOLS),
  localAddress: isText,
  localPort: isText,
  mailHost: isText,
  mailPort: isText,
  tls: oneOf(FORWARD_TLS),
});

const FORM: Shape<FormState> = {
  name: isText,
  sshHost: isText,
  sshPort: isText,
  sshUser: isText,
  ...SIGN_IN,
  forwards: (value) => Array.isArray(value) && value.length > 0 && value.every(isForward),
  mode: oneOf(TUNNEL_MODES),
  route: isRoute,
  oldServer: isFlag,
  compression: isFlag,
  sessionChannel: isFlag,
  connection: has<TypedConnection>({
    keepaliveSeconds: isText,
    keepaliveCount: isText,
    connectTimeoutSeconds: isText,
    knownHostsFile: isText,
    idleSeconds: isText,
  }),
  practice: isFlag,
};

const isWizard = has<WizardState>({
  page: oneOf(WIZARD_PAGES),
  id: orNull(isText),
  wantsKey: isFlag,
  key: orNull(has<KeyMade>({ path: isText, publicKey: isText, fingerprint: isText })),
  isInstalled: isFlag,
});

/**
 * What was typed and kept, perhaps by another version of the windows: a field that is no more what it was is as in
 * `blank`, and the others are kept. Null for a text that is none of ours.
 */
export function keptOf(text: string, blank: FormState): Kept | null {
  let raw: Readonly<Record<string, unknown>>;
  try {
    raw = fieldsOf(JSON.parse(text));
  } catch {
    return null;
  }
  if (typeof raw['form'] !== 'object' || raw['form'] === null) return null;
  const typed = fieldsOf(raw['form']);
  const sound = Object.entries<Check>(FORM).filter(([name, check]) => check(typed[name]));
  const form = { ...blank, ...Object.fromEntries(sound.map(([name]) => [name, typed[name]])) };
  const { wizard } = raw;
  const isForm = wizard === null || wizard === undefined;
  return {
    form,
    wizard: isForm ? null : isWizard(wizard) ? (wizard as WizardState) : FIRST_PAGE,
    isOpen: raw['isOpen'] === true,
  };
}

import type {
  Account,
  AccountDraft,
  DraftProblem,
  Forward,
  ForwardProtocol,
  ForwardTls,
  TunnelMode,
} from '../../electron/shared/account';
import { DEFAULT_CONNECTION, DEFAULT_LOCAL_PORTS, MAIL_PORTS } from '../../electron/shared/account';
import {
  AUTOMATIC,
  connectionOf,
  numberOf,
  routeFields,
  routeOf,
  signInFields,
  signInOf,
  typedConnection,
  typedRoute,
  typedSignIn,
  type TypedConnection,
  type TypedRoute,
  type TypedSignIn,
} from './route-state';
import { parseServerText, type ServerText } from './server-text';

/** One forward as it is typed: numbers are text until they are saved, and an empty mail server means the SSH server. */
export interface TypedForward {
  readonly id: string;
  readonly protocol: ForwardProtocol;
  readonly localAddress: string;
  readonly localPort: string;
  readonly mailHost: string;
  readonly mailPort: string;
  readonly tls: ForwardTls;
}

/** The form as it is typed. */
export interface FormState extends TypedSignIn {
  readonly name: string;
  readonly sshHost: string;
  readonly sshPort: string;
  readonly sshUser: string;
  readonly forwards: readonly TypedForward[];
  readonly mode: TunnelMode;
  readonly route: TypedRoute;
  readonly oldServer: boolean;
  readonly compression: boolean;
  readonly sessionChannel: boolean;
  readonly connection: TypedConnection;
  readonly practice: boolean;
}

/** A forward, ready to be typed over. */
export function typedForward(forward: Forward): TypedForward {
  return {
    ...forward,
    localPort: String(forward.localPort),
    mailPort: String(forward.mailPort),
  };
}

/** An empty form, with the one forward that was suggested and the mode the person prefers. */
export function emptyForm(suggested: Forward, mode: TunnelMode = 'on-demand'): FormState {
  return {
    name: '',
    sshHost: '',
    sshPort: '22',
    sshUser: '',
    ...AUTOMATIC,
    forwards: [{ ...typedForward(suggested), mailHost: '' }],
    mode,
    route: { kind: 'direct' },
    oldServer: false,
    compression: false,
    sessionChannel: false,
    connection: typedConnection(DEFAULT_CONNECTION),
    practice: false,
  };
}

/** The form of a mailbox there is. A mail server that is the SSH server is shown as an empty field, as it would be typed. */
export function formOf(account: Account): FormState {
  const { name, sshHost, sshPort, sshUser, signIn, forwards, mode } = account;
  const { route, oldServer, compression, sessionChannel, connection, practice } = account;
  return {
    name,
    sshHost,
    sshPort: String(sshPort),
    sshUser,
    ...typedSignIn(signIn),
    forwards: forwards.map((forward) => ({
      ...typedForward(forward),
      mailHost: forward.mailHost === sshHost ? '' : forward.mailHost,
    })),
    mode,
    route: typedRoute(route),
    oldServer,
    compression,
    sessionChannel,
    connection: typedConnection(connection),
    practice,
  };
}

/** What is sent to be judged and saved. */
export function draftOf(form: FormState): AccountDraft {
  const { name, sshHost, sshPort, sshUser, mode, route, oldServer } = form;
  const { compression, sessionChannel, connection, practice } = form;
  return {
    name,
    sshHost,
    sshPort: numberOf(sshPort),
    sshUser,
    signIn: signInOf(form),
    forwards: form.forwards.map((forward) => ({
      ...forward,
      localPort: numberOf(forward.localPort),
      mailHost: forward.mailHost.trim() === '' ? sshHost : forward.mailHost,
      mailPort: numberOf(forward.mailPort),
    })),
    mode,
    route: routeOf(route),
    oldServer,
    compression,
    sessionChannel,
    connection: connectionOf(connection),
    practice,
  };
}

/** The name that a server suggests: its own, when that can be one. */
function nameFor(sshHost: string): string {
  const { host } = parseServerText(sshHost);
  return /^[\p{L}\p{N}:][\p{L}\p{N}_:.-]*$/u.test(host) ? host : '';
}

/** Changes the server. A name that nobody typed follows it, so that there is one field less to fill in. */
export function withServer(form: FormState, sshHost: string): FormState {
  const isFollowing = form.name === nameFor(form.sshHost);
  return { ...form, sshHost, name: isFollowing ? nameFor(sshHost) : form.name };
}

/** Puts what a pasted `user@host:port` says into its fields; what it does not say stays as it was. */
export function withServerText(form: FormState, { host, user, port }: ServerText): FormState {
  return {
    ...withServer(form, host),
    sshUser: user ?? form.sshUser,
    sshPort: port === undefined ? form.sshPort : String(port),
  };
}

/** Changes one forward. */
export function withForward(
  form: FormState,
  index: number,
  change: Partial<TypedForward>,
): FormState {
  const forwards = form.forwards.map((one, at) => (at === index ? { ...one, ...change } : one));
  return { ...form, forwards };
}

/** The first port from this one on that no other forward of the form has taken. */
function freeIn(form: FormState, port: number, exceptIndex: number): string {
  const taken = new Set(
    form.forwards.filter((_, at) => at !== exceptIndex).map(({ localPort }) => localPort),
  );
  let free = port;
  while (taken.has(String(free)) && free < 65_535) free += 1;
  return String(free);
}

/** Takes over what was suggested for a forward whose protocol was changed; the mail server stays as it was typed. */
export function withProtocol(form: FormState, index: number, suggested: Forward): FormState {
  return withForward(form, index, {
    protocol: suggested.protocol,
    localPort: freeIn(form, suggested.localPort, index),
    mailPort: String(suggested.mailPort),
  });
}

/** Adds a forward as suggested, to the mail server of the last one. */
export function withAddedForward(form: FormState, suggested: Forward): FormState {
  const mailHost = form.forwards.at(-1)?.mailHost ?? '';
  const localPort = freeIn(form, suggested.localPort, -1);
  return {
    ...form,
    forwards: [...form.forwards, { ...typedForward(suggested), mailHost, localPort }],
  };
}

/** Takes one forward away. */
export function withoutForward(form: FormState, index: number): FormState {
  return { ...form, forwards: form.forwards.filter((_, at) => at !== index) };
}

/** The protocol to offer when one more is added: the first that a usual mail program still lacks. */
export function nextProtocol(form: FormState): ForwardProtocol {
  const used = new Set(form.forwards.map(({ protocol }) => protocol));
  const usual: readonly ForwardProtocol[] = ['pop3', 'imap', 'submission', 'smtp'];
  return usual.find((protocol) => !used.has(protocol)) ?? 'pop3';
}

/** The usual ports of a protocol, for when the main process could suggest none. */
export function usualForward(protocol: ForwardProtocol, id: string): Forward {
  return {
    id,
    protocol,
    localAddress: 'localhost',
    localPort: DEFAULT_LOCAL_PORTS[protocol],
    mailHost: '',
    mailPort: MAIL_PORTS[protocol],
    tls: 'none',
  };
}

/** The problem of one field, by its path in the draft. */
export function problemAt(
  problems: readonly DraftProblem[],
  field: string,
): DraftProblem | undefined {
  return problems.find((problem) => problem.field === field);
}

/** The fields of the draft that the form shows, by their paths. */
export function shownFields(form: FormState): ReadonlySet<string> {
  const near = ['localAddress', 'localPort'];
  const forwards = form.forwards.flatMap((_, index) =>
    (form.practice ? near : [...near, 'protocol', 'mailHost', 'mailPort', 'tls']).map(
      (name) => `forwards.${index}.${name}`,
    ),
  );
  const settings = ['name', 'mode', 'compression', 'sessionChannel', 'oldServer'];
  if (form.practice) return new Set([...settings, ...forwards]);
  return new Set([
    ...settings,
    ...['sshHost', 'sshPort', 'sshUser'],
    ...signInFields(form, 'signIn'),
    ...forwards,
    ...routeFields(form.route, 'route'),
    ...Object.keys(form.connection).map((name) => `connection.${name}`),
  ]);
}

import { resolve } from 'node:path';
import type {
  Forward,
  ForwardProtocol,
  ForwardTls,
  Route,
  SignIn,
  TunnelMode,
} from '../shared/account';
import { FORWARD_PROTOCOLS, MAIL_PORTS, TUNNEL_MODES } from '../shared/account';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import type { MailboxInput } from './mailbox-input';
import type { UsageProblem } from './usage';

/** The options of `add` and `edit`, as typed. */
export interface MailboxFlags {
  readonly name?: string;
  readonly server?: string;
  readonly user?: string;
  readonly forward?: readonly string[];
  readonly mode?: string;
  readonly key?: string;
  readonly agent?: string | true;
  readonly password?: true;
  readonly automatic?: true;
  readonly jump?: string;
  readonly proxy?: string;
  readonly direct?: true;
  readonly compress?: boolean;
  readonly sessionChannel?: boolean;
  readonly oldServer?: boolean;
  readonly keepalive?: string;
  readonly keepaliveCount?: string;
  readonly connectTimeout?: string;
  readonly idle?: string;
  readonly knownHosts?: string;
}

type Parsed<T> = Result<T, UsageProblem>;

function problem(key: string, params: UsageProblem['params']): { ok: false; error: UsageProblem } {
  return fail({ key, params });
}

/** Forwards as the options give them, with the usual ports where they give none. */
export interface GivenForward {
  readonly protocol: ForwardProtocol;
  readonly localAddress: string;
  readonly localPort: number | null;
  readonly mailHost: string | null;
  readonly mailPort: number;
  readonly tls: ForwardTls;
}

/** What the options say to fill in what an imported text leaves open. */
export function givenFromFlags(
  flags: Pick<MailboxFlags, 'server' | 'user' | 'forward'>,
): Parsed<{ server: string | null; user: string | null; forwards: GivenForward[] }> {
  const server = flags.server === undefined ? null : parseServer(flags.server);
  if (flags.server !== undefined && server === null)
    return problem('cli:usage.server', { value: flags.server });
  const forwards: GivenForward[] = [];
  for (const spec of flags.forward ?? []) {
    const forward = parseForward(spec);
    if (forward === null) return problem('cli:usage.forward', { value: spec });
    const { protocol } = forward;
    const usual = {
      localAddress: 'localhost',
      localPort: null,
      mailHost: null,
      tls: 'none',
    } as const;
    forwards.push({ ...usual, mailPort: MAIL_PORTS[protocol], ...forward });
  }
  return ok({ server: server?.host ?? null, user: flags.user ?? server?.user ?? null, forwards });
}

/** The mailbox that the options describe, as far as they do. Relative paths are meant from `cwd`. */
export function mailboxFromFlags(flags: MailboxFlags, cwd: string): Parsed<MailboxInput> {
  const input: Record<string, unknown> = {};
  if (flags.name !== undefined) input['name'] = flags.name;
  if (flags.user !== undefined) input['sshUser'] = flags.user;
  if (flags.compress !== undefined) input['compression'] = flags.compress;
  if (flags.sessionChannel !== undefined) input['sessionChannel'] = flags.sessionChannel;
  if (flags.oldServer !== undefined) input['oldServer'] = flags.oldServer;
  const parts: readonly Parsed<Record<string, unknown>>[] = [
    serverFlag(flags.server),
    forwardFlags(flags.forward),
    modeFlag(flags.mode),
    signInFlags(flags, cwd),
    routeFlags(flags),
    connectionFlags(flags, cwd),
  ];
  for (const part of parts) {
    if (!part.ok) return part;
    Object.assign(input, part.value);
  }
  return ok(input);
}

function serverFlag(server: string | undefined): Parsed<Record<string, unknown>> {
  if (server === undefined) return ok({});
  const parsed = parseServer(server);
  if (parsed === null) return problem('cli:usage.server', { value: server });
  const { user, host, port } = parsed;
  return ok({
    sshHost: host,
    ...(port !== null && { sshPort: port }),
    ...(user !== null && { sshUser: user }),
  });
}

/** `[USER@]HOST[:PORT]`, an IPv6 address in brackets where a port follows. Null when it is none. */
export function parseServer(
  text: string,
): { readonly user: string | null; readonly host: string; readonly port: number | null } | null {
  // The last @ parts: a user name may hold one, a host name never does.
  const at = text.lastIndexOf('@');
  const rest = text.slice(at + 1);
  const found =
    /^\[([^[\]]+)\](?::(\d{1,5}))?$/u.exec(rest) ??
    /^([^:[\]]+)(?::(\d{1,5}))?$/u.exec(rest) ??
    // Several colons and no brackets: an IPv6 address by itself.
    /^([^[\]]*:[^[\]]*:[^[\]]*)$/u.exec(rest);
  if (found === null || at === 0) return null;
  const [, host = '', port] = found;
  return {
    user: at < 0 ? null : text.slice(0, at),
    host,
    port: port === undefined ? null : Number(port),
  };
}

function forwardFlags(specs: readonly string[] | undefined): Parsed<Record<string, unknown>> {
  if (specs === undefined) return ok({});
  const forwards: MailboxInput[] = [];
  for (const spec of specs) {
    const forward = parseForward(spec);
    if (forward === null) return problem('cli:usage.forward', { value: spec });
    forwards.push(forward);
  }
  return ok({ forwards });
}

/** A forward as far as it is written out. */
type ForwardSpec = Pick<Forward, 'protocol'> & Partial<Omit<Forward, 'id'>>;

const PROTOCOL_AT = new Map(
  FORWARD_PROTOCOLS.map((protocol) => [MAIL_PORTS[protocol], protocol] as const),
);
const TLS_WORDS: Readonly<Record<string, ForwardTls>> = { tls: 'implicit', starttls: 'starttls' };

/**
 * One forward: a protocol alone (`pop3`), or as for `ssh -L` (`[ADDRESS:]PORT:HOST:HOSTPORT`), with `PROTOCOL=` in front
 * where the port does not tell; `,tls` or `,starttls` behind has Mailmole encrypt up to the mail server. Null when it is none.
 */
export function parseForward(spec: string): ForwardSpec | null {
  const found =
    /^(?:([a-z0-9]+)=)?(?:(?:(\[[^[\]]+\]|[^:[\],]+):)?(\d{1,5}):(\[[^[\]]+\]|[^:[\],]+):(\d{1,5}))(?:,([a-z]+))?$/u.exec(
      spec,
    );
  if (found === null) return protocolAlone(spec);
  const [, named, address, localPort, host, mailPort, tls] = found;
  const protocol = named ?? PROTOCOL_AT.get(Number(mailPort));
  const bridge = tls === undefined ? {} : tlsNamed(tls);
  if (!isProtocol(protocol) || bridge === null) return null;
  return {
    protocol,
    localPort: Number(localPort),
    mailHost: bare(host),
    mailPort: Number(mailPort),
    ...(address !== undefined && { localAddress: bare(address) }),
    ...bridge,
  };
}

function protocolAlone(spec: string): ForwardSpec | null {
  const [protocol, tls, ...more] = spec.split(',');
  if (!isProtocol(protocol) || more.length > 0) return null;
  const bridge = tls === undefined ? {} : tlsNamed(tls);
  return bridge === null ? null : { protocol, ...bridge };
}

function tlsNamed(word: string): { readonly tls: ForwardTls } | null {
  const tls = TLS_WORDS[word];
  return tls === undefined ? null : { tls };
}

function isProtocol(value: string | undefined): value is ForwardProtocol {
  return (FORWARD_PROTOCOLS as readonly (string | undefined)[]).includes(value);
}

function bare(host = ''): string {
  return host.replace(/^\[(.*)\]$/u, '$1');
}

function modeFlag(mode: string | undefined): Parsed<Record<string, unknown>> {
  if (mode === undefined) return ok({});
  const known = TUNNEL_MODES.find((each): each is TunnelMode => each === mode);
  const modes = TUNNEL_MODES.join(', ');
  return known === undefined ? problem('cli:usage.mode', { value: mode, modes }) : ok({ mode });
}

function signInFlags(flags: MailboxFlags, cwd: string): Parsed<Record<string, unknown>> {
  const ways: SignIn[] = [];
  if (flags.automatic === true) ways.push({ kind: 'automatic' });
  if (flags.password === true) ways.push({ kind: 'password' });
  if (flags.key !== undefined) ways.push({ kind: 'key-file', path: pathFrom(cwd, flags.key) });
  if (flags.agent !== undefined) {
    const key = flags.agent === true ? null : flags.agent;
    ways.push({ kind: 'agent', socket: null, key });
  }
  if (ways.length > 1) return problem('cli:usage.one-sign-in', {});
  return ok(ways.length === 0 ? {} : { signIn: ways[0] });
}

/** `~` stays for the program to fill in: its rules for paths are the same as the window's. */
function pathFrom(cwd: string, path: string): string {
  return /^~[\\/]/u.test(path) ? path : resolve(cwd, path);
}

function routeFlags({ jump, proxy, direct }: MailboxFlags): Parsed<Record<string, unknown>> {
  const given = [jump, proxy, direct].filter((flag) => flag !== undefined);
  if (given.length > 1) return problem('cli:usage.one-route', {});
  if (direct === true) return ok({ route: { kind: 'direct' } });
  if (proxy !== undefined) {
    const route = parseProxy(proxy);
    return route === null ? problem('cli:usage.proxy', { value: proxy }) : ok({ route });
  }
  if (jump === undefined) return ok({});
  const route = parseJumps(jump);
  return route === null ? problem('cli:usage.jump', { value: jump }) : ok({ route });
}

/** `socks5://[USER@]HOST[:PORT]` or `http://…`. Its password is asked for, and never typed here. */
export function parseProxy(text: string): Route | null {
  const found = /^(socks5|http):\/\/([^/]+)\/?$/u.exec(text);
  const server = parseServer(found?.[2] ?? '');
  if (found === null || server === null || server.user?.includes(':') === true) return null;
  const kind = found[1] === 'http' ? 'http' : 'socks5';
  const port = server.port ?? (kind === 'http' ? 3128 : 1080);
  return { kind, host: server.host, port, user: server.user };
}

/** As for `ssh -J`: `USER@HOST[:PORT]`, several by commas, in the order in which they are passed. */
export function parseJumps(text: string): Route | null {
  let route: Route = { kind: 'direct' };
  for (const hop of text.split(',')) {
    const server = parseServer(hop);
    if (server?.user === null || server === null) return null;
    const { host, user } = server;
    const port = server.port ?? 22;
    route = { kind: 'jump', host, port, user, signIn: { kind: 'automatic' }, route };
  }
  return route;
}

function connectionFlags(flags: MailboxFlags, cwd: string): Parsed<Record<string, unknown>> {
  const numbers = [
    ['keepaliveSeconds', '--keepalive', flags.keepalive],
    ['keepaliveCount', '--keepalive-count', flags.keepaliveCount],
    ['connectTimeoutSeconds', '--connect-timeout', flags.connectTimeout],
    ['idleSeconds', '--idle', flags.idle],
  ] as const;
  const connection: Record<string, unknown> = {};
  for (const [field, flag, value] of numbers) {
    if (value === undefined) continue;
    const number = parseWhole(value);
    if (number === null) return problem('cli:usage.whole-number', { flag, value });
    connection[field] = number;
  }
  if (flags.knownHosts !== undefined)
    connection['knownHostsFile'] = pathFrom(cwd, flags.knownHosts);
  return ok(Object.keys(connection).length === 0 ? {} : { connection });
}

/** A whole number without a sign; null when it is none. */
export function parseWhole(text: string): number | null {
  return /^\d{1,9}$/u.test(text) ? Number(text) : null;
}

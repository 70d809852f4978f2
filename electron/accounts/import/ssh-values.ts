import type { ForwardProtocol } from '../../shared/account';
import { MAIL_PORTS } from '../../shared/account';
import { complaintAboutHost } from '../account-rules';

/** The values of ssh's options, read as OpenSSH's misc.c and readconf.c read them. */

/** Names that ssh looks up in /etc/services, those that mail and sign-in have use for. */
const SERVICES: Readonly<Record<string, number>> = {
  ssh: 22,
  smtp: 25,
  mail: 25,
  pop3: 110,
  'pop-3': 110,
  imap: 143,
  imap2: 143,
  submission: 587,
  submissions: 465,
  imaps: 993,
  pop3s: 995,
};

/** A port from 1 to 65535, by number or by name; null when it is none. */
export function portOf(text: string): number | null {
  const named = Object.hasOwn(SERVICES, text) ? SERVICES[text] : undefined;
  if (named !== undefined) return named;
  if (!/^\d{1,9}$/u.test(text)) return null;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : null;
}

/** Which mail protocol is spoken on a port of a mail server; null for ports of other things. */
export function protocolOf(mailPort: number): ForwardProtocol | null {
  // 465 is submission over TLS from the first byte (RFC 8314, 7.3); Mailmole only has to pass it on.
  if (mailPort === 465) return 'submission';
  const found = Object.entries(MAIL_PORTS).find(([, port]) => port === mailPort);
  return (found?.[0] ?? null) as ForwardProtocol | null;
}

/** What `-L` and `LocalForward` say. */
export type ForwardSpec =
  | {
      readonly kind: 'tcp';
      /** Null: not given. `''` and `*` mean every address of the computer. */
      readonly bind: string | null;
      readonly port: number;
      readonly host: string;
      readonly hostPort: number;
    }
  | { readonly kind: 'socket' }
  | { readonly kind: 'broken' };

/**
 * `[bind:]port:host:hostport` with IPv6 in brackets; a field with a slash is the path of a socket. The form with slashes
 * alone is that of the ssh of the past.
 */
export function parseForward(spec: string): ForwardSpec {
  const fields = fieldsOf(spec.trimStart());
  if (fields === null) return { kind: 'broken' };
  if (fields.some((field) => field.isPath)) return ofThePast(spec) ?? { kind: 'socket' };
  return tcpForward(fields.map((field) => field.text));
}

function tcpForward(fields: readonly string[]): ForwardSpec {
  if (fields.length !== 3 && fields.length !== 4) return { kind: 'broken' };
  const [hostPortText = '', host = '', portText = '', bind = null] = [...fields].reverse();
  const port = portOf(portText);
  const hostPort = portOf(hostPortText);
  if (port === null || hostPort === null || host === '') return { kind: 'broken' };
  return { kind: 'tcp', bind, port, host, hostPort };
}

function ofThePast(spec: string): ForwardSpec | null {
  const fields = spec.trim().split('/');
  if (fields[0] === '' && fields.length !== 4) return null;
  const read = tcpForward(fields);
  return read.kind === 'tcp' ? read : null;
}

interface Field {
  readonly text: string;
  readonly isPath: boolean;
}

/** The fields between colons; a backslash takes the next character as it is, brackets take all between them. */
function fieldsOf(spec: string): readonly Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  while (at < spec.length) {
    if (spec[at] === '[') {
      const end = spec.indexOf(']', at);
      if (end < 0 || (end + 1 < spec.length && spec[end + 1] !== ':')) return null;
      const text = spec.slice(at + 1, end);
      fields.push({ text, isPath: text.includes('/') });
      at = end + 2;
    } else {
      let text = '';
      for (; at < spec.length && spec[at] !== ':'; at += 1) {
        if (spec[at] === '\\') at += 1;
        text += spec[at] ?? '';
      }
      fields.push({ text, isPath: text.includes('/') });
      at += 1;
    }
    if (fields.length > 4) return null;
  }
  return fields;
}

/** A server as it is named on a command line. */
export interface Destination {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
}

/** `user@host` or `ssh://user@host:port`; null when it is neither. */
export function parseDestination(text: string): Destination | null {
  if (text.startsWith('ssh://')) return parseUri(text.slice('ssh://'.length));
  const at = text.lastIndexOf('@');
  const user = at < 0 ? null : text.slice(0, at);
  const host = text.slice(at + 1);
  return user === '' ? null : destination(user, host, null);
}

/** One server of `ProxyJump`: `[user@]host[:port]`, or a URI. */
function parseHop(text: string): Destination | null {
  if (text.startsWith('ssh://')) return parseUri(text.slice('ssh://'.length));
  const at = text.lastIndexOf('@');
  const user = at < 0 ? null : text.slice(0, at);
  if (user === '') return null;
  return withPort(user, text.slice(at + 1));
}

/** The servers of `ProxyJump` in the order they are passed; empty for `none`, null when it is broken. */
export function parseJump(text: string): readonly Destination[] | null {
  const [value = ''] = text.split('#');
  if (value.trim().toLowerCase() === 'none') return [];
  const hops = value.trim().split(',').map(parseHop);
  return hops.every((hop) => hop !== null) ? hops : null;
}

function parseUri(rest: string): Destination | null {
  const at = rest.indexOf('@');
  const user = at < 0 ? null : percentDecoded(rest.slice(0, at).split(';')[0] ?? '');
  if (at >= 0 && (user === null || user === '')) return null;
  const authority = rest.slice(at + 1);
  return withPort(user, authority.endsWith('/') ? authority.slice(0, -1) : authority);
}

function withPort(user: string | null, authority: string): Destination | null {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/su.exec(authority);
  if (bracketed !== null) return destination(user, bracketed[1] ?? '', bracketed[2] ?? null);
  const colon = authority.indexOf(':');
  return colon < 0
    ? destination(user, authority, null)
    : destination(user, authority.slice(0, colon), authority.slice(colon + 1));
}

function destination(user: string | null, host: string, portText: string | null) {
  const bare = host.replace(/^\[(.*)\]$/su, '$1');
  const port = portText === null || portText === '' ? null : portOf(portText);
  if (bare === '' || bare.startsWith('-')) return null;
  if (portText !== null && portText !== '' && port === null) return null;
  return { user, host: bare, port };
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Is this an address of this computer that only it can reach? */
export function isLoopback(bind: string): boolean {
  return bind === 'localhost' || bind === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(bind);
}

/** Could this be a server's name or address? */
export function isHostName(host: string): boolean {
  return complaintAboutHost(host) === null;
}

import type { SignInMethod, TunnelError } from '../shared/tunnel-error';
import type { Phase } from '../shared/tunnel-state';
import { textOfThrown } from '../shared/thrown';
import { algorithmNames } from './algorithms';

/** What is known of an attempt when something foreign goes wrong in it. */
export interface AttemptContext {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Was also offered what only servers of the past need? */
  readonly oldServer?: boolean;
  /** What the server has to offer, of what was compared last. */
  readonly offers?: readonly string[];
  readonly phase: Phase;
  readonly tried: readonly SignInMethod[];
  /** Was the server told to ask what it likes, which is not yet in `tried`? */
  readonly letItAsk?: boolean;
  /** What the server offered last, in its own words (RFC 4252). */
  readonly offered: readonly string[];
  /** Text the server says to everybody, before it answers the first request to sign in (USERAUTH_BANNER). */
  readonly banner?: string;
  /** Text the server sent on refusing (USERAUTH_BANNER, DISCONNECT), untouched. */
  readonly serverSays: string;
}

interface ForeignError {
  readonly message: string;
  readonly code?: string | number;
  readonly level?: string;
  readonly reason?: number;
  readonly errors?: readonly ForeignError[];
}

/** ssh2's words for a first line that no SSH server of these days says. */
const NOT_SSH =
  /invalid identification string|invalid header|max greeting lines|header line too long/i;
/** How POP3, IMAP, SMTP, web and TLS servers begin. An SSH server may say other lines before its version (RFC 4253, 4.2). */
const FOREIGN_GREETING =
  /^(\+OK|-ERR|\* (OK|BYE|PREAUTH)|(220|421|554)[ -]|HTTP\/\d|<(!doctype|html)|\x15\x03)/i;

/** The first line of a server that is plainly not for SSH and would never come to an end; null for any other. */
export function foreignGreeting(firstBytes: Buffer): string | null {
  const text = firstBytes.toString('latin1', 0, 512);
  if (!FOREIGN_GREETING.test(text)) return null;
  return text.startsWith('\x15') ? 'TLS' : cleanServerText(text.split('\n')[0] ?? '');
}

/** Node gathers one error an address when a name has several; the first speaks for all. */
function first(thrown: unknown): ForeignError {
  if (!(thrown instanceof Error)) return { message: textOfThrown(thrown) };
  const error: ForeignError = thrown;
  const inner = error.errors?.[0];
  if (inner === undefined || error.message !== '') return error;
  return { message: inner.message, code: error.code ?? inner.code ?? '' };
}

/** A server's own reasons for a DISCONNECT that speak of the account, not of the line (RFC 4253, 11.1). */
const NO_MORE_AUTH_METHODS = 14;
const ILLEGAL_USER_NAME = 15;

/**
 * Reads an error of Node's sockets or of ssh2 (1.17.0) that ended an attempt. This file is the only one to look at
 * `code`, `level` and texts of theirs.
 */
export function mapConnectionError(thrown: unknown, context: AttemptContext): TunnelError {
  const error = first(thrown);
  const { host, port } = context;
  const detail = error.message;
  const socket =
    typeof error.code === 'string' ? socketError(error.code, host, port, detail) : null;
  if (socket !== null) return socket;
  const missing = /^Handshake failed: no matching (.*)/i.exec(detail)?.[1];
  if (missing !== undefined) return nothingInCommon(missing, context, detail);
  if (NOT_SSH.test(detail)) return { kind: 'not-ssh', host, port, detail };
  if (error.level === 'client-timeout') return { kind: 'connection-lost', host, detail };
  if (error.code === NO_MORE_AUTH_METHODS || error.code === ILLEGAL_USER_NAME)
    return mapEnd({ ...context, serverSays: context.serverSays || detail }, detail);
  return mapEnd(context, detail);
}

/** @param what in ssh2's words, such as `C->S cipher` */
function nothingInCommon(what: string, context: AttemptContext, detail: string): TunnelError {
  const { host, oldServer = false, offers = [] } = context;
  const needs = algorithmNames(what, true);
  // A setting that cannot help is not spoken of. Where nothing is known of the server, it might.
  const helps = offers.length === 0 || offers.some((name) => needs.includes(name));
  return {
    kind: 'no-common-algorithm',
    ...{ host, what, offers, needs, detail },
    oldServerHelps: !oldServer && helps,
  };
}

function socketError(code: string, host: string, port: number, detail: string): TunnelError | null {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return { kind: 'host-not-found', host, detail };
    case 'ECONNREFUSED':
      return { kind: 'connection-refused', host, port, detail };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EHOSTDOWN':
    case 'EADDRNOTAVAIL':
    case 'EACCES':
    case 'EPERM':
      return { kind: 'unreachable', host, port, detail };
    case 'ETIMEDOUT':
    case 'ERR_SOCKET_CONNECTION_TIMEOUT':
      return { kind: 'timed-out', host, phase: 'reaching-server', detail };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return { kind: 'connection-lost', host, detail };
    default:
      return null;
  }
}

/**
 * The connection ended before it was up, with or without a reason. A server that refuses an account often says why
 * only in a banner and then just closes ("your account has expired"); while signing in, that is a refusal. A banner that
 * stood there before the server answered anything is none: such a server may close for want of time or room.
 */
export function mapEnd(context: AttemptContext, detail: string): TunnelError {
  const { host, user, tried, letItAsk = false, offered, banner = '', serverSays } = context;
  if (context.phase !== 'signing-in') return { kind: 'connection-lost', host, detail };
  const said = [banner, serverSays].filter((text) => text !== '').join('\n');
  const gaveUp = /All configured authentication methods failed/i.test(detail);
  if (gaveUp && tried.length === 0 && !letItAsk)
    return { kind: 'no-way-to-sign-in', user, host, offered, detail };
  if (gaveUp || serverSays !== '' || /too many authentication failures/i.test(detail))
    return { kind: 'sign-in-refused', user, host, tried, serverSays: said, detail };
  return { kind: 'connection-lost', host, detail };
}

/** Is this an error of zlib, on a connection that is compressed? ssh2 (1.17.0) passes on what Node's zlib says, and adds words of its own. */
export function isCompressionError(thrown: unknown): boolean {
  const { code, message } = first(thrown);
  return String(code).startsWith('Z_') || /zlib|output length exceeded/i.test(message);
}

/**
 * Reads why a server did not open a forward's channel (RFC 4254, 5.1): by its reason number first, and by the text
 * only where one number means several things.
 */
export function mapForwardError(thrown: unknown, mailHost: string, mailPort: number): TunnelError {
  const error = first(thrown);
  const base = { kind: 'forward-refused', mailHost, mailPort, detail: error.message } as const;
  if (error.reason === 1) return { ...base, reason: 'prohibited' };
  if (error.reason !== 2) return { ...base, reason: 'other' };
  if (/refused/i.test(error.message)) return { ...base, reason: 'refused' };
  if (/not known|no address|resolv|resolution|nodename/i.test(error.message))
    return { ...base, reason: 'not-found' };
  return { ...base, reason: 'other' };
}

/** Reads why a local port could not be bound. */
export function mapListenError(thrown: unknown, address: string, port: number): TunnelError {
  const { code, message } = first(thrown);
  switch (String(code)) {
    case 'EADDRINUSE':
      return { kind: 'port-in-use', address, port, holder: null, nextFree: null };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'port-forbidden', address, port };
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return { kind: 'address-unavailable', address, port };
    default:
      return { kind: 'unexpected', detail: message };
  }
}

/** Text from a server, fit to be shown: no control characters, nothing that turns round the writing, 1,000 characters at most. */
export function cleanServerText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '')
    .trim()
    .slice(0, 1000);
}

import { isIP, isIPv4 } from 'node:net';
import { isAbsolute } from 'node:path';
import { domainToASCII } from 'node:url';

/** Longest name of a mailbox, in UTF-16 units. */
export const NAME_LIMIT = 200;
/** Longest host name (RFC 1035, section 3.1). */
const HOST_LIMIT = 253;
const USER_LIMIT = 255;
/** More forwards than any mailbox has use for. */
export const FORWARD_LIMIT = 32;

/** What is wrong with one field: a key of the catalogue's namespace `form`; null when nothing is. */
export type Complaint = string | null;

// Control characters could break out of a generated configuration file or a log line.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;

/** Judges the name a person gives a mailbox. */
export function complaintAboutName(name: string): Complaint {
  if (name === '') return 'form:name-empty';
  if (name.length > NAME_LIMIT) return 'form:name-too-long';
  return CONTROL.test(name) ? 'form:name-invalid' : null;
}

/** Judges the user name for the SSH server. Spaces inside are allowed: Windows servers have such users. */
export function complaintAboutUser(user: string): Complaint {
  if (user === '') return 'form:user-empty';
  if (user.length > USER_LIMIT) return 'form:user-too-long';
  return CONTROL.test(user) ? 'form:user-invalid' : null;
}

/**
 * Judges a host name or address, and tells the usual slips apart: a whole web address, a user in front, a port
 * behind.
 */
export function complaintAboutHost(host: string): Complaint {
  if (host === '') return 'form:host-empty';
  if (isIP(host) !== 0) return null;
  if (/\s/u.test(host)) return 'form:host-spaces';
  if (host.includes('/')) return 'form:host-is-url';
  if (host.includes('@')) return 'form:host-has-user';
  if (/^[^:]+:\d+$/u.test(host)) return 'form:host-has-port';
  if (host.length > HOST_LIMIT) return 'form:host-too-long';
  // A leading hyphen would be an option where a host name is passed to another program.
  const wellFormed = /^(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/iu.test(host);
  return wellFormed ? null : 'form:host-invalid';
}

/** Brings a typed host name into the form that name servers know: no brackets round IPv6, no letters beyond ASCII. */
export function normaliseHost(typed: string): string {
  const host = typed.trim().replace(/^\[(.*)\]$/u, '$1');
  // domainToASCII gives '' for what can be no host name; the typed text is then kept, to be complained about.
  return /^[\p{ASCII}]*$/u.test(host) ? host : domainToASCII(host) || host;
}

/** Judges where a forward listens: only this computer may reach it. */
export function complaintAboutLocalAddress(address: string): Complaint {
  if (address === 'localhost' || address === '::1') return null;
  return isIPv4(address) && address.startsWith('127.') ? null : 'form:local-address-not-loopback';
}

/** Judges the path of a file that need not be there yet. */
export function complaintAboutFilePath(path: string): Complaint {
  return isAbsolute(path) && !CONTROL.test(path) ? null : 'form:path-not-absolute';
}

/** Judges the path of a private key file. */
export function complaintAboutKeyPath(path: string): Complaint {
  if (path === '') return 'form:key-path-empty';
  if (!isAbsolute(path) || path.includes('\0')) return 'form:key-path-not-absolute';
  return path.endsWith('.pub') ? 'form:key-path-public' : null;
}

/** The loopback addresses a forward binds: `localhost` is two. */
function boundBy(localAddress: string): readonly string[] {
  return localAddress === 'localhost' ? ['127.0.0.1', '::1'] : [localAddress];
}

interface Endpoint {
  readonly localAddress: string;
  readonly localPort: number;
}

/** Would these two forwards want the same port of the same address? */
export function collide(one: Endpoint, other: Endpoint): boolean {
  if (one.localPort !== other.localPort) return false;
  const addresses = boundBy(other.localAddress);
  return boundBy(one.localAddress).some((address) => addresses.includes(address));
}

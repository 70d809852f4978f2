import type { ForwardProtocol } from '../../electron/shared/account';
import { MAIL_PORTS } from '../../electron/shared/account';

/** What a person's `user@host:port` takes apart into; only what was there. */
export interface ServerText {
  readonly host: string;
  readonly user?: string;
  /** The port that SSH is spoken on. */
  readonly port?: number;
  /** The text named the mail server: what is spoken there, and on which port. */
  readonly mail?: { readonly protocol: ForwardProtocol; readonly port: number };
}

const PATTERN =
  /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?:(?<user>\S+)@)?(?:\[(?<v6>[0-9a-f:.]+)\]|(?<host>[^\s:@/[\]]+))(?::(?<port>\d{1,5}))?(?<rest>[/?#]\S*)?$/iu;

/** Port of submission over TLS from the first byte (RFC 8314, section 7.3), which Mailmole only has to pass on. */
const SUBMISSIONS = 465;

/** Schemes that name what is spoken: those of mail (RFC 5092, RFC 2384, and what is written likewise), and its ports. */
const MAIL_SCHEMES: Readonly<Record<string, readonly [ForwardProtocol, number]>> = {
  pop: ['pop3', MAIL_PORTS.pop3],
  pop3: ['pop3', MAIL_PORTS.pop3],
  pops: ['pop3s', MAIL_PORTS.pop3s],
  pop3s: ['pop3s', MAIL_PORTS.pop3s],
  imap: ['imap', MAIL_PORTS.imap],
  imaps: ['imaps', MAIL_PORTS.imaps],
  smtp: ['smtp', MAIL_PORTS.smtp],
  smtps: ['submission', SUBMISSIONS],
  submission: ['submission', MAIL_PORTS.submission],
  submissions: ['submission', SUBMISSIONS],
};
const SSH_SCHEMES = ['ssh', 'sftp', 'scp'];
const WEB_SCHEMES = ['http', 'https'];

/** What is spoken on a port that mail alone has. */
function protocolOfPort(port: number): ForwardProtocol | undefined {
  if (port === SUBMISSIONS) return 'submission';
  const found = Object.entries(MAIL_PORTS).find(([, each]) => each === port);
  // The keys of the table are its protocols; entries cannot say so.
  return found?.[0] as ForwardProtocol | undefined;
}

/** The user of an address: percent-encoded in one with a scheme, and never with the password that may follow. */
function userOf(text: string, isEncoded: boolean): string {
  if (!isEncoded) return text;
  const [name = ''] = text.split(/[:;]/u);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function portsOf(scheme: string, port: number | undefined): Omit<ServerText, 'host' | 'user'> {
  const [protocol, usual] = MAIL_SCHEMES[scheme] ?? [];
  if (protocol !== undefined && usual !== undefined)
    return { mail: { protocol, port: port ?? usual } };
  if (port === undefined || WEB_SCHEMES.includes(scheme)) return {};
  const spoken = protocolOfPort(port);
  return scheme === '' && spoken !== undefined ? { mail: { protocol: spoken, port } } : { port };
}

/**
 * Takes apart what was typed or pasted as a server: `user@host:port`, `ssh://user@host`, `[2001:db8::1]:2222`, `imaps://host`.
 * Text of any other form comes back whole as the host, to be judged when it is saved.
 */
export function parseServerText(text: string): ServerText {
  const trimmed = text.trim();
  const groups = PATTERN.exec(trimmed)?.groups;
  if (groups === undefined) return { host: trimmed };
  const { user, v6, host = trimmed, port, rest = '/' } = groups;
  const scheme = groups.scheme?.toLowerCase() ?? '';
  const isKnown = scheme in MAIL_SCHEMES || [...SSH_SCHEMES, ...WEB_SCHEMES].includes(scheme);
  // Without a scheme, what stands behind a slash is no web page but a slip that only the person can mend.
  if (scheme === '' ? rest !== '/' : !isKnown) return { host: trimmed };
  return {
    host: v6 ?? host,
    ...(user === undefined ? {} : { user: userOf(user, scheme !== '') }),
    ...portsOf(scheme, port === undefined ? undefined : Number(port)),
  };
}

/** A hyphen, and the dashes that web pages make of it. */
const OPTION = /(?:^|\s)[-\u2010-\u2013\u2212][a-zA-Z]/u;

/**
 * The ssh command in what was typed as a server: `ssh -p 2222 me@host`, also with a prompt's `$` or a folder before it, or
 * with its options alone; null when it is none.
 */
export function sshCommandIn(text: string): string | null {
  const trimmed = text.trim();
  if (/^(?:[$%#]\s*)?(?:\S*[\\/])?(?:auto)?ssh(?:\.exe)?\s/iu.test(trimmed))
    return trimmed.replace(/^[$%#]\s*/u, '');
  return /\s/u.test(trimmed) && OPTION.test(trimmed) ? `ssh ${trimmed}` : null;
}

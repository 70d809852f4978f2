import type { Account, Forward } from '../shared/account';
import type { Translate } from '../shared/messages';
import { natureOf } from './blocks';

/**
 * A string for a .fetchmailrc. Its reader ends a string at the next double quote, whatever stands before it, so that
 * quotes and backslashes are written by their codes.
 */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\x5c').replaceAll('"', '\\x22')}"`;
}

/** A comment line. What a person typed cannot end it and begin a command. */
function comment(text: string): string {
  return `# ${text.replace(/\s+/gu, ' ')}`;
}

/**
 * The user options that keep fetchmail 6.4 from failing at `localhost`. Plain forwards, and those with a TLS bridge: it would send STLS unasked and
 * then refuse the certificate, hence the empty `sslproto`. TLS forwards: the certificate is made out to the mail server.
 */
function securityOf(forward: Forward): string {
  if (!natureOf(forward).tls) return "sslproto ''";
  return `ssl sslproto 'TLS1.2+' sslcertck sslcommonname ${quoted(forward.mailHost)}`;
}

/** One server entry, named after the mail server, so that fetchmail tells two mailboxes at `localhost` apart. */
function stanza(account: Account, forward: Forward, t: Translate): string {
  const { name } = natureOf(forward);
  return [
    comment(t('app:fetchmail.comment', { name: account.name })),
    `poll ${quoted(forward.mailHost)} via ${quoted(forward.localAddress)} with protocol ${name} and port ${forward.localPort}`,
    `  user ${quoted(account.sshUser)} there`,
    `  ${securityOf(forward)}`,
    comment(t('app:fetchmail.keep')),
  ].join('\n');
}

/** The stanzas for a ~/.fetchmailrc, one for each forward that mail can be fetched from; a comment when there is none. */
export function fetchmailSettings(account: Account, t: Translate): string {
  const incoming = account.forwards.filter((forward) => natureOf(forward).incoming);
  if (incoming.length === 0) return `${comment(t('app:fetchmail.nothing'))}\n`;
  return `${incoming.map((forward) => stanza(account, forward, t)).join('\n\n')}\n`;
}

import type { Account, Forward } from '../shared/account';
import { natureOf } from './blocks';
import { comment, configFile, headingLine, waitCommand } from './config-text';
import type { SettingsOf } from './settings';

const FILE = '~/.fetchmailrc';

/**
 * A string for a .fetchmailrc. Its reader ends a string at the next double quote, whatever stands before it, so that
 * quotes and backslashes are written by their codes.
 */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\x5c').replaceAll('"', '\\x22')}"`;
}

/**
 * The user options that keep fetchmail 6.4 from failing at `localhost`. Plain forwards, and those with a TLS bridge: it
 * would send STLS unasked and then refuse the certificate, hence the empty `sslproto`. TLS forwards: the certificate is
 * made out to the mail server.
 */
function securityOf(forward: Forward): string {
  if (!natureOf(forward).tls) return "sslproto ''";
  return `ssl sslproto 'TLS1.2+' sslcertck sslcommonname ${quoted(forward.mailHost)}`;
}

/** One server entry, named after the mail server, so that fetchmail tells two mailboxes at `localhost` apart. */
function stanza(account: Account, forward: Forward): readonly string[] {
  const { name } = natureOf(forward);
  const { mailHost, localAddress, localPort } = forward;
  return [
    `poll ${quoted(mailHost)} via ${quoted(localAddress)} with protocol ${name} and port ${localPort}`,
    `  user ${quoted(account.sshUser)} there`,
    `  preconnect ${quoted(waitCommand(account))}`,
    `  ${securityOf(forward)}`,
  ];
}

/** The stanzas for a ~/.fetchmailrc, one for each forward that mail can be fetched from. */
export const fetchmailSettings: SettingsOf = ({ account, forwards }, t) => {
  const password = { program: t('programs:name.fetchmail'), example: 'password "…"' };
  return {
    kind: 'files',
    files: [
      configFile(FILE, [
        headingLine(account, FILE, t),
        comment(t('programs:file.password', password)),
        ...forwards.flatMap((forward) => stanza(account, forward)),
        comment(t('programs:file.keep-word')),
      ]),
    ],
  };
};

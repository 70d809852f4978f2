import type { Forward } from '../shared/account';
import { natureOf } from './blocks';
import {
  comment,
  configFile,
  headingLine,
  makeMaildir,
  shortNames,
  waitCommand,
} from './config-text';
import type { SettingsOf } from './settings';

/** Where Debian and its relatives keep the authorities that certificates are checked against. */
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Its reader takes the rest of a line as it is, so that nothing needs quotes. */
function retriever(forward: Forward): readonly string[] {
  const { name, tls } = natureOf(forward);
  const server = [`server = ${forward.localAddress}`, `port = ${forward.localPort}`];
  if (!tls) return [`type = Simple${name}Retriever`, ...server];
  // Without a list of authorities it would not look at the certificate at all.
  const check = [`ca_certs = ${AUTHORITIES}`, `ssl_cert_hostname = ${forward.mailHost}`];
  return [`type = Simple${name}SSLRetriever`, ...server, ...check];
}

/** A file for each forward that mail can be fetched from: getmail keeps every mailbox in one of its own. */
export const getmailSettings: SettingsOf = ({ account, forwards }, t) => {
  const names = shortNames(account, forwards.length);
  const program = t('programs:name.getmail');
  const example = 'password_command = ("pass", "mail/work")';
  const files = forwards.map((forward, at) => {
    const name = names[at] ?? '';
    const path = `~/.config/getmail/${name}`;
    const command = `${waitCommand(account)} && getmail --rcfile ${name}`;
    return configFile(path, [
      headingLine(account, path, t),
      comment(t('programs:file.run', { command })),
      comment(t('programs:file.folder', { command: makeMaildir(`~/Mail/${name}`) })),
      '[retriever]',
      ...retriever(forward),
      `username = ${account.sshUser}`,
      comment(t('programs:file.password', { program, example })),
      '',
      '[destination]',
      'type = Maildir',
      `path = ~/Mail/${name}/`,
      '',
      '[options]',
      // By itself it would fetch all mail again every time.
      'read_all = false',
      comment(t('programs:file.keep-line', { example: 'delete = true' })),
      'delete = false',
    ]);
  });
  return { kind: 'files', files };
};

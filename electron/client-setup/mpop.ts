import type { Forward } from '../shared/account';
import type { Translate } from '../shared/messages';
import { natureOf } from './blocks';
import {
  comment,
  configFile,
  headingLine,
  makeMaildir,
  shortNames,
  waitCommand,
} from './config-text';
import type { SettingsOf, Usable } from './settings';

const FILE = '~/.mpoprc';

/** A value for mpop and msmtp, which take off the outer quotes and read what is between them as it is. */
export function quotedWhole(text: string): string {
  return `"${text}"`;
}

/** How mpop and msmtp speak TLS through a forward: from the first byte, with the real server's name checked. */
export function tlsLines(forward: Forward): readonly string[] {
  if (!natureOf(forward).tls) return ['tls off'];
  return ['tls on', 'tls_starttls off', `tls_host_override ${quotedWhole(forward.mailHost)}`];
}

function section(
  { account }: Usable,
  forward: Forward,
  name: string,
  t: Translate,
): readonly string[] {
  const folder = `~/Mail/${name}`;
  return [
    '',
    comment(t('programs:file.run', { command: `${waitCommand(account)} && mpop ${name}` })),
    comment(t('programs:file.folder', { command: makeMaildir(folder) })),
    `account ${name}`,
    `host ${forward.localAddress}`,
    `port ${forward.localPort}`,
    `user ${quotedWhole(account.sshUser)}`,
    // Without TLS it would by itself use no way that shows the password, although nobody sees it here.
    'auth user',
    ...tlsLines(forward),
    `delivery maildir ${folder}`,
    // By itself it names this file after user and host, which are the same for two mailboxes here.
    `uidls_file ~/.mpop_uidls/${name}`,
    comment(t('programs:file.keep-line', { example: 'keep off' })),
    'keep on',
  ];
}

/** The sections for a ~/.mpoprc, one for each POP3 forward. */
export const mpopSettings: SettingsOf = (usable, t) => {
  const { account, forwards } = usable;
  const names = shortNames(account, forwards.length);
  const password = { program: t('programs:name.mpop'), example: 'passwordeval pass mail/work' };
  return {
    kind: 'files',
    files: [
      configFile(FILE, [
        headingLine(account, FILE, t),
        comment(t('programs:file.password', password)),
        ...forwards.flatMap((forward, at) => section(usable, forward, names[at] ?? '', t)),
      ]),
    ],
  };
};

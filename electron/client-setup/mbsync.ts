import type { Account, Forward } from '../shared/account';
import type { Translate } from '../shared/messages';
import { natureOf } from './blocks';
import { comment, configFile, headingLine, shortNames, waitCommand } from './config-text';
import type { SettingsOf } from './settings';

const FILE = '~/.mbsyncrc';

/** A word for a .mbsyncrc (mbsync(1), CONFIGURATION). */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, '\\$&')}"`;
}

/** Empty lines end its sections, so there are none inside. */
function sections(
  account: Account,
  forward: Forward,
  name: string,
  t: Translate,
): readonly string[] {
  const folder = `~/Mail/${name}`;
  return [
    '',
    comment(t('programs:file.run', { command: `${waitCommand(account)} && mbsync ${name}` })),
    comment(t('programs:file.folder', { command: `mkdir -p ${folder}` })),
    `IMAPAccount ${name}`,
    `Host ${forward.localAddress}`,
    `Port ${forward.localPort}`,
    `User ${quoted(account.sshUser)}`,
    'SSLType None',
    // Without TLS it would by itself use no way that shows the password, although nobody sees it here.
    'AuthMechs LOGIN',
    '',
    `IMAPStore ${name}-server`,
    `Account ${name}`,
    '',
    `MaildirStore ${name}-here`,
    `Path ${folder}/`,
    `Inbox ${folder}/INBOX`,
    'SubFolders Verbatim',
    '',
    `Channel ${name}`,
    `Far :${name}-server:`,
    `Near :${name}-here:`,
    'Patterns *',
    'Create Near',
  ];
}

/**
 * The sections for a ~/.mbsyncrc, one set for each IMAP forward. mbsync checks a certificate against the name that it
 * connects to and no other, so what it would have to encrypt itself is left out, and that is said.
 */
export const mbsyncSettings: SettingsOf = ({ account, forwards }, t) => {
  const program = t('programs:name.mbsync');
  const fit = forwards.filter((forward) => !natureOf(forward).tls);
  const unfit = forwards.filter((forward) => natureOf(forward).tls);
  const reason = ({ mailHost }: Forward) =>
    t('programs:nothing.name-check', { program, host: mailHost });
  const [first] = unfit;
  if (fit.length === 0 && first !== undefined) return { kind: 'nothing', reason: reason(first) };
  const names = shortNames(account, fit.length);
  const leftOut = unfit.map((forward) => {
    const address = `${forward.localAddress}:${forward.localPort}`;
    return comment(t('programs:file.left-out', { address, reason: reason(forward) }));
  });
  return {
    kind: 'files',
    files: [
      configFile(FILE, [
        headingLine(account, FILE, t),
        comment(t('programs:file.password', { program, example: 'PassCmd "pass mail/work"' })),
        ...leftOut,
        ...fit.flatMap((forward, at) => sections(account, forward, names[at] ?? '', t)),
      ]),
    ],
  };
};

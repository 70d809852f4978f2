import type { Account, Forward } from '../shared/account';
import type { Translate } from '../shared/messages';
import { natureOf } from './blocks';
import { comment, configFile, headingLine, shortNames, waitCommand } from './config-text';
import { quotedWhole, tlsLines } from './mpop';
import type { SettingsOf } from './settings';

const FILE = '~/.msmtprc';

/** `auth on` would choose no way that shows the password, since it sees no TLS. */
function signInLines(account: Account, forward: Forward, t: Translate): readonly string[] {
  const user = `user ${quotedWhole(account.sshUser)}`;
  if (natureOf(forward).signIn) return ['auth plain', user];
  return [comment(t('programs:file.sign-in-to-send', { example: 'auth plain' })), 'auth off', user];
}

function section(
  account: Account,
  forward: Forward,
  name: string,
  t: Translate,
): readonly string[] {
  const command = `${waitCommand(account)} && msmtp --account=${name} --read-envelope-from -t < mail`;
  return [
    '',
    comment(t('programs:file.run', { command })),
    `account ${name}`,
    `host ${forward.localAddress}`,
    `port ${forward.localPort}`,
    comment(t('programs:file.from', { example: 'from you@example.org' })),
    ...signInLines(account, forward, t),
    ...tlsLines(forward),
  ];
}

/** The sections for a ~/.msmtprc, one for each forward that mail can be sent through. */
export const msmtpSettings: SettingsOf = ({ account, forwards }, t) => {
  const names = shortNames(account, forwards.length);
  const password = { program: t('programs:name.msmtp'), example: 'passwordeval pass mail/work' };
  return {
    kind: 'files',
    files: [
      configFile(FILE, [
        headingLine(account, FILE, t),
        comment(t('programs:file.password', password)),
        ...forwards.flatMap((forward, at) => section(account, forward, names[at] ?? '', t)),
      ]),
    ],
  };
};

import type { Program } from '../../../electron/client-setup/programs';
import { settingsFor } from '../../../electron/client-setup/programs';
import type { Account, Forward, ForwardProtocol } from '../../../electron/shared/account';
import { DEFAULT_LOCAL_PORTS, MAIL_PORTS } from '../../../electron/shared/account';
import type { Translate } from '../../../electron/shared/messages';
import { anAccount } from '../support/snapshots';

/** A mailbox with these protocols, each on its usual ports. */
export function mailbox(
  protocols: readonly ForwardProtocol[],
  change: Partial<Forward> = {},
): Account {
  const forwards = protocols.map((protocol) => ({
    id: protocol,
    protocol,
    localAddress: 'localhost',
    localPort: DEFAULT_LOCAL_PORTS[protocol],
    mailHost: 'mail.example.org',
    mailPort: MAIL_PORTS[protocol],
    tls: 'none' as const,
    ...change,
  }));
  return anAccount({ name: 'Work', forwards });
}

/** The texts of a program's files by their paths. */
export function filesFor(
  account: Account,
  program: Program,
  t: Translate,
): Readonly<Record<string, string>> {
  const settings = settingsFor(account, program, t);
  if (settings.kind !== 'files') throw new Error(`${program} has ${settings.kind}`);
  return Object.fromEntries(settings.files.map(({ path, text }) => [path, text]));
}

/** The lines of a program's only file that are not for people. */
export function linesFor(account: Account, program: Program, t: Translate): readonly string[] {
  const texts = Object.values(filesFor(account, program, t));
  return texts
    .join('\n')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

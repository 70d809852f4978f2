import type { Account } from '../shared/account';
import type { Translate } from '../shared/messages';
import { appleMailSettings } from './apple-mail';
import type { MailProtocol } from './blocks';
import { natureOf } from './blocks';
import { clawsMailSettings } from './claws-mail';
import { fetchmailSettings } from './fetchmail';
import { getmailSettings } from './getmail';
import { mbsyncSettings } from './mbsync';
import { mpopSettings } from './mpop';
import { msmtpSettings } from './msmtp';
import { outlookSettings } from './outlook';
import { plainSettings } from './plain';
import { seamonkeySettings } from './seamonkey';
import type { Settings, SettingsOf } from './settings';
import { renderSettings } from './settings';
import { sylpheedSettings } from './sylpheed';
import { thunderbirdSettings } from './thunderbird';

/** The mail programs there are settings for, in the order of menus and cards. */
export const PROGRAMS = [
  ...(['plain', 'thunderbird', 'outlook', 'apple-mail'] as const),
  ...(['claws-mail', 'sylpheed', 'seamonkey'] as const),
  ...(['fetchmail', 'mpop', 'getmail', 'mbsync', 'msmtp'] as const),
] as const;
export type Program = (typeof PROGRAMS)[number];

/** What a mail program is like. */
export interface MailProgram {
  /** Is it set up in a window, or by a file? */
  readonly kind: 'fields' | 'file';
  /** What it speaks; other forwards are of no use to it. */
  readonly speaks: readonly MailProtocol[];
  /** For a mailbox with at least one forward that it speaks. */
  readonly settings: SettingsOf;
  /** What a mailbox lacks that has none. */
  readonly nothing: `programs:nothing.${'fetching' | 'pop3' | 'imap' | 'sending'}`;
}

/** A program with windows, which can fetch and send. No mailbox is without a use for it. */
function withWindows(settings: SettingsOf): MailProgram {
  const speaks = ['POP3', 'IMAP', 'SMTP'] as const;
  return { kind: 'fields', speaks, settings, nothing: 'programs:nothing.fetching' };
}

/** A program that reads a file, and speaks only some of what there is. */
function byFile(
  speaks: MailProgram['speaks'],
  nothing: MailProgram['nothing'],
  settings: SettingsOf,
): MailProgram {
  return { kind: 'file', speaks, settings, nothing };
}

/** Every mail program by its id. */
export const MAIL_PROGRAMS: Readonly<Record<Program, MailProgram>> = {
  plain: withWindows(plainSettings),
  thunderbird: withWindows(thunderbirdSettings),
  outlook: withWindows(outlookSettings),
  'apple-mail': withWindows(appleMailSettings),
  'claws-mail': withWindows(clawsMailSettings),
  sylpheed: withWindows(sylpheedSettings),
  seamonkey: withWindows(seamonkeySettings),
  fetchmail: byFile(['POP3', 'IMAP'], 'programs:nothing.fetching', fetchmailSettings),
  mpop: byFile(['POP3'], 'programs:nothing.pop3', mpopSettings),
  getmail: byFile(['POP3', 'IMAP'], 'programs:nothing.fetching', getmailSettings),
  mbsync: byFile(['IMAP'], 'programs:nothing.imap', mbsyncSettings),
  msmtp: byFile(['SMTP'], 'programs:nothing.sending', msmtpSettings),
};

/** A mail program's name, for people: "Apple Mail", "fetchmail". */
export function programName(program: Program, t: Translate): string {
  return t(`programs:name.${program}`);
}

/** Is this the id of a mail program? */
export function isProgram(text: string): text is Program {
  return PROGRAMS.some((program) => program === text);
}

/** What a mail program needs to use a mailbox, in its own words; or why it cannot. Holds no secret. */
export function settingsFor(account: Account, program: Program, t: Translate): Settings {
  const { speaks, settings, nothing } = MAIL_PROGRAMS[program];
  const forwards = account.forwards.filter((forward) => speaks.includes(natureOf(forward).name));
  if (forwards.length > 0) return settings({ account, forwards }, t);
  return { kind: 'nothing', reason: t(nothing, { program: programName(program, t) }) };
}

/** The same as text, for the clipboard and the terminal. Several files follow one another, each led by its own name. */
export function settingsText(account: Account, program: Program, t: Translate): string {
  return renderSettings(account.name, settingsFor(account, program, t));
}

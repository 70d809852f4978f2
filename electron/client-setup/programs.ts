import type { Account } from '../shared/account';
import type { Translate } from '../shared/messages';
import { fetchmailSettings } from './fetchmail';
import { plainSettings } from './plain';
import { thunderbirdSettings } from './thunderbird';

/** The mail programs settings can be copied for, in the order of the menu. */
export const PROGRAMS = ['plain', 'thunderbird', 'fetchmail'] as const;
export type Program = (typeof PROGRAMS)[number];

/** Everything a program needs for a mailbox, as text for the clipboard. Holds no secret. */
export const SETTINGS_FOR: Readonly<Record<Program, (account: Account, t: Translate) => string>> = {
  plain: plainSettings,
  thunderbird: thunderbirdSettings,
  fetchmail: fetchmailSettings,
};

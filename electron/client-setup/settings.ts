import type { Account, Forward } from '../shared/account';
import type { Translate } from '../shared/messages';

/** One line of a mail program's account settings. */
export interface Field {
  readonly label: string;
  readonly value: string;
  /** What to know of the value: "or the user name your mail provider gave you". */
  readonly hint: string | null;
  /** Is the value typed, so that it is worth copying? Otherwise it is picked from a list or ticked. */
  readonly typed: boolean;
}

/** What one page of a mail program's account settings asks for. */
export interface Block {
  readonly title: string;
  /** In the order of the page. */
  readonly fields: readonly Field[];
  readonly notes: readonly string[];
}

/** What belongs into a file of a mail program. */
export interface ConfigFile {
  /** Where the program looks for it, such as `~/.fetchmailrc`. */
  readonly path: string;
  /** May be used as it is, and may be put behind what the file already holds if the program keeps all mailboxes in one. */
  readonly text: string;
}

/** What a mail program needs to use a mailbox. Holds no secret. */
export type Settings =
  /** To be typed and chosen by a person. */
  | { readonly kind: 'fields'; readonly intro: string; readonly blocks: readonly Block[] }
  /** To be put into files; at least one. */
  | { readonly kind: 'files'; readonly files: readonly ConfigFile[] }
  /** The program can do nothing with this mailbox; why, and what would help, in a sentence. */
  | { readonly kind: 'nothing'; readonly reason: string };

/** A mailbox, seen by one mail program: only those forwards whose protocol it speaks, at least one. */
export interface Usable {
  readonly account: Account;
  readonly forwards: readonly Forward[];
}

/** How a mail program's file makes settings. */
export type SettingsOf = (usable: Usable, t: Translate) => Settings;

/** Puts settings into text: fields with aligned values, readable wherever they are pasted; files as they are. */
export function renderSettings(heading: string, settings: Settings): string {
  switch (settings.kind) {
    case 'fields':
      return `${[`${heading}\n${settings.intro}`, ...settings.blocks.map(renderBlock)].join('\n\n')}\n`;
    case 'files':
      return settings.files.map(({ text }) => text).join('\n');
    case 'nothing':
      return `${settings.reason}\n`;
  }
}

function renderBlock({ title, fields, notes }: Block): string {
  const width = Math.max(...fields.map(({ label }) => label.length)) + 2;
  const lines = fields.map(({ label, value, hint }) => {
    const shown = hint === null ? value : `${value} (${hint})`;
    return `  ${`${label}:`.padEnd(width)}${shown}`;
  });
  return [title, ...lines, ...notes.map((note) => `  ${note}`)].join('\n');
}

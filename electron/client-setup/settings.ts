import type { Account, Forward } from '../shared/account';
import type { Translate } from '../shared/messages';
import type { Block, Settings } from '../shared/program-card';

export type { Block, ConfigFile, Field, Settings } from '../shared/program-card';

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

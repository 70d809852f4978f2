import type { Account } from '../shared/account';
import type { Translate } from '../shared/messages';
import type { ConfigFile } from './settings';

/** A comment line, for every file format here. What a person typed cannot end it and begin a command. */
export function comment(text: string): string {
  return `# ${text.replace(/\s+/gu, ' ')}`;
}

/** The line that a file of ours begins with. */
export function headingLine(account: Account, file: string, t: Translate): string {
  return comment(t('programs:file.heading', { name: account.name, file }));
}

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w.@%+:,/-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command that waits until a mailbox can be used. */
export function waitCommand({ name }: Account): string {
  // No name holds a line's end; if one did, it would end a line of the file.
  const word = shellWord(name.replaceAll(/[\r\n]+/gu, ' '));
  // Behind the two hyphens nothing is an option, whatever it looks like.
  return `mailmole wait ${name.startsWith('-') ? '-- ' : ''}${word}`;
}

/**
 * A short name for each of a mailbox's forwards, for sections, files and folders: `work`, `work-2`. It holds nothing
 * but small letters, digits and hyphens, so that it needs no quoting anywhere.
 */
export function shortNames({ name, id }: Account, count: number): readonly string[] {
  const slug = (text: string) =>
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/\p{M}/gu, '')
      .replace(/[^a-z0-9]+/gu, '-')
      .replace(/^-|-$/gu, '');
  // A name in another script leaves nothing; then the mailbox's own mark tells it from others.
  const stem = slug(name) || `mailbox-${slug(id).slice(0, 6)}`;
  return Array.from({ length: count }, (_, at) => (at === 0 ? stem : `${stem}-${at + 1}`));
}

/** The command that makes a Maildir, which most programs want to find there. */
export function makeMaildir(folder: string): string {
  return `mkdir -p ${['cur', 'new', 'tmp'].map((part) => `${folder}/${part}`).join(' ')}`;
}

/** A file of these lines. */
export function configFile(path: string, lines: readonly string[]): ConfigFile {
  return { path, text: `${lines.join('\n')}\n` };
}

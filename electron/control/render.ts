import type { Translate } from '../shared/messages';
import type { ListDocument, ListedMailbox, StatusDocument } from './documents';

/** Lines of columns, each as wide as its widest cell; the last is not filled up. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, width(cell))));
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) - width(cell)),
        )
        .join('  '),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** How many letters a person counts. */
function width(text: string): number {
  return Array.from(text).length;
}

/** What is set up, a line each: name, switch, mode, and where each local port leads. */
export function renderList({ mailboxes }: ListDocument, t: Translate): string {
  return columns(
    mailboxes.map((mailbox) => [
      mailbox.name,
      mailbox.on ? t('cli:list.on') : t('cli:list.off'),
      mailbox.mode,
      addresses(mailbox),
    ]),
  );
}

function addresses({ forwards }: ListedMailbox): string {
  return forwards
    .map((forward) => {
      const local = address(forward.localAddress, forward.localPort);
      return `${forward.protocol} ${local} → ${address(forward.mailHost, forward.mailPort)}`;
    })
    .join(', ');
}

function address(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What is true, a line each: name, and its state in a sentence. */
export function renderStatus({ mailboxes }: StatusDocument): string {
  return columns(mailboxes.map(({ name, text }) => [name, text]));
}

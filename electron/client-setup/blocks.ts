import type { Account, Forward } from '../shared/account';
import type { Translate } from '../shared/messages';
import { assertNever } from '../shared/result';

/** What one page of a mail program's account settings asks for. */
export interface Block {
  readonly title: string;
  /** Label and value, in the order of the page. */
  readonly fields: readonly (readonly [label: string, value: string])[];
  readonly notes: readonly string[];
}

/** What a forward is, as far as a mail program cares. */
export function natureOf({ protocol, tls }: Pick<Forward, 'protocol' | 'tls'>): {
  readonly incoming: boolean;
  readonly name: 'POP3' | 'IMAP' | 'SMTP';
  /** Does the mail program itself speak TLS, from the first byte on? Not where the TLS bridge does. */
  readonly tls: boolean;
} {
  switch (protocol) {
    case 'pop3':
      return { incoming: true, name: 'POP3', tls: false };
    case 'pop3s':
      return { incoming: true, name: 'POP3', tls: tls === 'none' };
    case 'imap':
      return { incoming: true, name: 'IMAP', tls: false };
    case 'imaps':
      return { incoming: true, name: 'IMAP', tls: tls === 'none' };
    case 'smtp':
    case 'submission':
      return { incoming: false, name: 'SMTP', tls: false };
    default:
      return assertNever(protocol);
  }
}

/** Is the way encrypted up to the mail server: by the TLS bridge, or since the tunnel ends there? */
function isPrivateToTheEnd(account: Account, forward: Forward): boolean {
  if (forward.tls !== 'none') return true;
  const atHome = ['localhost', '127.0.0.1', '::1', account.sshHost.toLowerCase()];
  return atHome.includes(forward.mailHost.toLowerCase());
}

/** How far the tunnel protects a mail program that speaks plain text, in a sentence. */
export function protectionOf(account: Account, forward: Forward, t: Translate): string {
  return isPrivateToTheEnd(account, forward)
    ? t('app:settings.security-none')
    : t('app:settings.security-none-as-far-as', { host: account.sshHost });
}

/** The hint about the certificate, where the mail program sees one made out to another name than `localhost`. */
export function certificateNotes(forward: Forward, t: Translate): readonly string[] {
  if (!natureOf(forward).tls) return [];
  return [t('app:settings.certificate', { host: forward.mailHost, local: forward.localAddress })];
}

/** A block's title: "Incoming mail (POP3)". */
export function titleOf(forward: Forward, t: Translate): string {
  const { incoming, name } = natureOf(forward);
  return t(incoming ? 'app:settings.incoming' : 'app:settings.outgoing', { protocol: name });
}

/** Puts blocks into text with aligned values, readable wherever it is pasted. */
export function renderBlocks(heading: string, intro: string, blocks: readonly Block[]): string {
  const parts = blocks.map((block) => {
    const width = Math.max(...block.fields.map(([label]) => label.length)) + 2;
    const fields = block.fields.map(([label, value]) => `  ${`${label}:`.padEnd(width)}${value}`);
    return [block.title, ...fields, ...block.notes.map((note) => `  ${note}`)].join('\n');
  });
  return `${[`${heading}\n${intro}`, ...parts].join('\n\n')}\n`;
}

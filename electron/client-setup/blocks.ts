import type { Account, Forward } from '../shared/account';
import type { Translate } from '../shared/messages';
import { assertNever } from '../shared/result';
import type { Block, Field } from './settings';

/** What mail programs call the protocols. */
export type MailProtocol = 'POP3' | 'IMAP' | 'SMTP';

/** What a forward is, as far as a mail program cares. */
export interface Nature {
  readonly incoming: boolean;
  readonly name: MailProtocol;
  /** Does the mail program itself speak TLS, from the first byte on? Not where the TLS bridge does. */
  readonly tls: boolean;
  /** Does the server want a user name and a password? A server that takes mail on port 25 mostly does not. */
  readonly signIn: boolean;
}

/** Says what a forward is, as far as a mail program cares. */
export function natureOf({ protocol, tls }: Pick<Forward, 'protocol' | 'tls'>): Nature {
  const itself = tls === 'none';
  switch (protocol) {
    case 'pop3':
      return { incoming: true, name: 'POP3', tls: false, signIn: true };
    case 'pop3s':
      return { incoming: true, name: 'POP3', tls: itself, signIn: true };
    case 'imap':
      return { incoming: true, name: 'IMAP', tls: false, signIn: true };
    case 'imaps':
      return { incoming: true, name: 'IMAP', tls: itself, signIn: true };
    case 'smtp':
      return { incoming: false, name: 'SMTP', tls: false, signIn: false };
    case 'submission':
      return { incoming: false, name: 'SMTP', tls: false, signIn: true };
    default:
      return assertNever(protocol);
  }
}

/** Something that is typed into a mail program, and so is worth a button that copies it. */
export function typed(label: string, value: string | number, hint: string | null = null): Field {
  return { label, value: String(value), hint, typed: true };
}

/** Something that is picked from a list or ticked. */
export function chosen(label: string, value: string): Field {
  return { label, value, hint: null, typed: false };
}

/** The user name for the mail server, which is often, but not always, the one for the SSH server. */
export function userField(label: string, account: Account, t: Translate): Field {
  return typed(label, account.sshUser, t('programs:settings.user-hint'));
}

/** Is the way encrypted up to the mail server: by the TLS bridge, or since the tunnel ends there? */
function isPrivateToTheEnd(account: Account, forward: Forward): boolean {
  if (forward.tls !== 'none') return true;
  const atHome = ['localhost', '127.0.0.1', '::1', account.sshHost.toLowerCase()];
  return atHome.includes(forward.mailHost.toLowerCase());
}

/** What to choose as the connection's security in a mail program that speaks plain text, and why. */
export function protectionOf(account: Account, forward: Forward, t: Translate): string {
  return isPrivateToTheEnd(account, forward)
    ? t('programs:settings.security-none')
    : t('programs:settings.security-none-as-far-as', { host: account.sshHost });
}

/**
 * How far the tunnel protects a mail program that speaks plain text, in a sentence. Such programs warn of "insecure"
 * servers, as Thunderbird does, since they know of no tunnel.
 */
function reachOf(account: Account, forward: Forward, t: Translate): string {
  return isPrivateToTheEnd(account, forward)
    ? t('programs:settings.all-the-way')
    : t('programs:settings.part-of-the-way', { host: account.sshHost });
}

/** What else to know of a forward: of the certificate, where the mail program sees one, and of signing in. */
export function notesOn(forward: Forward, t: Translate): readonly string[] {
  const { tls, signIn } = natureOf(forward);
  const names = { host: forward.mailHost, local: forward.localAddress };
  return [
    ...(tls ? [t('programs:settings.certificate', names)] : []),
    ...(signIn ? [] : [t('programs:settings.sign-in-to-send')]),
  ];
}

/** The pages of a mail program with these fields, one for each forward; each says how the mail is protected. */
export function pages(
  { account, forwards }: { readonly account: Account; readonly forwards: readonly Forward[] },
  t: Translate,
  fieldsOf: (forward: Forward, nature: Nature) => readonly Field[],
): readonly Block[] {
  return forwards.map((forward) => {
    const nature = natureOf(forward);
    const reach = nature.tls ? [] : [reachOf(account, forward, t)];
    return {
      title: titleOf(forward, t),
      fields: fieldsOf(forward, nature),
      notes: [...reach, ...notesOn(forward, t)],
    };
  });
}

/** A page's title: "Incoming mail (POP3)". */
export function titleOf(forward: Forward, t: Translate): string {
  const { incoming, name } = natureOf(forward);
  return t(incoming ? 'programs:settings.incoming' : 'programs:settings.outgoing', {
    protocol: name,
  });
}

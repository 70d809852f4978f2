import { shell } from 'electron';

/** A link (RFC 6068) to a new message without a recipient. */
function mailLink(subject: string, body: string): string {
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}

/** Opens a new message in the person's mail program. Rejects when the system knows of none. */
export function composeMail(subject: string, body: string): Promise<void> {
  return shell.openExternal(mailLink(subject, body));
}

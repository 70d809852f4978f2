import type { ImportProblem } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import { problemOfAll } from './findings';
import type { SetupFile } from './setup-file';

/** Links begin with this; what follows is the whole set-up file in base64url (RFC 4648, 5), so that nothing is fetched. */
export const LINK_START = 'mailmole://setup/';
/** Longest link: mail programs and systems cut longer ones, in UTF-16 units. */
export const LONGEST_LINK = 16_384;

/** The text of the set-up file in a link. */
export function textOfLink(link: string): Result<string, readonly ImportProblem[]> {
  if (link.length > LONGEST_LINK) return fail([problemOfAll('import:link.too-long')]);
  // A browser may add a slash at the end.
  const read = /^mailmole:\/\/setup\/([\w-]+)\/?$/iu.exec(link.trim());
  if (read === null) return fail([problemOfAll('import:link.broken')]);
  const bytes = Buffer.from(read[1] ?? '', 'base64url');
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return fail([problemOfAll('import:link.broken')]);
  }
}

/** The link that carries a set-up file; null when it would be too long. */
export function linkOf(setup: SetupFile): string | null {
  const { $schema: _editor, ...rest } = setup;
  const link = LINK_START + Buffer.from(JSON.stringify(rest), 'utf8').toString('base64url');
  return link.length > LONGEST_LINK ? null : link;
}

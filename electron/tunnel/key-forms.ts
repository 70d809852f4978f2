import { inspectPpk, openPpk } from './ppk';
import { inspectKey, openKey, type KeyFacts, type OpenedKey } from './private-key';

/** PuTTY's files count by their bytes, since the comment may be in any code page; all others are text. */
function isPutty(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 200).trimStart().startsWith('PuTTY-User-Key-File-');
}

/** Looks at the bytes of a key file of any form: what it is, whether it wants a passphrase, and its public half. */
export function inspectKeyBytes(bytes: Buffer): KeyFacts {
  return isPutty(bytes) ? inspectPpk(bytes) : inspectKey(bytes.toString());
}

/**
 * Opens a key file of any form. An encrypted one blocks for seconds: see `key-worker.ts`.
 *
 * @param passphrase null for a key without one
 */
export async function openKeyBytes(bytes: Buffer, passphrase: string | null): Promise<OpenedKey> {
  return isPutty(bytes) ? openPpk(bytes, passphrase) : openKey(bytes.toString(), passphrase);
}

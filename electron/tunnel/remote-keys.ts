import type { TunnelError } from '../shared/tunnel-error';
import { cleanServerText } from './error-mapping';
import { TunnelFailure } from './tunnel-failure';

/** The account's list of keys on a server, as SFTP or a shell reach it. Whatever is not found or not allowed there is a `TunnelFailure` `key-not-installed`. */
export interface RemoteKeys {
  /** Null when there is no such file yet. */
  read(): Promise<Buffer | null>;
  /**
   * Puts `after` in the place of `before`, in one step: whoever reads the file meanwhile sees one or the other, whole.
   * What is new is for its owner only (folder 0700, file 0600); what was there keeps its mode, except that nobody else
   * may write to it.
   *
   * @returns false when somebody else has changed the file since, which is then left as it is
   */
  write(before: Buffer | null, after: Buffer): Promise<boolean>;
}

/** A longer list of keys, in bytes, is not one that a person keeps. */
export const LARGEST_KEY_LIST = 256 * 1024;

type Why = Extract<TunnelError, { kind: 'key-not-installed' }>['why'];

/** @param detail the server's own text, or ours, for Details */
export function notInstalled(host: string, why: Why, detail: string): TunnelFailure {
  return new TunnelFailure({
    kind: 'key-not-installed',
    host,
    why,
    detail: cleanServerText(detail),
  });
}

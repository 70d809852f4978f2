import type { SignInMethod } from '../shared/tunnel-error';

/** What one attempt has learned, over all the connections that it takes. */
export class AttemptMemory {
  /** What was really put before the server, in order; of questions of its own, those that were answered. */
  readonly tried: SignInMethod[] = [];
  /** Was the server told to ask what it likes, which it may have refused to do? */
  letItAsk = false;
  /** Public keys (base64) that the server did not want. */
  readonly refusedKeys = new Set<string>();
  /** Keys of agents that are no use here, in words for an administrator. */
  readonly unusableKeys = new Set<string>();
  /** Keys being opened by name: a passphrase is typed, or its derivation runs, while the connection may be gone. */
  readonly opening = new Map<string, Promise<string>>();
}

import type { Client } from 'ssh2';
import type { Inside } from './ssh2-inside';

/** What of a client is reached into here. */
interface Keeper {
  /** Who waits for which answer: the server answers requests in turn, and names none (RFC 4254, 4). */
  readonly _callbacks: (() => void)[];
  /** Starts the timer of ssh2's keepalive anew. */
  _resetKA: () => void;
}

/**
 * Puts ssh2's own keepalive out of action, which has a timer for every connection, and hands out the question instead
 * (`keepalive@openssh.com`, which every server answers, be it with a no). Whoever asks looks after the answers.
 *
 * @param client that has begun to connect, and has not signed in
 * @param inside of that client
 * @returns asks the server for a sign of life; does nothing on a connection that is over
 */
export function takeOverKeepalive(client: Client, { protocol }: Inside): () => void {
  const keeper = client as unknown as Keeper;
  // ssh2 starts its timer here, and then does this (readyTimeout is 0, so it has no other timer).
  protocol._handlers['USERAUTH_SUCCESS'] = () => void client.emit('ready');
  keeper._resetKA = () => undefined;
  return () => {
    if (protocol._destruct === undefined) return;
    keeper._callbacks.push(() => undefined);
    protocol.ping();
  };
}

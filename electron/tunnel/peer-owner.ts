import type { Socket } from 'node:net';
import { tcpSockets, type TcpEntry } from './proc-net';

/** Whose process is at the other end of a local connection. */
export type PeerOwner =
  | { readonly kind: 'same-user' }
  | { readonly kind: 'other-user'; readonly uid: number }
  /** Not Linux, or the other end is gone already: nothing can be said. */
  | { readonly kind: 'unknown' };

/**
 * Looks up who owns the other end of a connection to one of our ports. Linux lists each TCP socket with its user's
 * id; macOS and Windows have nothing that cheap, so there the answer is `unknown`.
 */
export async function peerOwner(socket: Socket): Promise<PeerOwner> {
  const { remoteAddress, remotePort, localPort } = socket;
  const own = process.getuid?.();
  if (process.platform !== 'linux' || own === undefined || remoteAddress === undefined)
    return { kind: 'unknown' };
  const theirs = findPeer(await tcpSockets(), remoteAddress, remotePort ?? 0, localPort ?? 0);
  if (theirs === undefined) return { kind: 'unknown' };
  return theirs.uid === own ? { kind: 'same-user' } : { kind: 'other-user', uid: theirs.uid };
}

/** The peer's own socket: what is remote for us is local for it. */
function findPeer(
  sockets: readonly TcpEntry[],
  address: string,
  port: number,
  ourPort: number,
): TcpEntry | undefined {
  return sockets.find(
    (entry) =>
      entry.localPort === port && entry.remotePort === ourPort && entry.localAddress === address,
  );
}

import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { coalesced } from './coalesced';
import { tcpSocketBetween, tcpSockets, type TcpEntry } from './proc-net';

/** Whose process is at the other end of a local connection. */
export type PeerOwner =
  | { readonly kind: 'same-user' }
  | { readonly kind: 'other-user'; readonly uid: number }
  /** The other end is closed already, so nobody is there to be answered; whose it was can no longer be told. */
  | { readonly kind: 'gone' }
  /** Not Linux, or a Linux that hides its list of sockets from us. */
  | { readonly kind: 'unknown' };

/** The two ends of a connection, as our socket knows them. */
export type Ends = Pick<
  Socket,
  'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort' | 'destroyed'
>;

/** A list of sockets by both of their ends. */
type SocketTable = ReadonlyMap<string, TcpEntry>;

/** One reading serves every connection that arrived before it began: a burst of a thousand must not read a thousand times. */
const readTable = coalesced(async () => {
  // A long list takes as long to read as many connections to arrive. Before it is read again they are let in.
  const rest = last.ended + last.entries * REST_MS - performance.now();
  if (rest > 5) await setTimeout(rest);
  const sockets = await tcpSockets();
  last = { ended: performance.now(), entries: sockets.length };
  return tableOf(sockets);
});
/** How long nothing is read after a reading, in milliseconds for each socket that was in the list. */
const REST_MS = 0.02;
/** When the last reading ended (milliseconds), and how many sockets it gave. */
let last = { ended: 0, entries: 0 };
/** Who comes this long after the last look, in milliseconds, comes alone, and is looked for alone. */
const ALONE_MS = 0.5;
/** How many wait for a reading. */
let waiting = 0;
/** When the last look of either kind ended, in milliseconds. */
let lookedAt = 0;

/**
 * Looks up who owns the other end of a connection to one of our ports. Linux lists each TCP socket with its user's
 * id; macOS and Windows have nothing that cheap, so there the answer is `unknown`.
 */
export async function peerOwner(socket: Ends): Promise<PeerOwner> {
  const own = process.getuid?.();
  if (process.platform !== 'linux' || own === undefined) return { kind: 'unknown' };
  const alone = lookAlone(socket);
  if (alone !== null) return whose(alone, own);
  waiting++;
  try {
    return ownerIn(await readTable(), socket, own);
  } finally {
    waiting--;
    lookedAt = performance.now();
  }
}

/** The other end of a connection that came by itself, found without reading all; null when it is not. */
function lookAlone(socket: Ends): TcpEntry | null {
  const { localAddress, localPort, remoteAddress, remotePort, destroyed } = socket;
  if (waiting > 0 || performance.now() - lookedAt < ALONE_MS || destroyed) return null;
  if (localAddress === undefined || localPort === undefined) return null;
  if (remoteAddress === undefined || remotePort === undefined) return null;
  const found = tcpSocketBetween(
    { address: remoteAddress, port: remotePort },
    { address: localAddress, port: localPort },
  );
  lookedAt = performance.now();
  return found;
}

/**
 * The pure part.
 *
 * @param own the user id that counts as the same user
 */
export function ownerIn(table: SocketTable, socket: Ends, own: number): PeerOwner {
  const { localAddress, localPort, remoteAddress, remotePort, destroyed } = socket;
  if (destroyed || remoteAddress === undefined) return { kind: 'gone' };
  const near = `${localAddress} ${localPort}`;
  const far = `${remoteAddress} ${remotePort}`;
  // A list that does not hold our own end does not tell us anything about the other one.
  if (!table.has(`${near} ${far}`)) return { kind: 'unknown' };
  // What is remote for us is local for the peer.
  const theirs = table.get(`${far} ${near}`);
  return theirs === undefined ? { kind: 'gone' } : whose(theirs, own);
}

function whose(theirs: TcpEntry, own: number): PeerOwner {
  // A socket that no process holds any more is listed without an inode, and as root's.
  if (theirs.inode === '0') return { kind: 'gone' };
  return theirs.uid === own ? { kind: 'same-user' } : { kind: 'other-user', uid: theirs.uid };
}

export function tableOf(sockets: readonly TcpEntry[]): SocketTable {
  return new Map(
    sockets.map((entry) => [
      `${entry.localAddress} ${entry.localPort} ${entry.remoteAddress} ${entry.remotePort}`,
      entry,
    ]),
  );
}

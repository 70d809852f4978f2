import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** One socket as Linux lists it in /proc/net/tcp and /proc/net/tcp6 (proc(5)). */
export interface TcpEntry {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly listening: boolean;
  readonly uid: number;
  readonly inode: string;
}

const LISTEN = '0A';
/** The first piece of the list that a look for one socket reads, in bytes: two lines. Each next is larger by a quarter … */
const FIRST_PIECE = 300;
/** … up to this, which is all that the kernel hands out at once. */
const page = Buffer.allocUnsafeSlow(4096);

/** Reads the text of /proc/net/tcp or tcp6. Lines that cannot be read are passed over. */
export function parseProcNet(text: string): readonly TcpEntry[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state, , , , uid, , inode] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined || inode === undefined) return [];
      const [localAddress, localPort] = endpoint(local);
      const [remoteAddress, remotePort] = endpoint(remote);
      const listening = state === LISTEN;
      return [
        { localAddress, localPort, remoteAddress, remotePort, listening, uid: Number(uid), inode },
      ];
    });
}

/** `0100007F:2B66` is 127.0.0.1:11110: the kernel prints each 32-bit word of the address in the machine's byte order. */
function endpoint(hex: string): [address: string, port: number] {
  const [words = '', port = ''] = hex.split(':');
  const bytes = (words.match(/.{8}/g) ?? []).flatMap((word) => [
    ...Buffer.from(word, 'hex').reverse(),
  ]);
  return [addressText(bytes), Number.parseInt(port, 16)];
}

/** IPv4, IPv4 within IPv6, or IPv6 with its groups written out; enough to compare, since both sides come from here. */
function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const mapped =
    bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (mapped) return bytes.slice(12).join('.');
  if (bytes.slice(0, 15).every((b) => b === 0)) return bytes[15] === 1 ? '::1' : '::';
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}

/**
 * All TCP sockets of this computer that Linux shows; empty elsewhere. The kernel writes the list while it is read, in
 * well under a millisecond; by way of Node's threads it would take ten times as long, and every mail program waits.
 */
export async function tcpSockets(): Promise<readonly TcpEntry[]> {
  // Whoever else comes in this turn of the loop is in the list, too.
  await setImmediate();
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => parseProcNet(textOf(file)));
}

/** One end of a TCP connection. */
export interface TcpEnd {
  readonly address: string;
  readonly port: number;
}

/**
 * The socket of this computer that has these two ends; null where it is not found, and for addresses other than IPv4
 * and `::1`. A program that speaks IPv4 through an IPv6 socket is not found either.
 *
 * It reads only as far as it must. For the list the kernel goes through all of its table, a quarter of a million
 * places where there is much memory, which takes 3 ms for each of the two files; the socket lies anywhere in it.
 */
export function tcpSocketBetween(local: TcpEnd, remote: TcpEnd): TcpEntry | null {
  const [from, to] = [endpointText(local), endpointText(remote)];
  if (from === null || to === null) return null;
  const wanted = `: ${from} ${to} `;
  let text = '';
  for (const piece of piecesOf(local.address.includes(':') ? '/proc/net/tcp6' : '/proc/net/tcp')) {
    text += piece;
    const at = text.indexOf(wanted);
    const end = at < 0 ? -1 : text.indexOf('\n', at);
    if (end >= 0) return parseProcNet(`\n${text.slice(at, end)}`)[0] ?? null;
    // Of what did not have it only the last line may go on in the next piece.
    if (at < 0) text = text.slice(text.lastIndexOf('\n') + 1);
  }
  return null;
}

function* piecesOf(file: string): Generator<string> {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return;
  }
  try {
    for (let size = FIRST_PIECE; ; size = Math.min(page.length, Math.ceil(size * 1.25))) {
      const length = readSync(fd, page, 0, size, null);
      if (length === 0) return;
      yield page.toString('latin1', 0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** The reverse of `endpoint`, for the addresses that mail programs connect from. */
function endpointText({ address, port }: TcpEnd): string | null {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  if (address === '::1') return `00000000000000000000000001000000:${hexPort}`;
  if (!isIPv4(address)) return null;
  const bytes = Buffer.from(address.split('.').map(Number)).reverse();
  return `${bytes.toString('hex').toUpperCase()}:${hexPort}`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The program that listens on a port of an address, as a person knows it: its name. Null where the system does not
 * tell: another user's program, or no Linux.
 */
export async function holderOf(address: string, port: number): Promise<string | null> {
  const everywhere = ['0.0.0.0', '::'];
  const holder = (await tcpSockets()).find(
    (entry) =>
      entry.listening &&
      entry.localPort === port &&
      (entry.localAddress === address || everywhere.includes(entry.localAddress)),
  );
  return holder === undefined ? null : programWithSocket(holder.inode);
}

async function programWithSocket(inode: string): Promise<string | null> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (await holdsSocket(pid, inode))
      return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() || null;
  }
  return null;
}

async function holdsSocket(pid: string, inode: string): Promise<boolean> {
  const wanted = `socket:[${inode}]`;
  // Other users' file descriptors cannot be read; their programs stay unnamed.
  const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const fd of fds) {
    if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')) === wanted) return true;
  }
  return false;
}

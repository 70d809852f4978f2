import { isIPv6, type Socket } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Secret } from '../secrets/secret';
import { cleanServerText } from './error-mapping';

/** Why a proxy did not lead on. */
export type ProxyTrouble =
  /** The proxy's rules do not allow this connection. */
  | 'forbidden'
  /** The target refused the proxy's connection. */
  | 'refused'
  /** The proxy found no way to the target, or no such name. */
  | 'unreachable'
  /** It wants a sign-in, and none is known. */
  | 'sign-in-needed'
  /** It did not take the user name and password. */
  | 'sign-in-refused'
  /** What answers there speaks another protocol. */
  | 'not-a-proxy'
  | 'other';

/** A proxy's failure; `detail` says in a sentence what happened, with the proxy's own words cleaned. */
export class ProxyFailure extends Error {
  readonly reason: ProxyTrouble;
  readonly detail: string;

  constructor(reason: ProxyTrouble, detail: string) {
    const cleaned = cleanServerText(detail);
    super(`${reason}: ${cleaned}`);
    this.name = 'ProxyFailure';
    this.reason = reason;
    this.detail = cleaned;
  }
}

/** Where a proxy shall lead to. */
export interface ProxyTarget {
  /** A name, which the proxy resolves, or a literal address without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

export interface ProxyCredentials {
  readonly user: string;
  readonly password: Secret;
}

/**
 * Runs one exchange with a proxy over a connected socket that nobody else reads yet. Afterwards the socket is as it
 * was, less the bytes that `talk` took; when anything fails it is destroyed.
 *
 * @param socket with an `error` listener of its owner's, as `dial` gives it
 * @param signal the time limit is the caller's
 * @throws ProxyFailure, or the signal's reason
 */
export async function converse(
  socket: Socket,
  signal: AbortSignal,
  talk: (proxy: ProxyTalk) => Promise<void>,
): Promise<void> {
  const proxy = new ProxyTalk(socket, signal);
  try {
    await talk(proxy);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  } finally {
    proxy.release();
  }
}

/** Reads a socket in exact portions. What is not asked for stays in the socket, for the next reader. */
export class ProxyTalk {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  #wake: () => void = () => undefined;
  readonly #onEvent = () => this.#wake();

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    // A listener that came and went with every wait would be called at once, for ever, while a part is there.
    for (const event of EVENTS) socket.on(event, this.#onEvent);
    signal.addEventListener('abort', this.#onEvent);
  }

  write(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Waits for exactly `size` bytes. */
  async exactly(size: number): Promise<Buffer> {
    const bytes = await this.#read(size);
    // At the end of the stream a socket gives out what there is.
    if (bytes.length < size) throw closed();
    return bytes;
  }

  /** Waits until there is anything, and takes all of it. */
  some(): Promise<Buffer> {
    return this.#read();
  }

  /** Puts back what was taken too much. */
  giveBack(bytes: Buffer): void {
    if (bytes.length > 0) this.#socket.unshift(bytes);
  }

  release(): void {
    for (const event of EVENTS) this.#socket.off(event, this.#onEvent);
    this.#signal.removeEventListener('abort', this.#onEvent);
  }

  async #read(size?: number): Promise<Buffer> {
    for (;;) {
      this.#signal.throwIfAborted();
      const bytes = this.#socket.read(size) as Buffer | null;
      if (bytes !== null) return bytes;
      if (this.#socket.errored) throw new ProxyFailure('other', this.#socket.errored.message);
      if (this.#socket.destroyed || this.#socket.readableEnded) throw closed();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const EVENTS = ['readable', 'end', 'error', 'close'] as const;

function closed(): ProxyFailure {
  return new ProxyFailure('other', 'the proxy closed the connection');
}

/**
 * A host as it may stand in a request to a proxy: in ASCII, without anything that could end a line.
 *
 * @throws ProxyFailure `other` for what no proxy can reach
 */
export function hostForProxy(host: string): string {
  // Only names outside ASCII, since the function takes digits and dots for an abbreviated IPv4 address.
  const ascii = /[^\u0000-\u007f]/.test(host) ? domainToASCII(host) : host;
  if (isIPv6(ascii) && ascii.includes('%'))
    throw new ProxyFailure('other', `${host} has a meaning on this computer only`);
  if (!/^[!-~]{1,255}$/.test(ascii)) throw new ProxyFailure('other', `${host} is not a host name`);
  return ascii;
}

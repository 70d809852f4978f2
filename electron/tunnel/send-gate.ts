import type { Writable } from 'node:stream';
import { LineSpeed } from './line-speed';

/** More than this waiting to be sent on the SSH socket closes the gate, in bytes … */
export const GATE_LIMIT = 64 * 1024;
/**
 * … and on a slow line this: the kernel's own buffer is full whenever anything waits here, so that more of it speeds
 * nothing up, and everybody else waits behind it: half a second for 64 KB at 1 Mbit/s.
 */
export const SLOW_GATE_LIMIT = 4 * 1024;

/** SSH adds some 40 bytes to each, half a percent. Many small ones cost much CPU time, which only a fast line has use for. */
const SLOW_PIECE = 8 * 1024;

/** What of a socket the gate looks at. */
export interface GateSocket {
  readonly writable: boolean;
  readonly writableLength: number;
  write(chunk: Buffer | string, sent?: (error: Error | null | undefined) => void): unknown;
}

/**
 * Keeps what waits to be sent on one SSH connection short. ssh2 itself queues up to the server's window, 2 MB a
 * channel, which makes every other connection wait 17 s beside one upload at 1 Mbit/s and kills the keepalive at
 * 56 kbit/s. So local sockets are not read while the SSH socket has more than its limit unsent.
 */
export class SendGate {
  readonly #socket: GateSocket;
  readonly #now: () => number;
  readonly #speed = new LineSpeed();
  readonly #waiting = new Set<() => void>();
  #watching = false;
  /** Bytes that waited here and were sent. */
  #sent = 0;

  /** @param now a clock in milliseconds that only goes forward */
  constructor(socket: GateSocket, now: () => number = () => performance.now()) {
    this.#socket = socket;
    this.#now = now;
  }

  get isOpen(): boolean {
    return this.#socket.writableLength <= this.limit;
  }

  /** In bytes; it follows the speed of the line. */
  get limit(): number {
    return this.#speed.isSlow ? SLOW_GATE_LIMIT : GATE_LIMIT;
  }

  /** The most that one connection may add at a time, in bytes: more would make little of the limit. */
  get piece(): number {
    return this.#speed.isSlow ? SLOW_PIECE : GATE_LIMIT;
  }

  /** Calls back once the gate is open again, in turn; the returned function takes the place in the queue back. */
  whenOpen(resume: () => void): () => void {
    this.#waiting.add(resume);
    this.#watch();
    return () => this.#waiting.delete(resume);
  }

  /** How many wait, for tests and diagnosis. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Looks again when all that waits now is sent. An empty write tells when that is; `drain` would not, since a socket
   * whose own mark lies above our limit never asks for it.
   */
  #watch(): void {
    // A socket that ends sends nothing more; whoever waits is reset with the session.
    if (this.#watching || !this.#socket.writable) return;
    this.#watching = true;
    const waits = this.#socket.writableLength;
    this.#speed.waitBegins(this.#now(), this.#sent);
    this.#socket.write('', (error) => {
      this.#watching = false;
      if (error !== null && error !== undefined) return;
      this.#sent += waits;
      this.#speed.waitEnds(this.#now(), this.#sent);
      this.#letThrough();
      if (this.#waiting.size > 0) this.#watch();
    });
  }

  #letThrough(): void {
    for (const resume of [...this.#waiting]) {
      if (!this.isOpen) return;
      this.#waiting.delete(resume);
      resume();
    }
  }
}

/**
 * Joins the writes of one tick into one system call. ssh2 writes each packet in three parts; without this each part
 * is a packet of its own on the wire, now that TCP_NODELAY is set (without that it waits 40 ms for the peer's
 * delayed acknowledgement).
 */
export function corkPerTick(socket: Writable): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let corked = false;
  const corking = (...args: unknown[]): boolean => {
    if (!corked && !isConnecting(socket)) {
      corked = true;
      socket.cork();
      process.nextTick(() => {
        corked = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
  socket.write = corking;
}

/** A socket of the system cannot be corked before it is connected: it would write nothing then. */
function isConnecting(socket: Writable): boolean {
  return 'connecting' in socket && socket.connecting === true;
}

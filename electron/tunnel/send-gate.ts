import type { Writable } from 'node:stream';

/** More than this waiting to be sent on the SSH socket closes the gate, in bytes. */
export const GATE_LIMIT = 64 * 1024;

/**
 * Keeps what waits to be sent on one SSH connection short. ssh2 itself queues up to the server's window, 2 MB a
 * channel, which makes every other connection wait 17 s beside one upload at 1 Mbit/s and kills the keepalive at
 * 56 kbit/s. So local sockets are not read while the SSH socket has more than `GATE_LIMIT` unsent.
 */
export class SendGate {
  readonly #socket: Writable;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Writable) {
    this.#socket = socket;
    socket.on('drain', () => this.#letThrough());
  }

  get isOpen(): boolean {
    return this.#socket.writableLength <= GATE_LIMIT;
  }

  /** Calls back once the gate is open again, in turn; the returned function takes the place in the queue back. */
  whenOpen(resume: () => void): () => void {
    this.#waiting.add(resume);
    return () => this.#waiting.delete(resume);
  }

  /** How many wait, for tests and diagnosis. */
  get waiting(): number {
    return this.#waiting.size;
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

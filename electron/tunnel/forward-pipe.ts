import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SendGate } from './send-gate';

/** Bytes of one connection that may wait for the server's window before its local socket is no longer read. */
const UNSENT_LIMIT = 64 * 1024;

/** The mail server's side of a connection: a channel, or what is inside the TLS that goes through one. */
export interface FarEnd {
  readonly stream: Duplex;
  /** Did the mail server's side come to its end by itself? If not, an end is a break, and what came may be cut. */
  readonly saidEof: boolean;
  /** Closes both directions at once; may throw where the SSH connection is gone. */
  close(): void;
}

export interface PipeMeter {
  /** Bytes from the mail server to the mail program. */
  down(bytes: number): void;
  /** Bytes from the mail program to the mail server. */
  up(bytes: number): void;
}

export interface Pipe {
  /** Breaks the connection: the mail program sees a reset, never a clean end. */
  reset(): void;
  /** Resolves when both sides are gone. */
  readonly done: Promise<void>;
}

/**
 * Joins a mail program's socket and a mail server's side, until both have ended. Each side is read only as fast as the other
 * takes; an end of one is passed on as an end and the other direction goes on (half-close); anything else that ends
 * the channel resets the socket, so that a message that was cut never looks whole.
 */
export function joinForward(
  socket: Socket,
  farEnd: FarEnd,
  gate: SendGate,
  meter: PipeMeter,
): Pipe {
  return new JoinedPipe(socket, farEnd, gate, meter);
}

class JoinedPipe implements Pipe {
  readonly done: Promise<void>;
  readonly #socket: Socket;
  readonly #farEnd: FarEnd;
  readonly #channel: Duplex;
  readonly #gate: SendGate;
  readonly #meter: PipeMeter;
  #unsent = 0;
  /** What was read of the mail program and may not go out yet; it is not read on meanwhile. */
  #held: Buffer | null = null;
  #leaveQueue: (() => void) | null = null;
  #channelClosed = false;
  #socketClosed = false;
  #finish: () => void = () => undefined;

  constructor(socket: Socket, farEnd: FarEnd, gate: SendGate, meter: PipeMeter) {
    this.#socket = socket;
    this.#farEnd = farEnd;
    this.#channel = farEnd.stream;
    this.#gate = gate;
    this.#meter = meter;
    this.done = new Promise((resolve) => (this.#finish = resolve));
    this.#listenToChannel();
    this.#listenToSocket();
  }

  reset(): void {
    const socket = this.#socket;
    // A reset that meets an end on its way out fails (EINVAL) and leaks the socket. All was said then; let it end.
    const ending = socket.writableEnded && socket.writableLength === 0 && !socket.writableFinished;
    if (ending) this.#endSocketWhenFlushed();
    else socket.resetAndDestroy();
    this.#closeChannel();
    // Where the SSH connection is gone, ssh2 may never say that the channel is.
    this.#finish();
  }

  #listenToSocket(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#sendUp(chunk));
    socket.on('drain', () => this.#channel.resume());
    socket.on('end', () => this.#channel.end());
    // What an error means for the channel is decided on `close`, which always follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#socketClosed = true;
      this.#leaveQueue?.();
      this.#closeWhenSent();
      // Nobody reads any more; but only a channel that is read to its end tells that it is closed.
      this.#channel.resume();
      this.#checkDone();
    });
    // The socket was held (paused, perhaps for long) until the tunnel was up; now it is read.
    if (socket.destroyed) this.#closeChannel();
    else socket.resume();
  }

  #listenToChannel(): void {
    const channel = this.#channel;
    channel.on('data', (chunk: Buffer) => {
      if (this.#socketClosed) return;
      this.#meter.down(chunk.length);
      if (!this.#socket.write(chunk)) channel.pause();
    });
    channel.on('end', () => {
      if (!this.#farEnd.saidEof) {
        this.reset();
        return;
      }
      this.#socket.end();
      if (this.#socket.readableEnded) this.#closeWhenSent();
    });
    channel.on('error', () => this.reset());
    channel.on('close', () => {
      this.#channelClosed = true;
      // The far side takes nothing more; what the mail program still says has nowhere to go.
      if (this.#farEnd.saidEof) this.#endSocketWhenFlushed();
      else this.reset();
      this.#checkDone();
    });
  }

  #endSocketWhenFlushed(): void {
    const socket = this.#socket;
    if (socket.writableFinished) socket.destroy();
    else socket.once('finish', () => socket.destroy());
  }

  #sendUp(chunk: Buffer): void {
    // The server closed the channel, and the mail program has not read that far yet.
    if (this.#channel.writableEnded) return;
    this.#held = this.#held === null ? chunk : Buffer.concat([this.#held, chunk]);
    this.#sendHeld();
    if (this.#mustWait()) this.#socket.pause();
    if (!this.#gate.isOpen) this.#queue();
  }

  #sendHeld(): void {
    // What comes after the server closed the channel has nowhere to go.
    if (this.#channel.writableEnded) this.#held = null;
    while (this.#held !== null && !this.#isFull()) {
      const { piece } = this.#gate;
      const part = this.#held.subarray(0, piece);
      this.#held = this.#held.length > piece ? this.#held.subarray(piece) : null;
      this.#meter.up(part.length);
      this.#unsent += part.length;
      this.#channel.write(part, () => {
        this.#unsent -= part.length;
        this.#readOn();
      });
    }
  }

  #isFull(): boolean {
    return this.#unsent > UNSENT_LIMIT || !this.#gate.isOpen;
  }

  #mustWait(): boolean {
    return this.#held !== null || this.#isFull();
  }

  #queue(): void {
    this.#leaveQueue ??= this.#gate.whenOpen(() => {
      this.#leaveQueue = null;
      this.#readOn();
    });
  }

  #readOn(): void {
    if (this.#socketClosed || !this.#socket.isPaused()) return;
    this.#sendHeld();
    if (!this.#mustWait()) this.#socket.resume();
    else if (!this.#gate.isOpen) this.#queue();
  }

  /** After a clean end of the mail program's side, what it sent still goes out before the channel is closed. */
  #closeWhenSent(): void {
    if (!this.#socket.readableEnded || this.#channel.writableFinished) this.#closeChannel();
    else this.#channel.once('finish', () => this.#closeChannel());
  }

  #closeChannel(): void {
    if (this.#channelClosed) return;
    try {
      this.#farEnd.close();
    } catch {
      // The SSH connection is gone, and the channel with it.
    }
  }

  #checkDone(): void {
    if (this.#socketClosed && this.#channelClosed) this.#finish();
  }
}

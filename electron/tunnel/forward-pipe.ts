import type { Socket } from 'node:net';
import type { ClientChannel } from 'ssh2';
import type { SendGate } from './send-gate';

/** Bytes of one connection that may wait for the server's window before its local socket is no longer read. */
const UNSENT_LIMIT = 64 * 1024;
/** A server that pushes more than this past what the client reads, in bytes, is not playing by the window (ssh2#1505). */
export const UNREAD_LIMIT = 8 * 1024 * 1024;

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
 * Joins a mail program's socket and a channel, until both have ended. Each side is read only as fast as the other
 * takes; an end of one is passed on as an end and the other direction goes on (half-close); anything else that ends
 * the channel resets the socket, so that a message that was cut never looks whole.
 *
 * @param onFlood the server sent far more than its window allows; the whole connection is not to be trusted
 */
export function joinForward(
  socket: Socket,
  channel: ClientChannel,
  gate: SendGate,
  meter: PipeMeter,
  onFlood: () => void,
): Pipe {
  return new JoinedPipe(socket, channel, gate, meter, onFlood);
}

class JoinedPipe implements Pipe {
  readonly done: Promise<void>;
  readonly #socket: Socket;
  readonly #channel: ClientChannel;
  readonly #gate: SendGate;
  readonly #meter: PipeMeter;
  #unsent = 0;
  #leaveQueue: (() => void) | null = null;
  /** The server said that the mail server's side is at its end (EOF), which is not the same as a closed channel. */
  #saidEof = false;
  #channelClosed = false;
  #socketClosed = false;
  #finish: () => void = () => undefined;

  constructor(
    socket: Socket,
    channel: ClientChannel,
    gate: SendGate,
    meter: PipeMeter,
    onFlood: () => void,
  ) {
    this.#socket = socket;
    this.#channel = channel;
    this.#gate = gate;
    this.#meter = meter;
    this.done = new Promise((resolve) => (this.#finish = resolve));
    this.#watchPush(onFlood);
    this.#listenToChannel();
    this.#listenToSocket();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
    this.#closeChannel();
    // Where the SSH connection is gone, ssh2 may never say that the channel is.
    this.#finish();
  }

  #listenToSocket(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#sendUp(chunk));
    socket.on('drain', () => this.#channel.resume());
    socket.on('end', () => this.#channel.end());
    socket.on('error', () => this.#closeChannel());
    socket.on('close', () => {
      this.#socketClosed = true;
      this.#leaveQueue?.();
      this.#closeWhenSent();
      this.#checkDone();
    });
    // The socket was held (paused, perhaps for long) until the tunnel was up; now it is read.
    if (socket.destroyed) this.#closeChannel();
    else socket.resume();
  }

  #listenToChannel(): void {
    const channel = this.#channel;
    channel.on('data', (chunk: Buffer) => {
      this.#meter.down(chunk.length);
      if (!this.#socket.write(chunk)) channel.pause();
    });
    channel.on('end', () => {
      if (!this.#saidEof) {
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
      if (this.#saidEof) this.#endSocketWhenFlushed();
      else this.reset();
      this.#checkDone();
    });
    // ssh2 gives a channel of this kind a second readable side that nothing is ever sent on; it must still be drained.
    channel.stderr.resume();
  }

  #endSocketWhenFlushed(): void {
    const socket = this.#socket;
    if (socket.writableFinished) socket.destroy();
    else socket.once('finish', () => socket.destroy());
  }

  #sendUp(chunk: Buffer): void {
    this.#meter.up(chunk.length);
    this.#unsent += chunk.length;
    this.#channel.write(chunk, () => {
      this.#unsent -= chunk.length;
      this.#readOn();
    });
    if (this.#mustWait()) this.#socket.pause();
    if (!this.#gate.isOpen) this.#queue();
  }

  #mustWait(): boolean {
    return this.#unsent > UNSENT_LIMIT || !this.#gate.isOpen;
  }

  #queue(): void {
    this.#leaveQueue ??= this.#gate.whenOpen(() => {
      this.#leaveQueue = null;
      this.#readOn();
    });
  }

  #readOn(): void {
    if (this.#socketClosed || !this.#socket.isPaused()) return;
    if (this.#unsent > UNSENT_LIMIT) return;
    if (this.#gate.isOpen) this.#socket.resume();
    else this.#queue();
  }

  /** After a clean end of the mail program's side, what it sent still goes out before the channel is closed. */
  #closeWhenSent(): void {
    if (!this.#socket.readableEnded || this.#channel.writableFinished) this.#closeChannel();
    else this.#channel.once('finish', () => this.#closeChannel());
  }

  #closeChannel(): void {
    if (this.#channelClosed) return;
    try {
      this.#channel.close();
    } catch {
      // The SSH connection is gone, and the channel with it.
    }
  }

  #checkDone(): void {
    if (this.#socketClosed && this.#channelClosed) this.#finish();
  }

  /**
   * Sees every packet and the end before they enter the channel's buffer. ssh2 looks only whether the window is
   * exactly used up, so a hostile server can go on sending for ever; here each packet is counted against what is
   * still unread. And ssh2 ends a channel that was closed or lost just as one that came to its end; only the
   * channel's state at this moment tells the two apart.
   */
  #watchPush(onFlood: () => void): void {
    const channel = this.#channel as ClientChannel & { incoming?: { state?: string } };
    const push = channel.push.bind(channel);
    channel.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null) this.#saidEof = channel.incoming?.state === 'eof';
      else if (channel.readableLength + (chunk as Buffer).length > UNREAD_LIMIT) {
        onFlood();
        return false;
      }
      return push(chunk, encoding);
    };
  }
}

import type { Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';

/** Octets that may wait in the SSH connection's own socket before its channels stop reading from the mail server. */
const MAX_UNSENT = 256 * 1024;
/** ssh2 lets a client overrun its window of 2 MB (mscdex/ssh2#1505); whoever does it by this much is cut off. */
const MAX_UNREAD = 4 * 1024 * 1024;

/**
 * Joins an SSH channel with a TCP connection, both directions on their own: each side's end is passed on as an end
 * (half-close) and the channel is closed when both have ended. A reset on either side ends the other at once.
 */
export class SshPipe {
  readonly #channel: ServerChannel;
  readonly #target: Socket;
  readonly #transport: Socket;
  #writing = 0;
  #targetEnded = false;
  #channelEnded = false;

  /** @param transport the socket that carries the SSH connection. */
  constructor(channel: ServerChannel, target: Socket, transport: Socket) {
    this.#channel = channel;
    this.#target = target;
    this.#transport = transport;
    this.#carryUp();
    this.#carryDown();
    const cut = (): void => {
      target.destroy();
      channel.close();
    };
    channel.on('error', cut);
    target.on('error', () => undefined);
    target.once('close', () => {
      // Gone without having ended: the channel is closed without an end too, so that nobody takes it for whole.
      if (!this.#targetEnded) cut();
    });
    transport.once('close', cut);
    channel.once('close', () => {
      transport.removeListener('close', cut);
      transport.removeListener('drain', this.#resume);
      target.destroy();
    });
  }

  /** From the SSH client to the mail server. */
  #carryUp(): void {
    const channel = this.#channel;
    const target = this.#target;
    channel.on('data', (chunk: Buffer) => {
      if (!target.write(chunk)) channel.pause();
    });
    const push = channel.push.bind(channel);
    channel.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (channel.readableLength > MAX_UNREAD) this.#transport.destroy();
      return push(chunk, encoding);
    };
    target.on('drain', () => channel.resume());
    channel.once('end', () => {
      this.#channelEnded = true;
      target.end();
      this.#finish();
    });
  }

  /** From the mail server to the SSH client. */
  #carryDown(): void {
    const channel = this.#channel;
    const target = this.#target;
    target.on('data', (chunk: Buffer) => {
      this.#writing += 1;
      const room = channel.write(chunk, () => {
        this.#writing -= 1;
        this.#finish();
      });
      if (!room || this.#transport.writableLength > MAX_UNSENT) target.pause();
    });
    channel.on('drain', this.#resume);
    this.#transport.on('drain', this.#resume);
    target.once('end', () => {
      this.#targetEnded = true;
      this.#finish();
    });
  }

  readonly #resume = (): void => {
    if (this.#channel.writableNeedDrain || this.#transport.writableLength > MAX_UNSENT) return;
    this.#target.resume();
  };

  /**
   * Passes the mail server's end on once everything before it is written. `end()` would not do: on the server's
   * side ssh2 closes the channel with it, and what the client still wants to send would be lost.
   */
  #finish(): void {
    if (!this.#targetEnded || this.#writing > 0) return;
    this.#channel.eof();
    if (this.#channelEnded) this.#channel.end();
  }
}

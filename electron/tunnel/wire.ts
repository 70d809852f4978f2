import { Duplex } from 'node:stream';

/** How TLS records begin: an alert or a handshake (RFC 8446, 5.1). */
const TLS_FIRST_BYTES = [0x15, 0x16];

/**
 * A channel as TLS wants it: a stream that passes back-pressure both ways, remembers how the far side began to speak,
 * and does not end the process by an error that nobody waits for. A channel of ssh2 itself is none: it says `close`
 * before what it holds is read.
 */
export class Wire extends Duplex {
  readonly #channel: Duplex;
  #first: Buffer | null = null;

  constructor(channel: Duplex) {
    // Destroying it would destroy what is built on it, with what that has not given out yet.
    super({ autoDestroy: false });
    this.#channel = channel;
    this.on('error', () => undefined);
    channel.on('data', (chunk: Buffer) => {
      this.#first ??= Buffer.from(chunk.subarray(0, 512));
      if (!this.push(chunk)) channel.pause();
    });
    channel.once('end', () => this.push(null));
    channel.once('error', (error) => this.destroy(error));
    channel.once('close', () => {
      if (!channel.readableEnded) this.push(null);
    });
  }

  /** The first bytes from the far side when they are no TLS: a server that speaks plain text. */
  get plainStart(): Buffer | null {
    const first = this.#first;
    const isTls = first === null || TLS_FIRST_BYTES.includes(first[0] ?? -1);
    return isTls ? null : first;
  }

  /** What came so far was plain and is dealt with; what comes next counts as the beginning. */
  beginAnew(): void {
    this.#first = null;
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    // The far side takes nothing more; how it ended is told where it is read.
    if (this.#channel.writableEnded || this.#channel.destroyed) done();
    else this.#channel.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.#channel.writableEnded) this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // Only a channel that is read to its end tells that it is closed.
    this.#channel.resume();
    try {
      this.#channel.destroy();
    } catch {
      // The SSH connection is gone, and the channel with it.
    }
    done(error);
  }
}

import { Duplex } from 'node:stream';
import type { ForwardChannel } from './forward-channel';
import type { SshSession } from './ssh-session';
import { TunnelFailure } from './tunnel-failure';

type Done = (error?: Error | null) => void;

/**
 * A channel of one SSH connection as the socket of the next. ssh2's channel (1.17.0) only looks like a stream: its
 * `destroy` is a polite end, it forgets call-backs of writes once it is closed, and it queues whatever the server's
 * window allows, however much waits below. This one is destroyed for certain, and takes no more than the connection
 * below can send.
 *
 * It owns that connection: its end is the other's end, and `close` is told when both are gone. When the connection
 * below is lost, it fails with the reason of that, which names the server that was lost.
 */
export class JumpStream extends Duplex {
  readonly #forward: ForwardChannel;
  readonly #through: SshSession;
  #leaveQueue: (() => void) | null = null;

  /**
   * @param forward a channel to the next server, made just now
   * @param through the connection that the channel is of, used for nothing else
   */
  constructor(forward: ForwardChannel, through: SshSession) {
    super({ allowHalfOpen: false });
    this.#forward = forward;
    this.#through = through;
    // Whoever uses the stream listens by itself; before that, an error shows in `errored`.
    this.on('error', () => undefined);
    const { stream: channel } = forward;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => {
      if (forward.saidEof) this.push(null);
      else this.#lose();
    });
    channel.on('error', () => this.#lose());
    channel.on('close', () => {
      // What has come before a clean end is still read.
      if (forward.saidEof && !this.readableEnded) this.once('end', () => this.destroy());
      else this.#lose();
    });
    // Where the connection below is gone, ssh2 may never say that the channel is.
    void through.closed.then(() => this.#lose());
  }

  override _read(): void {
    this.#forward.stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    const { stream: channel } = this.#forward;
    // The far side has closed the channel, and we have not read that far yet.
    if (channel.writableEnded) done();
    else channel.write(chunk, (error) => (error ? done(error) : this.#whenSent(done)));
  }

  /** What one tick has written becomes one message of the channel. */
  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }

  override _final(done: Done): void {
    this.#forward.stream.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#leaveQueue?.();
    try {
      this.#forward.stream.close();
    } catch {
      // The connection below is gone, and the channel with it.
    }
    void this.#through.end().then(() => done(error));
  }

  #whenSent(done: Done): void {
    const { gate } = this.#through;
    if (gate.isOpen) done();
    else this.#leaveQueue = gate.whenOpen(done);
  }

  #lose(): void {
    const { lost } = this.#through;
    this.destroy(lost === null ? undefined : new TunnelFailure(lost));
  }
}

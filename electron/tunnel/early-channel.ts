import type { Client } from 'ssh2';
import { ForwardChannel } from './forward-channel';

/** A server that was asked early and has not answered this long after it let us in, in milliseconds, did not hear it. */
const ANSWER_MS = 3_000;
/** A channel that nobody has come for by then, in milliseconds, is closed. */
const WAIT_MS = 10_000;

/** Where a channel is to lead, and for whom. */
export interface ChannelRequest {
  readonly mailHost: string;
  readonly mailPort: number;
  readonly from: { readonly address: string; readonly port: number };
}

/** A channel that is asked for together with the sign-in, for whoever will want it first. */
export class EarlyChannel {
  readonly request: ChannelRequest;
  /** Rejects as ssh2 tells it when the server refuses the channel; null when it did so before it let us in. */
  readonly #opened: Promise<ForwardChannel | null>;
  readonly #timer: NodeJS.Timeout;
  readonly #onSilence: () => void;
  #letIn = false;
  #taken = false;
  #over = false;

  /**
   * Asks for it at once.
   *
   * @param hooks `onFlood`: see `ForwardChannel`; `onSilence`: the server says nothing to a channel that is wanted
   * @throws Error when the connection is gone
   */
  constructor(
    client: Client,
    request: ChannelRequest,
    hooks: Record<'onFlood' | 'onSilence', () => void>,
  ) {
    this.request = request;
    this.#onSilence = hooks.onSilence;
    const { mailHost, mailPort, from } = request;
    this.#opened = new Promise((resolve, reject) => {
      client.forwardOut(from.address, from.port, mailHost, mailPort, (error, channel) => {
        if (error !== undefined) {
          if (this.#letIn) reject(error);
          else resolve(null);
          return;
        }
        const opened = new ForwardChannel(channel, hooks.onFlood);
        if (this.#over) opened.close();
        resolve(opened);
      });
    });
    // Nobody may be waiting for it.
    this.#opened.catch(() => undefined);
    this.#timer = setTimeout(() => this.drop(), WAIT_MS);
  }

  /** The server let us in: what it says of the channel from now on counts. */
  letIn(): void {
    this.#letIn = true;
  }

  isFor({ mailHost, mailPort, from }: ChannelRequest): boolean {
    const mine = this.request;
    return (
      !this.#taken &&
      !this.#over &&
      mine.mailHost === mailHost &&
      mine.mailPort === mailPort &&
      mine.from.address === from.address &&
      mine.from.port === from.port
    );
  }

  /**
   * Takes it. To be asked only once the server has let us in.
   *
   * @param limitMs how long it may take
   * @returns null when the server says nothing to it: it is to be asked again, in the usual way
   * @throws what ssh2 says of a refused channel
   */
  async take(limitMs: number): Promise<ForwardChannel | null> {
    this.#taken = true;
    clearTimeout(this.#timer);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), Math.min(limitMs, ANSWER_MS));
    });
    const channel = await Promise.race([this.#opened, late]);
    clearTimeout(timer);
    if (channel === null) {
      this.drop();
      this.#onSilence();
    }
    return channel;
  }

  /** Nobody wants it any more: it is closed, as soon as it is there. */
  drop(): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.#over = true;
    this.#opened.then(
      (channel) => channel?.close(),
      () => undefined,
    );
  }
}

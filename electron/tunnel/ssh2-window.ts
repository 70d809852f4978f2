import type { ChannelManager, IncomingChannel, Inside, Protocol } from './ssh2-inside';

const MB = 1024 * 1024;
/** What ssh2 grants every channel at first, in bytes. */
const FIRST_WINDOW = 2 * MB;
/** The most that a server may send ahead on one channel, in bytes: at 100 ms of round trip enough for 80 MB/s. */
export const LARGEST_WINDOW = 8 * MB;
/** As soon as this much was read, in bytes, as much more may come. */
const REFILL = 128 * 1024;

/**
 * Lets a server send more ahead on channels to mail servers than ssh2 does, which grants 2 MB and grants anew only
 * when half of that is used up: at most 1 to 2 MB a round trip. A channel's window grows while it is read as fast as
 * it fills, and never for one that is not: what nobody reads never exceeds what was granted.
 *
 * @param inside of a client that has begun to connect
 */
export function widenWindows({ protocol, channels }: Inside): void {
  const windows = new WeakMap<IncomingChannel, ReceiveWindow>();
  const plain = protocol._handlers['CHANNEL_DATA'] as
    ((from: Protocol, recipient: number, data: Buffer) => void) | undefined;
  if (plain === undefined) return;
  protocol._handlers['CHANNEL_DATA'] = (from: Protocol, recipient: number, data: Buffer) => {
    const channel = mailChannel(channels, recipient);
    if (channel === null) {
      plain(from, recipient, data);
      return;
    }
    let window = windows.get(channel);
    if (window === undefined) windows.set(channel, (window = new ReceiveWindow(protocol, channel)));
    window.take(data);
  };
}

/** Channels of other kinds are left to ssh2. */
function mailChannel(channels: ChannelManager, id: number): IncomingChannel | null {
  const channel = channels.get(id) as Partial<IncomingChannel> | undefined;
  // One that is not open yet is a call-back.
  if (typeof channel !== 'object' || channel.type !== 'direct-tcpip') return null;
  return channel as IncomingChannel;
}

class ReceiveWindow {
  readonly #protocol: Protocol;
  readonly #channel: IncomingChannel;
  /** What may be unread and under way together. */
  #size = FIRST_WINDOW;

  constructor(protocol: Protocol, channel: IncomingChannel) {
    this.#protocol = protocol;
    this.#channel = channel;
    const read = channel.read.bind(channel) as (size?: number) => unknown;
    // What had to lie there for a while is taken out by this. A stream's `_read` would not do: it is called before
    // anything is taken out, and not again until more comes, which may be never.
    channel.read = (size?: number) => {
      const taken = read(size);
      if (taken !== null) this.#refill();
      return taken;
    };
  }

  take(data: Buffer): void {
    const { incoming } = this.#channel;
    // As ssh2 does: a server that sends without leave is not heard.
    if (incoming.window <= 0) return;
    incoming.window -= data.length;
    this.#channel.push(data);
    this.#refill();
  }

  #refill(): void {
    const { incoming, outgoing, readableLength } = this.#channel;
    if (incoming.state !== 'open' || outgoing.state === 'closed') return;
    const read = this.#size - readableLength - incoming.window;
    if (read < REFILL) return;
    if (readableLength < REFILL) this.#size = Math.min(LARGEST_WINDOW, this.#size + read);
    const granted = this.#size - readableLength - incoming.window;
    incoming.window += granted;
    this.#protocol.channelWindowAdjust(outgoing.id, granted);
  }
}

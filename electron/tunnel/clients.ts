import type { Socket } from 'node:net';
import type { Forward } from '../shared/account';
import type { Traffic } from '../shared/app-snapshot';
import type { TunnelError } from '../shared/tunnel-error';
import { CompressionCount } from './compression-count';
import type { ChannelRequest } from './early-channel';
import { joinForward, type Pipe } from './forward-pipe';
import type { OpenMailServer } from './mail-channel';
import type { Clock } from './ports';
import { refuse } from './refusal';
import type { SshSession } from './ssh-session';
import { toTunnelError } from './tunnel-failure';

/** A mail program is held this long while SSH comes up, in milliseconds; most give up by themselves after a minute. */
export const HOLD_MS = 60_000;
/** More mail programs' connections than this at a time are answered with a refusal. */
export const MOST_CLIENTS = 1000;

interface Held {
  readonly socket: Socket;
  readonly forward: Forward;
  readonly cancelTimer: () => void;
}

export interface ClientsDependencies {
  readonly clock: Clock;
  /** In milliseconds, read afresh for every mail program. */
  readonly holdMs: () => number;
  /** How the mail server is reached through a session. */
  readonly open: OpenMailServer;
  /** Why the tunnel is not up, for a mail program whose time ran out. */
  readonly whyNot: () => TunnelError;
  /** An error as one plain line, for the mail program to show. */
  readonly inWords: (error: TunnelError) => string;
  /** The number of connections, held and joined, has changed. */
  readonly onCount: (count: number) => void;
  readonly onTraffic: () => void;
}

/**
 * The mail programs' connections of one account: held until there is a session, joined to a channel each, refused in
 * their own protocol when that cannot be, reset when the session dies under them. One connection's trouble never
 * touches another.
 */
export class Clients {
  readonly #deps: ClientsDependencies;
  readonly #held = new Set<Held>();
  readonly #pipes = new Set<Pipe>();
  #opening = 0;
  /** Grows whenever everything is dropped; a connection of an earlier life does not come back. */
  #life = 0;
  #session: SshSession | null = null;
  readonly #compression = new CompressionCount();
  #total = 0;
  #down = 0;
  #up = 0;

  constructor(deps: ClientsDependencies) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#held.size + this.#pipes.size + this.#opening;
  }

  get traffic(): Traffic {
    return {
      openConnections: this.#pipes.size + this.#opening,
      totalConnections: this.#total,
      bytesDown: this.#down,
      bytesUp: this.#up,
      beforeCompression: this.#compression.before,
      afterCompression: this.#compression.after,
    };
  }

  /** A mail program connected to a local port. */
  arrived(socket: Socket, forward: Forward): void {
    // A socket without an error listener ends the process.
    socket.on('error', () => undefined);
    if (this.count >= MOST_CLIENTS) {
      refuse(socket, forward, `more than ${MOST_CLIENTS} connections at a time`);
      return;
    }
    if (this.#session !== null) {
      void this.#join(this.#session, socket, forward);
      this.#changed();
      return;
    }
    this.#hold(socket, forward);
  }

  #hold(socket: Socket, forward: Forward): void {
    const cancelTimer = this.#deps.clock.after(this.#deps.holdMs(), () => {
      this.#letGo(held);
      refuse(socket, forward, this.#deps.inWords(this.#deps.whyNot()));
    });
    const held: Held = { socket, forward, cancelTimer };
    this.#held.add(held);
    socket.once('close', () => this.#letGo(held));
    this.#changed();
  }

  /** What the one who has waited longest will want first; null when nobody waits. */
  get first(): ChannelRequest | null {
    for (const { socket, forward } of this.#held) {
      const { mailHost, mailPort } = forward;
      return { mailHost, mailPort, from: addressOf(socket) };
    }
    return null;
  }

  /** There is a session: the held connections get their channels. */
  serve(session: SshSession): void {
    this.#session = session;
    this.#compression.begin(session);
    for (const held of [...this.#held]) {
      this.#letGo(held, false);
      void this.#join(session, held.socket, held.forward);
    }
    this.#changed();
  }

  /** The session is gone: what went through it is reset, never ended cleanly. */
  lose(): void {
    this.#session = null;
    this.#compression.end();
    for (const pipe of [...this.#pipes]) pipe.reset();
  }

  /** Answers the held connections with the reason. */
  refuseHeld(error: TunnelError): void {
    const reason = this.#deps.inWords(error);
    for (const held of [...this.#held]) {
      this.#letGo(held);
      refuse(held.socket, held.forward, reason);
    }
  }

  /** Ends everything: the account is switched off. */
  dropAll(): void {
    this.lose();
    this.#life++;
    for (const held of [...this.#held]) {
      this.#letGo(held);
      held.socket.resetAndDestroy();
    }
  }

  #letGo(held: Held, tell = true): void {
    if (!this.#held.delete(held)) return;
    held.cancelTimer();
    if (tell) this.#changed();
  }

  async #join(session: SshSession, socket: Socket, forward: Forward): Promise<void> {
    const life = this.#life;
    this.#opening++;
    try {
      const farEnd = await this.#deps.open(session, forward, addressOf(socket));
      if (socket.destroyed) {
        farEnd.close();
        return;
      }
      const meter = {
        down: (bytes: number) => {
          this.#down += bytes;
          this.#compression.carried(session, bytes);
          this.#deps.onTraffic();
        },
        up: (bytes: number) => {
          this.#up += bytes;
          this.#compression.carried(session, bytes);
          this.#deps.onTraffic();
        },
      };
      this.#total++;
      const pipe = joinForward(socket, farEnd, session.gate, meter);
      this.#pipes.add(pipe);
      if (this.#session !== session) pipe.reset();
      void pipe.done.then(() => {
        this.#pipes.delete(pipe);
        this.#changed();
      });
    } catch (thrown) {
      if (life !== this.#life) socket.resetAndDestroy();
      else this.#notOpened(toTunnelError(thrown), session, socket, forward);
    } finally {
      this.#opening--;
      this.#changed();
    }
  }

  #notOpened(error: TunnelError, session: SshSession, socket: Socket, forward: Forward): void {
    const next = this.#session;
    const isLost = error.kind === 'connection-lost' || next !== session;
    if (!isLost) refuse(socket, forward, this.#deps.inWords(error));
    // Nothing was said yet, so the mail program can go on with another session, or wait for one.
    else if (next !== null && next !== session) void this.#join(next, socket, forward);
    else if (!socket.destroyed) this.#hold(socket, forward);
  }

  #changed(): void {
    this.#deps.onCount(this.count);
    this.#deps.onTraffic();
  }
}

/** Where a mail program's connection comes from, as the SSH server is told. */
function addressOf(socket: Socket): ChannelRequest['from'] {
  return { address: socket.remoteAddress ?? '127.0.0.1', port: socket.remotePort ?? 0 };
}

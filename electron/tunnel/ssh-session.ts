import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { SessionFacts } from '../shared/app-snapshot';
import type { TunnelError } from '../shared/tunnel-error';
import { isCompressionError, mapForwardError } from './error-mapping';
import { ForwardChannel } from './forward-channel';
import type { EarlyChannel } from './early-channel';
import type { SendGate } from './send-gate';
import { runNothing } from './ssh2-session';
import { TunnelFailure } from './tunnel-failure';

/** A server that neither opens nor refuses a channel within this time, in milliseconds, is not going to. */
const OPEN_TIMEOUT_MS = 15_000;
export const FLOOD = 'the server sent more than it was allowed to';
/** What lies unread in this computer when a probe begins is read within this time, in milliseconds. */
const UNREAD_MS = 250;
/** How long a polite end may take before the socket is destroyed. */
const END_TIMEOUT_MS = 1_000;

/**
 * One signed-in SSH connection. It ends once, and `closed` says why; until then channels to mail servers can be
 * opened on it. Of the server nothing but `direct-tcpip` is asked: no shell, no pty, no command; but for `runNothing`,
 * which only a person can allow.
 */
export class SshSession {
  readonly gate: SendGate;
  readonly facts: SessionFacts;
  /** Resolves when the connection is gone, with the reason; null when we ended it ourselves. */
  readonly closed: Promise<TunnelError | null>;
  readonly #client: Client;
  readonly #socket: Duplex;
  readonly #host: string;
  readonly #early: EarlyChannel | null;
  #reason: TunnelError | null = null;
  #ending = false;
  #compressionBroke = false;
  #over = false;
  /** Whether a session was asked for already, or the server was told that none will be. */
  #noMoreSessions = false;

  /** @param early a channel that was asked for already */
  constructor(
    client: Client,
    socket: Duplex,
    gate: SendGate,
    facts: SessionFacts,
    host: string,
    early: EarlyChannel | null = null,
  ) {
    this.#client = client;
    this.#early = early;
    this.#socket = socket;
    this.#host = host;
    this.gate = gate;
    this.facts = facts;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#over = true;
        resolve(this.#ending ? null : this.#whyLost());
      });
    });
    client.on('error', (error) => {
      this.#compressionBroke ||= facts.compressed && isCompressionError(error);
      // What carries this connection may be another one, and knows better why it was lost.
      this.#reason ??=
        error instanceof TunnelFailure
          ? error.error
          : { kind: 'connection-lost', host, detail: error.message };
      // ssh2 does not always end the socket after an error of its own; a session that erred is not used again.
      socket.destroy();
    });
    if (socket.destroyed) this.#over = true;
  }

  /** Why the connection is gone, from the very moment on; null while it is there, and when we ended it ourselves. */
  get lost(): TunnelError | null {
    return this.#socket.destroyed && !this.#ending ? this.#whyLost() : null;
  }

  /** Did it end because what came could not be decompressed? */
  get compressionBroke(): boolean {
    return this.#compressionBroke;
  }

  /** All bytes that the connection sent and received, in whatever form; null where it runs inside another connection. */
  get wireBytes(): number | null {
    const socket = this.#socket;
    return socket instanceof Socket ? socket.bytesRead + socket.bytesWritten : null;
  }

  /** For what works by session channels, which only `key-installer.ts` does, on a connection that carries no mail. */
  get client(): Client {
    return this.#client;
  }

  /**
   * Opens a channel to a mail server, as the SSH server sees it (RFC 4254, 7.2).
   *
   * @param limitMs how long the server may take to open or refuse it; default 15 s
   * @throws TunnelFailure `forward-refused`, `timed-out` or `connection-lost`
   */
  async openForward(
    mailHost: string,
    mailPort: number,
    from: { address: string; port: number },
    limitMs = OPEN_TIMEOUT_MS,
  ): Promise<ForwardChannel> {
    const early = this.#early;
    if (early?.isFor({ mailHost, mailPort, from }) === true) {
      const opened = await early.take(limitMs).catch((thrown: unknown) => {
        throw this.#notOpened(thrown, mailHost, mailPort);
      });
      if (opened !== null) return opened;
    }
    return this.#open(mailHost, mailPort, from, limitMs);
  }

  #open(
    mailHost: string,
    mailPort: number,
    from: { address: string; port: number },
    limitMs: number,
  ): Promise<ForwardChannel> {
    return new Promise((resolve, reject) => {
      let waiting = true;
      const settle = (outcome: ForwardChannel | TunnelFailure) => {
        if (!waiting) return;
        waiting = false;
        clearTimeout(timer);
        if (outcome instanceof TunnelFailure) reject(outcome);
        else resolve(outcome);
      };
      const timer = setTimeout(() => {
        const detail = `no answer for ${limitMs / 1000} s`;
        settle(new TunnelFailure({ kind: 'no-greeting', mailHost, mailPort, detail }));
      }, limitMs);
      try {
        this.#client.forwardOut(from.address, from.port, mailHost, mailPort, (error, channel) => {
          if (error !== undefined) settle(this.#notOpened(error, mailHost, mailPort));
          // A channel that comes after its time has nobody left to use it.
          else if (!waiting) channel.close();
          else settle(new ForwardChannel(channel, () => this.drop(FLOOD)));
        });
      } catch (thrown) {
        settle(this.#notOpened(thrown, mailHost, mailPort));
      }
    });
  }

  /**
   * Has the server run a command that does nothing, which makes it send small packets at once (`ssh2-session.ts`).
   *
   * @returns what came of it, `gone` when the connection went first; null when it was asked for already, or no longer can be
   */
  runNothing(): Promise<'ran' | 'gone' | { readonly refused: string }> | null {
    if (this.#noMoreSessions || this.#gone) return null;
    this.#noMoreSessions = true;
    return runNothing(this.#client, () => this.drop(FLOOD)).then((refused) => {
      if (refused === null) return 'ran';
      return this.#gone ? 'gone' : { refused };
    });
  }

  /**
   * Asks the server for any answer at all; a line that gives none within `ms` is dropped. The question may have to wait
   * behind what a slow line has to send, so whatever comes counts, but for what had come before and was not read yet.
   */
  probe(ms: number): void {
    if (this.#over || this.#ending) return;
    this.#noMoreSessions = true;
    const socket = this.#socket;
    const timer = setTimeout(() => this.drop('no answer after the network changed'), ms);
    const alive = () => {
      clearTimeout(timer);
      clearTimeout(fresh);
      socket.off('close', alive).off('data', alive);
    };
    const fresh = setTimeout(() => socket.once('data', alive), UNREAD_MS);
    socket.once('close', alive);
    try {
      // A request that every server answers, and that is kept: no session is opened after it (PROTOCOL, 2.2).
      this.#client.openssh_noMoreSessions(alive);
    } catch {
      alive();
    }
  }

  /** Ends the connection at once, as a lost one. */
  drop(detail: string): void {
    this.#reason ??= { kind: 'connection-lost', host: this.#host, detail };
    this.#socket.destroy();
  }

  /** Ends the connection politely, and for certain within a second. */
  async end(): Promise<void> {
    if (this.#over) return;
    this.#ending = true;
    const timer = setTimeout(() => this.#socket.destroy(), END_TIMEOUT_MS);
    this.#client.end();
    await this.closed;
    clearTimeout(timer);
  }

  get #gone(): boolean {
    return this.#over || this.#ending || this.#socket.destroyed;
  }

  #whyLost(): TunnelError {
    return (
      this.#reason ?? {
        kind: 'connection-lost',
        host: this.#host,
        detail: 'the server closed the connection',
      }
    );
  }

  #notOpened(thrown: unknown, mailHost: string, mailPort: number): TunnelFailure {
    if (this.#gone) return new TunnelFailure(this.#whyLost());
    return new TunnelFailure(mapForwardError(thrown, mailHost, mailPort));
  }
}

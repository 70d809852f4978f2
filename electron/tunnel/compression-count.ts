import type { SshSession } from './ssh-session';

/** Counts what compression did for one account: bytes carried by the sessions that compress, and what those cost on the line. */
export class CompressionCount {
  #session: SshSession | null = null;
  #before = 0;
  #after = 0;

  /** In bytes, mail alone. */
  get before(): number {
    return this.#before;
  }

  /** In bytes, with everything that SSH itself needs: what is saved is never made out to be more than it is. */
  get after(): number {
    return this.#after + (this.#session?.wireBytes ?? 0);
  }

  begin(session: SshSession): void {
    this.end();
    if (session.facts.compressed && session.wireBytes !== null) this.#session = session;
  }

  /** The session is over, or about to be. */
  end(): void {
    this.#after += this.#session?.wireBytes ?? 0;
    this.#session = null;
  }

  carried(session: SshSession, bytes: number): void {
    if (session === this.#session) this.#before += bytes;
  }
}

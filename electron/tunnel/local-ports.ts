import type { Socket } from 'node:net';
import type { Forward } from '../shared/account';
import { LocalListener } from './local-listener';

/** The local ports of one account. They are bound and released one after the other, in the order in which that was asked. */
export class LocalPorts {
  readonly #onClient: (socket: Socket, forward: Forward) => void;
  #listeners: readonly LocalListener[] = [];
  #work: Promise<void> = Promise.resolve();

  /** @param onClient a mail program connected; the socket is paused */
  constructor(onClient: (socket: Socket, forward: Forward) => void) {
    this.#onClient = onClient;
  }

  /** Resolves when all that was asked so far is done. */
  get settled(): Promise<void> {
    return this.#work;
  }

  /**
   * Binds every forward's port, or none.
   *
   * @param forwards read when it is its turn
   * @throws TunnelFailure as `LocalListener.bind` does
   */
  bind(forwards: () => readonly Forward[]): Promise<void> {
    return this.#inTurn(async () => {
      const listeners = forwards().map((forward) => new LocalListener(forward, this.#onClient));
      this.#listeners = listeners;
      // One that is still being bound when another fails could not be released.
      const bound = await Promise.allSettled(listeners.map((listener) => listener.bind()));
      const failed = bound.find((one) => one.status === 'rejected');
      if (failed === undefined) return;
      await this.#close();
      throw failed.reason;
    });
  }

  /** Resolves when the ports are free again. */
  release(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #close(): Promise<void> {
    const listeners = this.#listeners;
    this.#listeners = [];
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}

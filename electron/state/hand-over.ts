import type { Account } from '../shared/account';
import type { IpcFailure } from '../shared/ipc-contract';
import { fail, ok } from '../shared/result';
import { textOfThrown } from '../shared/thrown';
import type { StartedBy } from '../tunnel/ports';
import type { CommandParts, Done } from './commands';
import {
  fitted,
  portsOf,
  type PracticeKeeper,
  type PracticePorts,
  type PracticeServers,
} from './practice-keeper';

/** What telling the engine works on. */
export type HandOverParts = Pick<CommandParts, 'book' | 'state'> & {
  readonly engine: Pick<CommandParts['engine'], 'setAccount'>;
  readonly practice: PracticeKeeper;
};

const DONE = ok(null);

/** Tells the engine what is wanted. The practice mailbox's servers run first, and only while it is on. */
export class HandOver {
  readonly #parts: HandOverParts;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
  }

  /** The mailbox as it is wanted from now on; a failure tells why its practice servers do not run. */
  async hand(account: Account, by: StartedBy): Promise<Done> {
    if (account.practice && account.wanted) return this.#handPractice(account, by);
    this.#parts.engine.setAccount(account, by);
    if (account.practice) await this.#parts.practice.stop();
    return DONE;
  }

  /** Starts the practice servers, or gives those that run; a failure is told in a notice as well. */
  async startPractice(preferred: PracticePorts | null): Promise<Done<PracticeServers>> {
    const { practice, state } = this.#parts;
    try {
      const servers = await practice.start(preferred);
      state.setPracticePassphrase(servers.passphrase);
      return ok(servers);
    } catch (error) {
      state.addNotice('app:notice.practice-failed', {});
      return fail<IpcFailure>({ kind: 'failed', problem: textOfThrown(error) });
    }
  }

  async #handPractice(account: Account, by: StartedBy): Promise<Done> {
    const { book, engine } = this.#parts;
    const servers = await this.startPractice(portsOf(account));
    // It may have been switched off, changed or removed while the servers started.
    const latest = book.get(account.id);
    if (latest === undefined) return DONE;
    const next = servers.ok ? fitted(latest, servers.value) : { ...latest, wanted: false };
    if (next !== latest) book.put(next);
    engine.setAccount(next, by);
    return servers.ok ? DONE : servers;
  }
}

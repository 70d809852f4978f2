import type { AccountBook } from '../accounts/account-book';
import { parseDraft } from '../accounts/account-schema';
import type { PromptBroker } from '../prompts/prompt-broker';
import type {
  Account,
  AccountDraft,
  AccountId,
  DraftProblem,
  Forward,
  ForwardProtocol,
} from '../shared/account';
import { viewOf } from '../shared/app-snapshot';
import type { IpcFailure } from '../shared/ipc-contract';
import type { PromptAnswer, PromptId } from '../shared/prompt';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import { canAcceptKey, canTryNow } from '../shared/tunnel-state';
import type { Clock, StartedBy, TunnelHost } from '../tunnel/ports';
import type { AppState } from './app-state';
import { duplicateOf } from './duplicate';
import { HandOver } from './hand-over';
import { freshForward, movedTo, portFor, type FindFreePort } from './local-ports';
import type { PracticeKeeper } from './practice-keeper';
import { practiceDraft } from './practice-keeper';
import { UndoSlot } from './undo-slot';

/** What a command came to: its reply, or why it was not carried out. */
export type Done<T = null> = Result<T, IpcFailure>;

/** What commands work on. */
export interface CommandParts {
  readonly book: AccountBook;
  readonly state: AppState;
  readonly engine: Pick<
    TunnelHost,
    'setAccount' | 'removeAccount' | 'tryNow' | 'check' | 'acceptChangedKey' | 'lock'
  >;
  readonly broker: PromptBroker;
  readonly practice: PracticeKeeper;
  readonly clock: Clock;
  readonly findFreePort: FindFreePort;
  readonly newId: () => string;
  /** What a new practice mailbox is called. */
  readonly practiceName: string;
  /** What the copy of a mailbox is called; `number` is 1 for the first. */
  readonly copyName: (name: string, number: number) => string;
}

const DONE = ok(null);
const NOT_FOUND = fail<IpcFailure>({ kind: 'not-found' });
const NOT_NOW = fail<IpcFailure>({ kind: 'not-now' });

/**
 * The only way to change anything, for windows, tray and scripts alike. Each verb is one of the contract's, and is
 * started by a person (but for `resume`). An error of the disk is thrown, and nothing is changed then.
 */
export class Commands {
  readonly #parts: CommandParts;
  readonly #undo: UndoSlot;
  readonly #handOver: HandOver;
  #addingPractice: Promise<Done<AccountId>> | null = null;
  #personActedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: CommandParts) {
    this.#parts = parts;
    this.#undo = new UndoSlot(parts.state, parts.clock);
    this.#handOver = new HandOver(parts);
  }

  /** Did a person do something here in the last `ms` milliseconds? A window they caused may then take the focus. */
  personActedWithin(ms: number): boolean {
    return this.#parts.clock.now() - this.#personActedAt <= ms;
  }

  /** Hands every mailbox to the engine when the application starts; nobody is asked anything unless a person did that. */
  async resume(by: StartedBy = 'background'): Promise<void> {
    const { book, state } = this.#parts;
    // A manual one is on only since its switch was flipped, and that was before.
    const manual = book.list().filter(({ mode, wanted }) => mode === 'manual' && wanted);
    if (manual.length > 0) {
      const problem = book.settle(manual.map((account) => ({ ...account, wanted: false })));
      // A full disk must not keep the others off.
      if (problem !== null) state.addNotice('app:notice.not-written', {});
    }
    const accounts = book.list();
    await Promise.all(accounts.map((account) => this.#handOver.hand(account, by)));
  }

  /** Saves a new mailbox (`id` null) or changes one. A new one is switched on, unless `on` says otherwise. */
  async saveAccount(
    id: AccountId | null,
    draft: AccountDraft,
    { by = 'person', on = true }: { readonly by?: StartedBy; readonly on?: boolean } = {},
  ): Promise<Done<Result<AccountId, readonly DraftProblem[]>>> {
    this.#acts(by);
    const { book, newId } = this.#parts;
    const old = id === null ? undefined : book.get(id);
    if (id !== null && old === undefined) return NOT_FOUND;
    const parsed = parseDraft(draft, this.#others(id));
    if (!parsed.ok) return ok(parsed);
    const account: Account = {
      ...parsed.value,
      id: old?.id ?? newId(),
      // Who adds a mailbox wants it to work, and to see that it does.
      wanted: old?.wanted ?? on,
      // Only addPractice makes a practice mailbox, and editing one leaves it one.
      practice: old?.practice ?? false,
    };
    book.put(account);
    await this.#handOver.hand(account, by);
    return ok(ok(account.id));
  }

  async removeAccount(id: AccountId): Promise<Done> {
    this.personActs();
    const { book, broker, engine, practice } = this.#parts;
    const account = book.get(id);
    const index = book.remove(id);
    if (account === undefined || index === null) return NOT_FOUND;
    broker.cancelAccount(id);
    engine.removeAccount(id);
    this.#undo.keep({ account, index });
    if (account.practice) await practice.stop();
    return DONE;
  }

  /** Makes another mailbox like this one, switched off until its person has changed what is to be different. */
  async duplicateAccount(id: AccountId): Promise<Done<AccountId>> {
    this.personActs();
    const { book, findFreePort, newId, copyName } = this.#parts;
    const account = book.get(id);
    // There are servers for one practice mailbox only.
    if (account === undefined || account.practice) return NOT_FOUND;
    const copy = await duplicateOf(account, book.list(), { findFreePort, newId, copyName });
    // It may have moved while a port was looked for.
    const index = book.list().findIndex((each) => each.id === id);
    book.insert(copy, index + 1);
    this.#parts.engine.setAccount(copy, 'person');
    return ok(copy.id);
  }

  async undoRemove(): Promise<Done> {
    this.personActs();
    const removed = this.#undo.kept;
    if (removed === null) return NOT_NOW;
    // Another practice mailbox was made meanwhile, and there are servers for one only.
    if (removed.account.practice && this.#practiceAccount() !== undefined) return NOT_NOW;
    // Only what is in the list again leaves the slot: a full disk must not cost the mailbox.
    this.#parts.book.insert(removed.account, removed.index);
    this.#undo.empty();
    await this.#handOver.hand(removed.account, 'person');
    return DONE;
  }

  async setWanted(id: AccountId, on: boolean, by: StartedBy = 'person'): Promise<Done> {
    this.#acts(by);
    const account = this.#parts.book.get(id);
    if (account === undefined) return NOT_FOUND;
    if (account.wanted === on) return DONE;
    const next = { ...account, wanted: on };
    this.#parts.book.put(next);
    return this.#handOver.hand(next, by);
  }

  async setAllWanted(on: boolean): Promise<Done> {
    const ids = this.#parts.book.list().map((account) => account.id);
    const results = await Promise.all(ids.map((id) => this.setWanted(id, on)));
    return results.find((result) => !result.ok) ?? DONE;
  }

  tryNow(id: AccountId): Done {
    this.personActs();
    const view = viewOf(this.#parts.state.snapshot(), id);
    if (view === undefined) return NOT_FOUND;
    if (!canTryNow(view.state)) return NOT_NOW;
    this.#parts.engine.tryNow(id);
    return DONE;
  }

  /** Proves afresh that a mailbox that is on works, dialling where nothing is up. */
  check(id: AccountId, by: StartedBy): Done {
    this.#acts(by);
    const view = viewOf(this.#parts.state.snapshot(), id);
    if (view === undefined) return NOT_FOUND;
    if (!view.account.wanted) return NOT_NOW;
    this.#parts.engine.check(id, by);
    return DONE;
  }

  acceptChangedKey(id: AccountId, fingerprint: string): Done {
    this.personActs();
    const view = viewOf(this.#parts.state.snapshot(), id);
    if (view === undefined) return NOT_FOUND;
    if (!canAcceptKey(view.state, fingerprint)) return NOT_NOW;
    this.#parts.engine.acceptChangedKey(id, fingerprint);
    return DONE;
  }

  answerPrompt(id: PromptId, answer: PromptAnswer): Done {
    this.personActs();
    const answered = this.#parts.broker.answer(id, answer);
    if (answered.ok) return DONE;
    return answered.error === 'not-open'
      ? NOT_FOUND
      : fail({ kind: 'bad-request', problem: 'the answer does not fit the question' });
  }

  /** Cancels every open question, as when a person closes the questions' window. */
  cancelPrompts(): void {
    this.#parts.broker.cancelAll();
  }

  /** Makes the practice mailbox, or finds the one there is, and switches it on. */
  async addPractice(): Promise<Done<AccountId>> {
    this.personActs();
    const existing = this.#practiceAccount();
    if (existing !== undefined) {
      const switched = await this.setWanted(existing.id, true);
      return switched.ok ? ok(existing.id) : switched;
    }
    // A second click while the servers start must not make a second mailbox.
    this.#addingPractice ??= this.#makePractice().finally(() => (this.#addingPractice = null));
    return this.#addingPractice;
  }

  /** A forward of this protocol with a local port that is free here and wanted by no other mailbox. */
  async suggestForward(
    protocol: ForwardProtocol,
    mailHost: string,
    exceptAccount: AccountId | null,
  ): Promise<Done<Forward>> {
    const { book, findFreePort, newId } = this.#parts;
    const edited = exceptAccount === null ? undefined : book.get(exceptAccount);
    const port = await portFor(protocol, edited, this.#others(exceptAccount), findFreePort);
    return ok(freshForward(newId(), protocol, port, mailHost));
  }

  /** Moves the forward at one local port to another. */
  async changePort(id: AccountId, fromPort: number, toPort: number): Promise<Done> {
    this.personActs();
    const account = this.#parts.book.get(id);
    const move = movedTo(account, fromPort, toPort, this.#others(id));
    if (account === undefined || move === 'no-forward') return NOT_FOUND;
    if (move === 'taken') return NOT_NOW;
    const next = { ...account, forwards: move };
    this.#parts.book.put(next);
    return this.#handOver.hand(next, 'person');
  }

  /** Forgets every passphrase, password and unlocked key. What is connected stays connected. */
  lock(): Done {
    this.#parts.engine.lock();
    this.#parts.state.addNotice('app:notice.locked', {});
    return DONE;
  }

  dismissNotice(id: string): Done {
    this.#parts.state.dismissNotice(id);
    return DONE;
  }

  #acts(by: StartedBy): void {
    if (by === 'person') this.personActs();
  }

  /** Notes that a person did something here, so that a question it leads to may take the keyboard. */
  personActs(): void {
    this.#personActedAt = this.#parts.clock.now();
  }

  #practiceAccount(): Account | undefined {
    return this.#parts.book.list().find((account) => account.practice);
  }

  #others(id: AccountId | null): readonly Account[] {
    return this.#parts.book.list().filter((account) => account.id !== id);
  }

  async #makePractice(): Promise<Done<AccountId>> {
    const { book, newId, practiceName } = this.#parts;
    const servers = await this.#handOver.startPractice(null);
    if (!servers.ok) return servers;
    const forward = await this.suggestForward('pop3', '127.0.0.1', null);
    if (!forward.ok) return forward;
    const draft = practiceDraft(practiceName, servers.value, forward.value);
    const account: Account = { ...draft, id: newId(), wanted: true };
    book.put(account);
    const handed = await this.#handOver.hand(account, 'person');
    return handed.ok ? ok(account.id) : handed;
  }
}

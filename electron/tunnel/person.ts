import type { AccountId } from '../shared/account';
import type { PromptAnswer, PromptId, PromptRequest } from '../shared/prompt';
import type { NeededAnswer } from '../shared/tunnel-error';
import type { Prompter, StartedBy } from './ports';
import { Secret } from '../secrets/secret';
import { TunnelFailure } from './tunnel-failure';

export interface PersonOptions {
  readonly prompter: Prompter;
  readonly accountId: AccountId;
  readonly host: string;
  readonly by: StartedBy;
  /** Aborted when the attempt ends: an open question is taken back. */
  readonly signal: AbortSignal;
  /** A question was opened (its id), or the last one was closed (null). */
  readonly onPrompt: (prompt: PromptId | null) => void;
}

/** What a person is being asked, by whichever server of one attempt. */
interface Asked {
  open: number;
  /** Questions that are not ours. */
  elsewhere: number;
  cancelled: TunnelFailure | null;
  readonly listeners: Set<(asking: boolean) => void>;
}

/**
 * The person behind one attempt. Asks nothing when the attempt was not started by one; tells the attempt while a
 * question is open, so that its clock stops and a connection that ends meanwhile can be made again afterwards.
 */
export class Person {
  readonly #options: PersonOptions;
  readonly #asked: Asked;

  constructor(
    options: PersonOptions,
    asked: Asked = { open: 0, elsewhere: 0, cancelled: null, listeners: new Set() },
  ) {
    this.#options = options;
    this.#asked = asked;
  }

  /** The same person, asked on behalf of another server on the way. */
  at(host: string): Person {
    return new Person({ ...this.#options, host }, this.#asked);
  }

  /** Is a question open right now, or may one be? */
  get asking(): boolean {
    return this.#asked.open + this.#asked.elsewhere > 0;
  }

  /** Set once a person has cancelled a question, or nobody was there for it: the attempt is not to go on. */
  get cancelled(): TunnelFailure | null {
    return this.#asked.cancelled;
  }

  /** Calls back whenever asking begins or ends; the returned function ends that. */
  onAsking(listener: (asking: boolean) => void): () => void {
    const { listeners } = this.#asked;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Resolves once no question is open. */
  async settled(): Promise<void> {
    while (this.asking) {
      await new Promise<void>((resolve) => {
        const off = this.onAsking((asking) => {
          if (asking) return;
          off();
          resolve();
        });
      });
    }
  }

  /**
   * Asks, and gives back an answer that is one.
   *
   * @throws TunnelFailure `answer-needed` when nobody may be asked, `cancelled-by-person` when they would rather not
   */
  async ask(
    what: NeededAnswer,
    request: PromptRequest,
  ): Promise<Exclude<PromptAnswer, { kind: 'cancel' | 'nobody' }>> {
    const { prompter, accountId, host, by, signal, onPrompt } = this.#options;
    if (by === 'background') throw new TunnelFailure({ kind: 'answer-needed', what, host });
    // A signal that was given already is never given again, and the question would stay for ever.
    if (signal.aborted)
      throw new TunnelFailure({ kind: 'connection-lost', host, detail: 'stopped' });
    this.#change('open', 1);
    try {
      const asked = prompter.ask(accountId, request, signal);
      onPrompt(asked.id);
      const answer = await asked.answer;
      if (answer.kind !== 'cancel' && answer.kind !== 'nobody') return answer;
      const cancelled = new TunnelFailure(
        answer.kind === 'cancel'
          ? { kind: 'cancelled-by-person', what }
          : { kind: 'answer-needed', what, host },
      );
      this.#asked.cancelled = cancelled;
      throw cancelled;
    } finally {
      this.#change('open', -1);
      if (this.#asked.open === 0) onPrompt(null);
    }
  }

  /** Another program may be asking meanwhile, such as an agent for leave to use its keys: as good as a question of ours. */
  async askedElsewhere<T>(work: () => Promise<T>): Promise<T> {
    this.#change('elsewhere', 1);
    try {
      return await work();
    } finally {
      this.#change('elsewhere', -1);
    }
  }

  #change(which: 'open' | 'elsewhere', by: 1 | -1): void {
    const before = this.asking;
    this.#asked[which] += by;
    if (before === this.asking) return;
    for (const listener of [...this.#asked.listeners]) listener(this.asking);
  }
}

/**
 * Asks for a passphrase or a password.
 *
 * @throws TunnelFailure as `Person.ask` does
 */
export async function askSecret(
  person: Person,
  what: 'passphrase' | 'password',
  request: PromptRequest,
): Promise<Secret> {
  const answer = await person.ask(what, request);
  if (answer.kind !== 'secret') throw new TunnelFailure({ kind: 'cancelled-by-person', what });
  return new Secret(answer.secret, answer.keep);
}

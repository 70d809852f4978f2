import { DEFAULT_CONNECTION, type Account, type Forward } from '../../../electron/shared/account';
import type { PromptAnswer, PromptRequest } from '../../../electron/shared/prompt';
import type { ConnectionPlan } from '../../../electron/tunnel/connection-plan';
import { Person } from '../../../electron/tunnel/person';
import type { Clock, Prompter, StartedBy } from '../../../electron/tunnel/ports';

/** How a person in a test answers: at once, later, or never (a promise that stays open). */
export type Answers = (request: PromptRequest) => PromptAnswer | Promise<PromptAnswer>;

/** A person who answers by a function, and everything they were asked. */
export interface TestPerson {
  readonly person: Person;
  readonly asked: readonly PromptRequest[];
  /** What the attempt was told of open questions: an id, or null. */
  readonly told: readonly (string | null)[];
  readonly abort: AbortController;
}

export function personWho(answers: Answers, by: StartedBy = 'person'): TestPerson {
  const asked: PromptRequest[] = [];
  const told: (string | null)[] = [];
  const abort = new AbortController();
  const prompter: Prompter = {
    ask: (_account, request, signal) => {
      asked.push(request);
      const answer = new Promise<PromptAnswer>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('taken back')));
        Promise.resolve(answers(request)).then(resolve, reject);
      });
      return { id: `q${asked.length}`, answer };
    },
  };
  const person = new Person({
    prompter,
    accountId: 'a',
    host: 'h',
    by,
    signal: abort.signal,
    onPrompt: (prompt) => told.push(prompt),
  });
  return { person, asked, told, abort };
}

/** Somebody who must not be asked anything. */
export const nobody: Answers = (request) => {
  throw new Error(`asked for ${request.kind}`);
};

export const PLAN: ConnectionPlan = {
  accountId: 'a',
  host: 'h',
  port: 22,
  user: 'u',
  route: { kind: 'direct' },
  steps: [],
  compression: false,
  oldServer: false,
  knownHostsFile: null,
  timeouts: { reach: 10_000, verify: 10_000, signIn: 15_000 },
  keepalive: { intervalMs: 0, count: 3 },
};

/** A clock that stands still until it is told to go on. */
export class HandClock implements Clock {
  #now = 1_000_000;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((one) => one !== timer));
  }

  random(): number {
    return 0.5;
  }

  /** How long until each timer that is set, in milliseconds. */
  get pending(): readonly number[] {
    return this.#timers.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Goes on, and calls back what becomes due meanwhile, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}

export function forwardOf(more: Partial<Forward> = {}): Forward {
  return {
    id: 'f',
    protocol: 'pop3',
    localAddress: 'localhost',
    localPort: 11110,
    mailHost: 'mail.example.org',
    mailPort: 110,
    tls: 'none',
    ...more,
  };
}

export function accountOf(more: Partial<Account> = {}): Account {
  return {
    id: 'a',
    name: 'Work',
    sshHost: 'shell.example.org',
    sshPort: 22,
    sshUser: 'u',
    signIn: { kind: 'automatic' },
    forwards: [forwardOf()],
    mode: 'always-on',
    route: { kind: 'direct' },
    oldServer: false,
    connection: DEFAULT_CONNECTION,
    compression: false,
    sessionChannel: false,
    wanted: true,
    practice: false,
    ...more,
  };
}

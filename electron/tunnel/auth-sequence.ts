import type { AnyAuthMethod, AuthenticationType, NextAuthHandler, Prompt } from 'ssh2';
import type { SignInMethod, TunnelError } from '../shared/tunnel-error';
import type { AttemptSecrets } from '../secrets/key-ring';
import type { Secret } from '../secrets/secret';
import type { AttemptMemory } from './attempt-memory';
import type { AuthStep, ConnectionPlan } from './connection-plan';
import { cleanServerText } from './error-mapping';
import type { KeyOpener } from './key-opener';
import { KeyOffers, TRIES, type AgentKeyStep } from './key-offers';
import type { Log } from './ports';
import { askSecret, type Person } from './person';
import { toTunnelError } from './tunnel-failure';

/** More questions at once are no sign-in: a window could not show them. Servers ask one or two. */
const MOST_QUESTIONS = 16;

/** "No more ways": ssh2 takes `false` for it, its typings do not. */
const NO_MORE = false as unknown as AnyAuthMethod;

export interface AuthDependencies {
  readonly plan: ConnectionPlan;
  readonly person: Person;
  readonly secrets: AttemptSecrets;
  readonly memory: AttemptMemory;
  readonly opener: KeyOpener;
  readonly agentSocket: string | null;
  readonly log: Log;
  /** Something that only a person can mend: the attempt ends with this error, whatever else might be tried. */
  readonly giveUp: (error: TunnelError) => void;
}

type Step = AuthStep | AgentKeyStep;

/**
 * Walks the plan's ways of signing in, as ssh2's `authHandler`: the next way that the server still allows, each at
 * most once (a password up to three times). The server's list is asked for first only when the plan would otherwise
 * begin with a question to a person.
 */
export class AuthSequence {
  readonly #deps: AuthDependencies;
  readonly #keys: KeyOffers;
  readonly #left: Step[];
  #passwordsTyped = 0;
  /** Did the way tried last carry the account's password? */
  #usedPassword = false;
  #last: SignInMethod | null = null;
  #askedServer = false;
  #offered: readonly string[] = [];

  constructor(deps: AuthDependencies) {
    this.#deps = deps;
    this.#keys = new KeyOffers(deps);
    this.#left = [...deps.plan.steps];
  }

  /**
   * The server ended the connection. Was it because of a key that it did not want (MaxAuthTries), and is there another
   * way left to try on a new connection?
   */
  endedByKey(): boolean {
    const byKey = this.#keys.pending && this.#left.length > 0;
    this.#keys.settle();
    return byKey;
  }

  /** See `KeyOffers`. */
  get keys(): Pick<KeyOffers, 'signNow' | 'isTrusted' | 'wasWanted'> {
    return this.#keys;
  }

  /** What the server said it would accept, the last time it said so. */
  get offered(): readonly string[] {
    return this.#offered;
  }

  /** The way that let the account in, for "signed in by". */
  get last(): SignInMethod | null {
    return this.#last;
  }

  /** ssh2 calls this for each next way; `null` methods mean that the server has not been asked yet. */
  readonly handler = (
    methodsLeft: readonly AuthenticationType[] | null,
    partialSuccess: boolean | null,
    next: NextAuthHandler,
  ): void => {
    this.#settleLast(partialSuccess === true);
    if (methodsLeft !== null) this.#offered = methodsLeft;
    this.#next(methodsLeft).then(next, (thrown: unknown) => {
      this.#deps.giveUp(toTunnelError(thrown));
      next(NO_MORE);
    });
  };

  /** What was typed and refused is forgotten at once, and may be typed again; what was a step on the way in is not. */
  #settleLast(wasPart: boolean): void {
    this.#keys.settle();
    if (wasPart) this.#offerKeysAgain();
    const refused = this.#usedPassword && !wasPart;
    this.#usedPassword = false;
    if (!refused) return;
    this.#deps.secrets.refuse(this.#passwordName());
    if (this.#passwordsTyped >= TRIES) this.#dropQuestions();
    else if (this.#last === 'password' || this.#last === 'keyboard-interactive')
      this.#left.unshift({ kind: this.#last });
  }

  /** A server that wants a password first and a key next did not want the key before, whichever it is. */
  #offerKeysAgain(): void {
    this.#deps.memory.refusedKeys.clear();
    const keys = this.#deps.plan.steps.filter((step) => !asksPerson(step));
    this.#left.splice(0, Infinity, ...keys, ...this.#left.filter(asksPerson));
  }

  /** Typed wrong three times: the server is not asked again by another name. */
  #dropQuestions(): void {
    const kept = this.#left.filter((step) => !asksPerson(step));
    this.#left.splice(0, this.#left.length, ...kept);
  }

  async #next(methodsLeft: readonly AuthenticationType[] | null): Promise<AnyAuthMethod> {
    for (;;) {
      const index = this.#left.findIndex((step) => allowed(step, methodsLeft));
      const step = this.#left[index];
      if (step === undefined) return NO_MORE;
      if (methodsLeft === null && !this.#askedServer && asksPerson(step)) {
        this.#askedServer = true;
        return { type: 'none', username: this.#deps.plan.user };
      }
      this.#left.splice(index, 1);
      const method = await this.#prepare(step);
      if (method !== null) return method;
    }
  }

  async #prepare(step: Step): Promise<AnyAuthMethod | null> {
    const { user } = this.#deps.plan;
    switch (step.kind) {
      case 'agent':
        this.#left.unshift(...(await this.#keys.fromAgent(step)));
        return null;
      case 'agent-key':
        return this.#noteKey('agent', this.#keys.agentKey(step));
      case 'key-file':
        return this.#noteKey('key', await this.#keys.keyFile(step.path, step.required));
      case 'keyboard-interactive': {
        this.#last = 'keyboard-interactive';
        this.#deps.memory.letItAsk = true;
        let asked = 0;
        return {
          type: 'keyboard-interactive',
          username: user,
          prompt: (name, instructions, _language, prompts, finish) => {
            // Refused without a question, there was no answer that could have been wrong. Of several, the last was judged last.
            if (prompts.length > 0) this.#noteQuestion(prompts, asked++ > 0);
            void this.#answerServer(name, instructions, prompts, finish);
          },
        };
      }
      case 'password': {
        const password = await this.#password();
        this.#note('password');
        return { type: 'password', username: user, password: password.reveal() };
      }
    }
  }

  #note(method: SignInMethod): void {
    this.#deps.memory.tried.push(method);
    this.#last = method;
  }

  /** Whoever typed a password is told of a password, whichever way the server asked for it. */
  #noteQuestion(prompts: readonly Prompt[], isAnother: boolean): void {
    const { tried } = this.#deps.memory;
    const isPassword = prompts.length === 1 && prompts.every(isPasswordPrompt);
    tried.splice(
      isAnother ? -1 : tried.length,
      1,
      isPassword ? 'password' : 'keyboard-interactive',
    );
  }

  /** An agent is one way of signing in, however many keys it holds. */
  #noteKey(method: 'agent' | 'key', offered: AnyAuthMethod | null): AnyAuthMethod | null {
    if (offered === null) return null;
    if (method === 'agent' && this.#deps.memory.tried.at(-1) === 'agent') this.#last = method;
    else this.#note(method);
    return offered;
  }

  #passwordName(): string {
    const { user, host, port } = this.#deps.plan;
    return `password:${user}@${host}:${port}`;
  }

  async #password(): Promise<Secret> {
    const { plan, person, secrets } = this.#deps;
    this.#usedPassword = true;
    const kept = secrets.get(this.#passwordName());
    if (kept !== undefined) return kept;
    const { user, host } = plan;
    const wrongBefore = this.#passwordsTyped > 0;
    const typed = await askSecret(person, 'password', {
      kind: 'password',
      user,
      host,
      wrongBefore,
    });
    this.#passwordsTyped++;
    secrets.offer(this.#passwordName(), typed);
    return typed;
  }

  /** The server's own questions. One that is plainly the password is answered from memory where that is possible. */
  async #answerServer(
    name: string,
    instructions: string,
    prompts: readonly Prompt[],
    finish: (answers: string[]) => void,
  ): Promise<void> {
    try {
      finish(await this.#answers(name, instructions, prompts));
    } catch (thrown) {
      this.#deps.giveUp(toTunnelError(thrown));
      // The attempt is over; the connection goes with it, so the server needs no answer.
    }
  }

  async #answers(
    name: string,
    instructions: string,
    prompts: readonly Prompt[],
  ): Promise<string[]> {
    const { plan, person, secrets } = this.#deps;
    const [only] = prompts;
    if (only !== undefined && prompts.length === 1 && isPasswordPrompt(only)) {
      // The same question a second time in one exchange means that the answer was wrong.
      if (this.#usedPassword) secrets.refuse(this.#passwordName());
      return [(await this.#password()).reveal()];
    }
    if (prompts.length > MOST_QUESTIONS)
      throw new Error(`The server asks ${prompts.length} questions at once.`);
    const answer = await person.ask('code', {
      kind: 'code',
      user: plan.user,
      host: plan.host,
      title: cleanServerText(name),
      instruction: cleanServerText(instructions),
      questions: prompts.map((p) => ({ text: cleanServerText(p.prompt), echo: p.echo === true })),
    });
    return answer.kind === 'answers' ? [...answer.answers] : [];
  }
}

function isPasswordPrompt(prompt: Prompt): boolean {
  return (
    prompt.echo !== true &&
    /password/i.test(prompt.prompt) &&
    !/one.?time|code|token/i.test(prompt.prompt)
  );
}

function asksPerson(step: Step): boolean {
  return step.kind === 'password' || step.kind === 'keyboard-interactive';
}

function allowed(step: Step, methods: readonly AuthenticationType[] | null): boolean {
  if (methods === null) return true;
  switch (step.kind) {
    case 'agent':
    case 'agent-key':
    case 'key-file':
      return methods.includes('publickey');
    case 'keyboard-interactive':
      return methods.includes('keyboard-interactive');
    case 'password':
      return methods.includes('password');
  }
}

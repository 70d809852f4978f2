import type { Account } from '../shared/account';
import type { PromptId } from '../shared/prompt';
import type { Phase } from '../shared/tunnel-state';
import { AttemptSecrets, type KeyRing } from '../secrets/key-ring';
import { AttemptMemory } from './attempt-memory';
import { buildPlan, type ConnectionPlan } from './connection-plan';
import type { HostKeys } from './host-keys';
import type { KeyOpener } from './key-opener';
import { Person } from './person';
import type { Clock, EngineSettings, Log, Prompter, StartedBy } from './ports';
import { openSession } from './ssh-connection';
import type { SshSession } from './ssh-session';
import { TunnelFailure } from './tunnel-failure';

export interface AttemptDependencies {
  /** Read afresh for every attempt: the agent may have been started since the last. */
  readonly settings: () => EngineSettings;
  readonly hostKeys: HostKeys;
  readonly keyRing: KeyRing;
  readonly opener: KeyOpener;
  readonly prompter: Prompter;
  readonly clock: Clock;
  readonly log: Log;
}

export interface AttemptHooks {
  readonly onPhase: (phase: Phase) => void;
  /** A question was opened (its id), or the last one was closed (null). */
  readonly onPrompt: (prompt: PromptId | null) => void;
  /** What is to be done in another way than the account says. */
  readonly adapt?: (plan: ConnectionPlan) => ConnectionPlan;
}

/** A server that hangs up this often in one attempt does not want it to go on. */
const MOST_REDIALS = 5;

/**
 * One try at an SSH connection. A server does not wait for ever while a person compares a fingerprint or looks for a
 * passphrase (OpenSSH: two minutes); when it ends the connection meanwhile, the answer is used on a new one. Nor does
 * it look at more than a few keys on one connection (OpenSSH: six); the next ones are shown to it on another.
 */
export class AttemptRunner {
  /** The session, or a `TunnelFailure`. */
  readonly session: Promise<SshSession>;
  /** Resolves when the attempt is over, one way or the other. */
  readonly finished: Promise<void>;
  readonly #abort = new AbortController();

  constructor(
    account: Account,
    by: StartedBy,
    acceptedFingerprint: string | null,
    deps: AttemptDependencies,
    hooks: AttemptHooks,
  ) {
    this.session = this.#run(account, by, acceptedFingerprint, deps, hooks);
    this.finished = this.session.then(
      () => undefined,
      // What still runs of a failed attempt, such as the opening of a key, has nothing more to ask.
      () => this.cancel(),
    );
  }

  /** Ends the attempt: its question goes, its socket is destroyed. */
  cancel(): void {
    this.#abort.abort();
  }

  async #run(
    account: Account,
    by: StartedBy,
    acceptedFingerprint: string | null,
    deps: AttemptDependencies,
    hooks: AttemptHooks,
  ): Promise<SshSession> {
    const { signal } = this.#abort;
    const settings = deps.settings();
    const planned = buildPlan(account, settings);
    const plan = hooks.adapt?.(planned) ?? planned;
    const { prompter, keyRing } = deps;
    const { onPrompt, onPhase } = hooks;
    const person = new Person({
      prompter,
      accountId: account.id,
      host: plan.host,
      by,
      signal,
      onPrompt,
    });
    const secrets = new AttemptSecrets(keyRing);
    const memory = new AttemptMemory();
    const { agentSocket } = settings;
    const connection = {
      ...deps,
      plan,
      person,
      secrets,
      memory,
      agentSocket,
      acceptedFingerprint,
      onPhase,
    };
    for (let redials = 0; ; redials++) {
      try {
        return await openSession(connection, signal);
      } catch (thrown) {
        const goesOn = thrown instanceof TunnelFailure && thrown.redial && !signal.aborted;
        if (!goesOn || redials >= MOST_REDIALS) throw thrown;
        await person.settled();
        // The new connection is not to run out of time too while a passphrase is turned into a key.
        await Promise.all(memory.opening.values());
        if (person.cancelled !== null) throw person.cancelled;
      }
    }
  }
}

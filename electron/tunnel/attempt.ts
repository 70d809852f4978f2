import type { Account } from '../shared/account';
import type { PromptId } from '../shared/prompt';
import type { Phase } from '../shared/tunnel-state';
import { AttemptSecrets, type KeyRing } from '../secrets/key-ring';
import { AttemptMemory } from './attempt-memory';
import { buildPlan, type ConnectionPlan } from './connection-plan';
import type { ChannelRequest } from './early-channel';
import type { ConnectionDependencies } from './connection-dependencies';
import type { HostKeys } from './host-keys';
import { ASKED_BY } from './jump';
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
  /** See `ConnectionDependencies`. */
  readonly firstChannel?: () => ChannelRequest | null;
  /** What is to be done in another way than the account says. */
  readonly adapt?: (plan: ConnectionPlan) => ConnectionPlan;
}

/** A key that a person compared and takes in place of the known one, of this server and of no other. */
export interface AcceptedKey {
  readonly host: string;
  readonly port: number;
  readonly fingerprint: string;
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
    accepted: AcceptedKey | null,
    deps: AttemptDependencies,
    hooks: AttemptHooks,
  ) {
    this.session = this.#run(account, by, accepted, deps, hooks);
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
    accepted: AcceptedKey | null,
    deps: AttemptDependencies,
    hooks: AttemptHooks,
  ): Promise<SshSession> {
    const { signal } = this.#abort;
    const settings = deps.settings();
    const planned = buildPlan(account, settings);
    const plan = hooks.adapt?.(planned) ?? planned;
    const { prompter } = deps;
    const { host } = plan;
    const { onPrompt } = hooks;
    const asker = settings.askAlways === true ? 'person' : by;
    const person = new Person({
      prompter,
      accountId: account.id,
      host,
      by: asker,
      signal,
      onPrompt,
    });
    const chain = chainFor(plan, { ...deps, person, agentSocket: settings.agentSocket, accepted });
    const [connection] = chain;
    for (let redials = 0; ; redials++) {
      try {
        const { onPhase, firstChannel = () => null } = hooks;
        return await openSession({ ...connection, onPhase, firstChannel }, signal);
      } catch (thrown) {
        const goesOn = thrown instanceof TunnelFailure && thrown.redial && !signal.aborted;
        if (!goesOn || redials >= MOST_REDIALS) throw thrown;
        await person.settled();
        // The new connection is not to run out of time too while a passphrase is turned into a key.
        await Promise.all(chain.flatMap(({ memory }) => [...memory.opening.values()]));
        if (person.cancelled !== null) throw person.cancelled;
      }
    }
  }
}

interface ChainDependencies extends Pick<
  ConnectionDependencies,
  'hostKeys' | 'opener' | 'agentSocket' | 'person' | 'log'
> {
  readonly keyRing: KeyRing;
  readonly accepted: AcceptedKey | null;
}

/**
 * What the servers on the way are connected to with, the plan's own first. Each has its own memory and secrets: what
 * one of them refuses may be right for the next, and what one accepts says nothing of what another will.
 */
function chainFor(
  plan: ConnectionPlan,
  deps: ChainDependencies,
): [ConnectionDependencies, ...ConnectionDependencies[]] {
  const { host, port, route } = plan;
  const { accepted, keyRing } = deps;
  const hops: readonly ConnectionDependencies[] =
    route.kind === 'jump' ? chainFor(route.via, deps) : [];
  const onward = { mailHost: host, mailPort: port, from: ASKED_BY };
  const isMeant = accepted?.host === host && accepted.port === port;
  const connection: ConnectionDependencies = {
    ...deps,
    plan,
    hostKeys: deps.hostKeys.at(plan.knownHostsFile),
    person: deps.person.at(host),
    secrets: new AttemptSecrets(keyRing),
    proxySecrets: new AttemptSecrets(keyRing),
    memory: new AttemptMemory(),
    acceptedFingerprint: isMeant ? accepted.fingerprint : null,
    // To a person, everything on the way is the reaching of their server.
    onPhase: () => undefined,
    // Through a hop, the way to this server is what is wanted first.
    via: hops[0] === undefined ? null : { ...hops[0], firstChannel: () => onward },
  };
  return [connection, ...hops];
}

import type { TunnelError } from '../shared/tunnel-error';
import type { ConnectionPlan } from './connection-plan';
import type { HostKeys, KnownHostsView } from './host-keys';
import { fingerprint, typeInBlob } from './known-hosts';
import type { Person } from './person';
import type { Log } from './ports';
import { toTunnelError, TunnelFailure } from './tunnel-failure';
import { textOfThrown } from '../shared/thrown';

export interface VerifierDependencies {
  readonly plan: ConnectionPlan;
  readonly hostKeys: HostKeys;
  readonly person: Person;
  readonly log: Log;
  /** A fingerprint that a person compared and takes in place of the known key; null at all other times. */
  readonly acceptedFingerprint: string | null;
  readonly giveUp: (error: TunnelError) => void;
}

/**
 * Decides whether a server is the one that is meant, and fails closed: only `true`, reached on purpose, lets a
 * connection go on. ssh2 takes anything but a strict `false` for yes, and calls again at every re-key, so the
 * verdict is handed over in one place here and the accepted key is compared from then on.
 */
export class HostVerifier {
  readonly #deps: VerifierDependencies;
  #known: KnownHostsView | null = null;
  #accepted: Buffer | null = null;
  #remember: (() => Promise<void>) | null = null;

  constructor(deps: VerifierDependencies) {
    this.#deps = deps;
  }

  /** Reads what is known; must come first. */
  async load(): Promise<void> {
    this.#known = await this.#deps.hostKeys.load();
  }

  get knownTypes(): readonly string[] {
    const { host, port } = this.#deps.plan;
    return this.#known?.knownTypes(host, port) ?? [];
  }

  /** The accepted key's fingerprint, for the details of a session. */
  get fingerprint(): string {
    return this.#accepted === null ? '' : fingerprint(this.#accepted);
  }

  /** ssh2's `hostVerifier`. Returns nothing on purpose: whatever it returned but `undefined` would count as the answer. */
  readonly verify = (key: Buffer, answer: (valid: boolean) => void): void => {
    if (this.#accepted !== null) {
      answer(this.#accepted.equals(key));
      return;
    }
    const presented = Buffer.from(key);
    this.#decide(presented).then(
      () => {
        this.#accepted = presented;
        answer(true);
      },
      (thrown: unknown) => {
        this.#deps.giveUp(toTunnelError(thrown));
        answer(false);
      },
    );
  };

  /** Writes a newly trusted key down, once the server has proved by its signature and sign-in that the key is its own. */
  async remember(): Promise<void> {
    await this.#remember?.();
    this.#remember = null;
  }

  /** Takes over what else the server has proved to be its own, once it is trusted; never fails. */
  async learn(keys: readonly Buffer[]): Promise<void> {
    const { plan, hostKeys, log } = this.#deps;
    if (this.#accepted === null) return;
    try {
      await this.remember();
      const added = await hostKeys.learn(plan.host, plan.port, keys);
      for (const key of added) log('info', `host key of ${plan.host}: learnt ${fingerprint(key)}`);
    } catch (thrown) {
      log('warn', `host keys of ${plan.host} not learnt: ${textOfThrown(thrown)}`);
    }
  }

  /** Resolves when the key may be trusted; every other verdict, and every surprise, is a rejection. */
  async #decide(key: Buffer): Promise<void> {
    const { plan, hostKeys, log } = this.#deps;
    const { host, port } = plan;
    if (this.#known === null) throw new Error('host keys were not loaded');
    const verdict = this.#known.judge(host, port, key);
    const shown = fingerprint(key);
    log('info', `host key of ${host}: ${verdict.kind}, ${shown}`);
    switch (verdict.kind) {
      case 'known':
        return;
      case 'revoked':
        throw new TunnelFailure({
          kind: 'host-key-revoked',
          host,
          fingerprint: shown,
          knownAt: `${verdict.file}:${verdict.line}`,
        });
      case 'changed':
        if (shown !== this.#deps.acceptedFingerprint)
          throw new TunnelFailure({
            kind: 'host-key-changed',
            host,
            port,
            algorithm: typeInBlob(key) ?? '',
            knownFingerprint: fingerprint(verdict.knownKey),
            presentedFingerprint: shown,
            knownAt: `${verdict.file}:${verdict.line}`,
          });
        this.#remember = () => hostKeys.replace(host, port, key);
        return;
      case 'unknown':
      case 'other-algorithm':
        await this.#askAbout(key, shown, verdict.kind);
        this.#remember = () => hostKeys.trust(host, port, key);
        return;
    }
  }

  async #askAbout(
    key: Buffer,
    shown: string,
    question: 'unknown' | 'other-algorithm',
  ): Promise<void> {
    const { plan, hostKeys, person } = this.#deps;
    const { host, port } = plan;
    // Said already, for a connection that did not come about for another reason.
    if (hostKeys.hasInMind(host, port, question, key)) return;
    const answer = await person.ask('host-key', {
      kind: 'host-key',
      host,
      port,
      algorithm: typeInBlob(key) ?? '',
      fingerprint: shown,
      otherKeyKnown: question === 'other-algorithm',
      authorityKnown: this.#known?.authorityKnown(host, port) === true,
    });
    // Only a clear yes is one; an answer to some other question decides nothing.
    if (answer.kind !== 'trust')
      throw new TunnelFailure({ kind: 'cancelled-by-person', what: 'host-key' });
    hostKeys.keepInMind(host, port, question, key);
  }
}

import { connectionMatters, type Account } from '../shared/account';
import type { SessionFacts, Traffic } from '../shared/app-snapshot';
import { assertNever } from '../shared/result';
import type { TunnelError } from '../shared/tunnel-error';
import type { TunnelState } from '../shared/tunnel-state';
import { AttemptRunner, type AcceptedKey, type AttemptDependencies } from './attempt';
import { Clients, HOLD_MS } from './clients';
import { Doorkeeper } from './doorkeeper';
import { LocalPorts } from './local-ports';
import { mailOpener, type OpenMailServer } from './mail-channel';
import { NamedTimers } from './named-timers';
import type { StartedBy } from './ports';
import { channelForProof, proveForwards } from './proof';
import { SessionChannels } from './ssh2-session';
import type { SshSession } from './ssh-session';
import { toTunnelError } from './tunnel-failure';
import { reduce } from './tunnel-machine';
import {
  initialMachine,
  type Effect,
  type Machine,
  type TimerName,
  type TunnelEvent,
} from './tunnel-events';
import { currentAttempt, whyNotUp } from './tunnel-steps';

export interface TunnelDependencies extends AttemptDependencies {
  readonly inWords: (error: TunnelError) => string;
  readonly onChange: (state: TunnelState, traffic: Traffic, session: SessionFacts | null) => void;
}

/** Bytes are reported at most this often, in milliseconds, so that a fast transfer does not become a flood of snapshots. */
const TRAFFIC_EVERY_MS = 500;

/**
 * The running form of one account: carries out what the machine decides, and tells it what came of it. Owns the
 * local ports, the mail programs' connections, the current attempt and its session.
 */
export class Tunnel {
  #account: Account;
  readonly #deps: TunnelDependencies;
  readonly #clients: Clients;
  readonly #openMail: OpenMailServer;
  readonly #door: Doorkeeper;
  readonly #ports: LocalPorts;
  readonly #timers: NamedTimers<TimerName>;
  #machine: Machine;
  #attempt: AttemptRunner | null = null;
  #session: SshSession | null = null;
  /** All hanging up that was begun. */
  #ending: Promise<void> = Promise.resolve();
  /** Until a connection comes up by it. */
  #accepted: AcceptedKey | null = null;
  /** Compression broke a connection of this account: the next ones do without, until the account is changed. */
  #uncompressed = false;
  /** Knows likewise whether the server wants no session channel. */
  #sessions: SessionChannels;
  #queue: TunnelEvent[] = [];
  #reducing = false;
  #trafficTimer: (() => void) | null = null;

  constructor(account: Account, deps: TunnelDependencies) {
    this.#account = account;
    this.#deps = deps;
    this.#sessions = new SessionChannels(deps);
    this.#machine = initialMachine(account.mode);
    this.#openMail = mailOpener(deps.settings);
    this.#clients = new Clients({
      open: this.#openMail,
      clock: deps.clock,
      holdMs: () => deps.settings().waits?.hold ?? HOLD_MS,
      whyNot: () => whyNotUp(this.#machine.state, this.#account.sshHost),
      inWords: deps.inWords,
      onCount: (count) => this.dispatch({ type: 'clients', count }),
      onTraffic: () => this.#trafficChanged(),
    });
    this.#door = new Doorkeeper({
      log: deps.log,
      admit: (socket, forward) => this.#clients.arrived(socket, forward),
    });
    this.#ports = new LocalPorts((socket, forward) => this.#door.arrived(socket, forward));
    this.#timers = new NamedTimers(deps.clock);
  }

  get state(): TunnelState {
    return this.#machine.state;
  }

  /** Takes over a changed account: switches, and reconnects once where the change matters to the connection. */
  update(account: Account, by: StartedBy, dial: boolean): void {
    const before = this.#account;
    this.#account = account;
    const { mode } = account;
    const idle = ({ connection }: Account) => connection.idleSeconds;
    if (connectionMatters(before, account)) {
      this.#uncompressed = false;
      this.#sessions = new SessionChannels(this.#deps);
      this.dispatch({ type: 'reconfigured', mode });
    } else if (before.mode !== mode || idle(before) !== idle(account))
      this.dispatch({ type: 'mode-changed', mode });
    this.dispatch(account.wanted ? { type: 'switched-on', by, dial } : { type: 'switched-off' });
  }

  /** Connect now, on a person's wish. */
  tryNow(): void {
    this.dispatch({ type: 'try-now' });
  }

  /** Prove afresh that it works; `by` says whether a person may be asked. */
  check(by: StartedBy): void {
    this.dispatch({ type: 'check', by });
  }

  /** A person compared this fingerprint and takes the key in place of the known one, once it is shown again. */
  acceptChangedKey(fingerprint: string): void {
    const { state } = this.#machine;
    const error = state.kind === 'needs-attention' ? state.error : null;
    if (error?.kind === 'host-key-changed' && error.presentedFingerprint === fingerprint)
      this.#accepted = { host: error.host, port: error.port, fingerprint };
    this.dispatch({ type: 'try-now' });
  }

  /** Switches off and resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.dispatch({ type: 'switched-off' });
    await Promise.all([this.#ports.settled, this.#attempt?.finished, this.#ending]);
  }

  /** Hands an event to the machine and carries out what follows; events raised meanwhile wait their turn. */
  dispatch(event: TunnelEvent): void {
    this.#queue.push(event);
    if (this.#reducing) return;
    this.#reducing = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const moment = { now: this.#deps.clock.now(), random: this.#deps.clock.random() };
        const before = this.#machine.state;
        const { machine, effects } = reduce(this.#machine, next, moment);
        this.#machine = machine;
        for (const effect of effects) this.#carryOut(effect);
        if (machine.state !== before) this.#tell();
      }
    } finally {
      this.#reducing = false;
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'bind-ports':
        this.#bind(effect.attempt);
        return;
      case 'release-ports':
        this.#door.turnAll();
        this.#clients.dropAll();
        void this.#ports.release().then(() => this.#door.turnAll());
        return;
      case 'dial':
        this.#dial(effect.attempt, effect.by);
        return;
      case 'hang-up':
        this.#endsWith(this.#hangUp(effect.attempt));
        return;
      case 'ask-greeting':
        void this.#askGreetings(effect.attempt);
        return;
      case 'set-timer':
        this.#setTimer(effect.timer, effect.ms);
        return;
      case 'clear-timer':
        this.#timers.clear(effect.timer);
        return;
      case 'refuse-clients':
        this.#clients.refuseHeld(effect.error);
        return;
      case 'probe':
        this.#session?.probe(this.#deps.settings().waits?.probe ?? effect.ms);
        return;
      default:
        assertNever(effect);
    }
  }

  #bind(attempt: number): void {
    this.#ports
      .bind(() => this.#account.forwards)
      .then(
        () => this.dispatch({ type: 'ports-bound', attempt }),
        (thrown: unknown) => {
          this.#door.turnAll();
          this.dispatch({ type: 'ports-failed', attempt, error: toTunnelError(thrown) });
        },
      );
  }

  #dial(attempt: number, by: StartedBy): void {
    const runner = new AttemptRunner(this.#account, by, this.#accepted, this.#deps, {
      onPhase: (phase) => this.dispatch({ type: 'phase', attempt, phase }),
      adapt: (plan) => (this.#uncompressed ? { ...plan, compression: false } : plan),
      firstChannel: () => this.#clients.first ?? channelForProof(this.#account.forwards),
      onPrompt: (prompt) =>
        this.dispatch(
          prompt === null
            ? { type: 'prompt-closed', attempt }
            : { type: 'prompt-opened', attempt, prompt },
        ),
    });
    this.#attempt = runner;
    runner.session.then(
      (session) => this.#up(attempt, session),
      (thrown: unknown) =>
        this.dispatch({ type: 'session-ended', attempt, error: toTunnelError(thrown) }),
    );
  }

  #up(attempt: number, session: SshSession): void {
    // Switched off in this very moment: nobody waits for it any more.
    const { state } = this.#machine;
    if (currentAttempt(state) !== attempt || state.kind === 'disconnecting') {
      this.#endsWith(session.end());
      return;
    }
    this.#session = session;
    this.#accepted = null;
    void session.closed.then((error) => {
      this.#uncompressed ||= session.compressionBroke;
      if (this.#session === session) {
        this.#session = null;
        this.#clients.lose();
      }
      if (error !== null) this.dispatch({ type: 'session-ended', attempt, error });
    });
    this.dispatch({ type: 'session-up', attempt });
    this.#clients.serve(session);
  }

  #endsWith(work: Promise<void>): void {
    const before = this.#ending;
    this.#ending = work.then(() => before);
  }

  async #hangUp(attempt: number): Promise<void> {
    this.#attempt?.cancel();
    const session = this.#session;
    this.#session = null;
    this.#clients.lose();
    await session?.end();
    this.dispatch({ type: 'hung-up', attempt });
  }

  /** Green needs every forward's mail server to greet; the first forward's greeting is the one that is shown. */
  async #askGreetings(attempt: number): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const { clock, settings } = this.#deps;
    const { greet } = settings().waits ?? {};
    try {
      const [first] = await proveForwards(session, this.#account.forwards, this.#openMail, greet);
      if (first !== undefined)
        this.dispatch({ type: 'greeted', attempt, greeting: { ...first, at: clock.now() } });
    } catch (thrown) {
      this.dispatch({ type: 'not-greeted', attempt, error: toTunnelError(thrown) });
    }
    if (this.#account.sessionChannel && this.#session === session) this.#sessions.ask(session);
  }

  #setTimer(timer: TimerName, ms: number): void {
    const due = () => this.dispatch({ type: `${timer}-due` });
    this.#timers.set(timer, this.#waitFor(timer) ?? ms, due);
  }

  /** A wait that the account or the settings put in place of the machine's. */
  #waitFor(timer: TimerName): number | undefined {
    const { waits = {} } = this.#deps.settings();
    switch (timer) {
      case 'idle':
        return waits.idle ?? this.#account.connection.idleSeconds * 1000;
      case 'ask-again':
        return waits.askAgain;
      case 'retry':
        return undefined;
    }
  }

  #trafficChanged(): void {
    if (this.#trafficTimer !== null) return;
    this.#trafficTimer = this.#deps.clock.after(TRAFFIC_EVERY_MS, () => {
      this.#trafficTimer = null;
      this.#tell();
    });
  }

  #tell(): void {
    this.#deps.onChange(this.#machine.state, this.#clients.traffic, this.#session?.facts ?? null);
  }
}

import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ConnectConfig, type NegotiatedAlgorithms } from 'ssh2';
import type { SessionFacts } from '../shared/app-snapshot';
import type { TunnelError } from '../shared/tunnel-error';
import type { Phase } from '../shared/tunnel-state';
import { algorithmsFor } from './algorithms';
import { AuthSequence } from './auth-sequence';
import type { ConnectionDependencies } from './connection-dependencies';
import { EarlyChannel } from './early-channel';
import {
  cleanServerText,
  foreignGreeting,
  mapConnectionError,
  mapEnd,
  type AttemptContext,
} from './error-mapping';
import { HostVerifier } from './host-verifier';
import { PhaseTimer } from './phase-timer';
import { corkPerTick, SendGate } from './send-gate';
import { ServerWords } from './server-words';
import { watchSilence } from './silence';
import { mendSsh2 } from './ssh2-mending';
import { acknowledgeChannels, insideOf } from './ssh2-inside';
import { Flight, objectors, takesInTurn } from './ssh2-flight';
import { takeOverKeepalive } from './ssh2-keepalive';
import { freeSpentReads, readWholePackets } from './ssh2-reading';
import { widenWindows } from './ssh2-window';
import { FLOOD, SshSession } from './ssh-session';
import { TunnelFailure } from './tunnel-failure';

/** What follows once the server is reached: who it is, and who we are. */
export class Handshake {
  readonly #deps: ConnectionDependencies;
  readonly #signal: AbortSignal;
  readonly #socket: Duplex;
  readonly #client: Client = new ssh2.Client();
  readonly #auth: AuthSequence;
  readonly #timer: PhaseTimer;
  readonly #verifier: HostVerifier;
  readonly #words = new ServerWords();
  #negotiated: NegotiatedAlgorithms | null = null;
  #flight: Flight | null = null;
  /** Asks the server for a sign of life; null where ssh2 does that by itself. */
  #ask: (() => void) | null = null;
  #early: EarlyChannel | null = null;
  #session: SshSession | null = null;
  /** The first reason counts; what follows from it is noise. */
  #reason: TunnelError | null = null;
  #settle: ((outcome: SshSession | TunnelFailure) => void) | null = null;

  constructor(deps: ConnectionDependencies, socket: Duplex, signal: AbortSignal) {
    this.#deps = deps;
    this.#socket = socket;
    this.#signal = signal;
    const { host } = deps.plan;
    this.#timer = new PhaseTimer((phase) =>
      this.#fail({ kind: 'timed-out', host, phase, detail: '' }),
    );
    const giveUp = (error: TunnelError) => this.#fail(error);
    this.#auth = new AuthSequence({ ...deps, giveUp });
    this.#verifier = new HostVerifier({ ...deps, giveUp });
  }

  async run(): Promise<SshSession> {
    const outcome = new Promise<SshSession | TunnelFailure>((resolve) => (this.#settle = resolve));
    const offAsking = this.#deps.person.onAsking((asking) => this.#timer.hold(asking));
    const onAbort = () =>
      this.#fail({ kind: 'connection-lost', host: this.#deps.plan.host, detail: 'stopped' });
    this.#signal.addEventListener('abort', onAbort);
    this.#listen();
    this.#enter('verifying-host', this.#deps.plan.timeouts.verify);
    this.#start().catch((thrown: unknown) => this.#failWith(thrown));
    try {
      if (this.#signal.aborted) onAbort();
      // What happened to the socket before anybody listened is not told again.
      if (this.#socket.destroyed) this.#failWith(this.#socket.errored ?? new Error('closed'));
      const result = await outcome;
      if (result instanceof TunnelFailure) throw result;
      return result;
    } finally {
      offAsking();
      this.#timer.stop();
      this.#signal.removeEventListener('abort', onAbort);
    }
  }

  async #start(): Promise<void> {
    const { plan } = this.#deps;
    await this.#verifier.load();
    if (this.#settle === null) return;
    corkPerTick(this.#socket);
    const config: ConnectConfig = {
      sock: this.#socket,
      username: plan.user,
      algorithms: algorithmsFor(this.#verifier.knownTypes, plan),
      hostVerifier: this.#verifier.verify,
      // ssh2's types describe authHandler more narrowly than what it accepts; see AuthSequence.
      authHandler: this.#auth.handler,
      readyTimeout: 0,
      keepaliveInterval: plan.keepalive.intervalMs,
      keepaliveCountMax: plan.keepalive.count,
      strictVendor: false,
      debug: (line) => this.#words.overhear(line),
    };
    this.#client.connect(config);
    mendSsh2(this.#client, plan.oldServer);
    this.#flight = this.#takeOff();
    this.#socket.once('data', (bytes: Buffer) => {
      const { host, port } = plan;
      const detail = foreignGreeting(bytes);
      if (detail !== null) this.#fail({ kind: 'not-ssh', host, port, detail });
    });
  }

  /** Where ssh2 is known well enough and the server does not mind, the sign-in does not wait for needless answers. */
  #takeOff(): Flight | null {
    const { host, port } = this.#deps.plan;
    const inside = insideOf(this.#client);
    if (inside === null) return null;
    acknowledgeChannels(inside);
    widenWindows(inside);
    readWholePackets(inside);
    this.#client.once('ready', () => freeSpentReads(this.#socket, inside));
    this.#ask = takeOverKeepalive(this.#client, inside);
    if (objectors.has(host, port)) return null;
    const { keys } = this.#auth;
    return new Flight(inside, {
      signNow: (publicKey) => keys.signNow(publicKey),
      onPartial: () => keys.wasWanted(),
      openEarly: () => {
        // A server that refuses the key may hang up at what comes behind it, so that key must be a likely one.
        if (keys.isTrusted && takesInTurn(this.#words.version)) this.#openEarly();
      },
      dropEarly: () => {
        this.#early?.drop();
        this.#early = null;
      },
    });
  }

  #openEarly(): void {
    const request = this.#deps.firstChannel?.() ?? null;
    if (request === null) return;
    const { host, port } = this.#deps.plan;
    this.#early = new EarlyChannel(this.#client, request, {
      onFlood: () => {
        if (this.#session === null) this.#socket.destroy();
        else this.#session.drop(FLOOD);
      },
      onSilence: () => objectors.add(host, port),
    });
  }

  #listen(): void {
    const { timeouts } = this.#deps.plan;
    const client = this.#client;
    this.#socket.on('error', (error) => this.#failWith(error));
    this.#socket.on('close', () =>
      this.#fail(mapEnd(this.#context(), 'the server closed the connection')),
    );
    client.on('error', (error) => {
      // The agent's trouble is not the end: ssh2 goes on to the next way of signing in.
      if (error.level === 'agent') this.#deps.log('info', `agent: ${error.message}`);
      else this.#failWith(error);
    });
    client.on('handshake', (negotiated) => {
      this.#negotiated = negotiated;
      // A re-key later on is a handshake too, and changes nothing.
      if (this.#timer.phase === 'verifying-host') this.#enter('signing-in', timeouts.signIn);
    });
    client.on('banner', (text) => this.#words.hear(text));
    client.on('change password', (prompt) => this.#passwordExpired(prompt));
    client.once('ready', () => {
      this.#early?.letIn();
      void this.#succeed();
      // Each of these has signed for this very connection: ssh2 asks for that and drops the others.
      client.once('hostkeys', (keys) => {
        void this.#verifier.learn(keys.map((key) => key.getPublicSSH()));
      });
    });
  }

  /** A server that wants a new password before anything else is waited for in vain: only a person can give it one. */
  #passwordExpired(prompt: string): void {
    const { host, user } = this.#deps.plan;
    const { tried } = this.#deps.memory;
    const serverSays = cleanServerText(`${this.#words.toUs}${prompt}`);
    const detail = 'the server asks for a new password';
    this.#fail({ kind: 'sign-in-refused', user, host, tried, serverSays, detail });
  }

  #enter(phase: Phase, ms: number): void {
    // ssh2 goes on for a step or two when an answer comes after the end.
    if (this.#settle === null) return;
    this.#timer.enter(phase, ms);
    this.#deps.onPhase(phase);
  }

  async #succeed(): Promise<void> {
    try {
      this.#auth.keys.wasWanted();
      await this.#verifier.remember();
      this.#deps.secrets.accept();
      const { host, keepalive } = this.#deps.plan;
      const gate = new SendGate(this.#socket);
      const facts = this.#facts();
      const session = new SshSession(this.#client, this.#socket, gate, facts, host, this.#early);
      this.#session = session;
      const onSilence = () => session.drop('keepalive: nothing came from the server');
      watchSilence(this.#socket, keepalive, onSilence, this.#ask);
      this.#finish(session);
    } catch (thrown) {
      this.#failWith(thrown);
    }
  }

  #facts(): SessionFacts {
    const negotiated = this.#negotiated;
    return {
      serverVersion: this.#words.version,
      cipher: negotiated?.cs.cipher ?? '',
      keyExchange: negotiated?.kex ?? '',
      hostKeyAlgorithm: negotiated?.serverHostKey ?? '',
      hostKeyFingerprint: this.#verifier.fingerprint,
      signedInBy: this.#auth.last ?? '',
      strictKeyExchange: this.#words.strict,
      compressed: negotiated?.cs.compress === 'zlib@openssh.com',
    };
  }

  #context(): AttemptContext {
    const { host, port, user, oldServer } = this.#deps.plan;
    const { tried, letItAsk } = this.#deps.memory;
    const { offered } = this.#auth;
    return {
      host,
      port,
      user,
      oldServer,
      offers: this.#words.offers,
      phase: this.#timer.phase,
      tried,
      letItAsk,
      offered,
      banner: this.#words.banner,
      serverSays: this.#words.toUs,
    };
  }

  #failWith(thrown: unknown): void {
    this.#fail(
      thrown instanceof TunnelFailure ? thrown.error : mapConnectionError(thrown, this.#context()),
    );
  }

  #fail(error: TunnelError): void {
    this.#reason ??= this.#withUnusableKeys(error);
    const lost = this.#reason.kind === 'connection-lost' || this.#reason.kind === 'sign-in-refused';
    const { person, memory } = this.#deps;
    const busy = person.asking || memory.opening.size > 0;
    const objected = lost && this.#flight?.inTheAir === true && !this.#signal.aborted;
    const { host, port } = this.#deps.plan;
    if (objected) objectors.add(host, port);
    this.#early?.drop();
    // A server that objects to the manner has said nothing of the key.
    const goesOn = objected || this.#auth.endedByKey() || busy;
    this.#finish(new TunnelFailure(this.#reason, lost && goesOn));
    this.#socket.destroy();
  }

  /** A person who sees a key in the agent is told that it was not even offered. */
  #withUnusableKeys(error: TunnelError): TunnelError {
    const keys = [...this.#deps.memory.unusableKeys];
    if (error.kind !== 'sign-in-refused' && error.kind !== 'no-way-to-sign-in') return error;
    if (keys.length === 0) return error;
    return { ...error, detail: `${error.detail}; not usable in the agent: ${keys.join(', ')}` };
  }

  #finish(outcome: SshSession | TunnelFailure): void {
    this.#settle?.(outcome);
    this.#settle = null;
  }
}

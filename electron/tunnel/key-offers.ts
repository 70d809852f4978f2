import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import { Secret } from '../secrets/secret';
import type { AgentTrouble } from '../shared/tunnel-error';
import { AgentSilence } from './agent-listing';
import { LimitedAgent, OneKeyAgent, type AgentKeys, type UnusableKey } from './agents';
import type { AuthDependencies } from './auth-sequence';
import type { AuthStep } from './connection-plan';
import { cleanServerText } from './error-mapping';
import { readKeyFile, type KeyFile } from './key-opener';
import { askSecret } from './person';
import { publicHalf } from './private-key';
import { toTunnelError, TunnelFailure } from './tunnel-failure';
import { textOfThrown } from '../shared/thrown';

/** A wrong passphrase or password may be typed this often before the attempt ends. */
export const TRIES = 3;

type AgentStep = Extract<AuthStep, { kind: 'agent' }>;

/** One key of an agent, as a way of signing in of its own. */
export interface AgentKeyStep {
  readonly kind: 'agent-key';
  readonly key: ParsedKey;
  readonly agent: LimitedAgent;
  readonly required: boolean;
}

type SignNow = (data: Buffer, hash: string | undefined) => Promise<Buffer>;

/** The key that is before the server. */
interface Offered {
  readonly name: string;
  /** The server has asked for a signature of it. */
  wanted: boolean;
  readonly signNow: SignNow | null;
  readonly trusted: boolean;
  /** Forgets what was kept for it. */
  readonly onRefused: () => void;
}

/**
 * Puts keys before the server, one at a time, whether they lie in a file or in an agent. So it is known which ones it
 * does not want, and none is offered twice in one attempt: servers end the connection after a few (MaxAuthTries).
 */
export class KeyOffers {
  readonly #deps: AuthDependencies;
  #offered: Offered | null = null;

  constructor(deps: AuthDependencies) {
    this.#deps = deps;
  }

  /** The key that was offered last is done with: what the server did not want is not offered again. */
  settle(): void {
    const offered = this.#offered;
    this.#offered = null;
    if (offered === null || offered.wanted) return;
    this.#deps.memory.refusedKeys.add(offered.name);
    offered.onRefused();
  }

  /**
   * What signs with the key that is before the server, where that asks nobody anything: the file is open, or the
   * agent's key is the one that opened the door last time. Null for any other key.
   */
  signNow(publicKey: Buffer): SignNow | null {
    const offered = this.#offered;
    return offered?.name === nameOf(publicKey) ? offered.signNow : null;
  }

  /** The server took the key that is before it, as a step on the way in. */
  wasWanted(): void {
    if (this.#offered !== null) this.#offered.wanted = true;
  }

  /** Is the key that is before the server one that the person chose for it, or that opened the door last time? */
  get isTrusted(): boolean {
    return this.#offered?.trusted === true;
  }

  /** Is a key before the server that it has not asked a signature of? */
  get pending(): boolean {
    return this.#offered !== null && !this.#offered.wanted;
  }

  /** The agent's keys; the one that opened the door last time comes first. */
  async fromAgent({ socket, key, required }: AgentStep): Promise<readonly AgentKeyStep[]> {
    const path = socket ?? this.#deps.agentSocket;
    if (path === null) {
      if (required) throw agentFailure('gone', 'no agent');
      return [];
    }
    const agent = new LimitedAgent(path);
    let held: AgentKeys;
    try {
      held = await this.#deps.person.askedElsewhere(() => agent.keys(key));
    } catch (thrown) {
      const why = thrown instanceof AgentSilence ? 'not-signed' : 'gone';
      this.#agentTrouble(thrown, why, required);
      return [];
    }
    this.#noteUnusable(held.unusable);
    if (key !== null && held.usable.length === 0) throw chosenKeyFailure(key, held.unusable);
    const last = this.#lastKey();
    const isLast = (one: ParsedKey) => Number(nameOf(one.getPublicSSH()) === last);
    const keys = [...held.usable].sort((a, b) => isLast(b) - isLast(a));
    return keys.map((one) => ({ kind: 'agent-key', key: one, agent, required }) as const);
  }

  /** Said when nothing else works: "no key of the agent" is no help to somebody who sees a key in it. */
  #noteUnusable(keys: readonly UnusableKey[]): void {
    for (const key of keys) {
      const words = inWords(key);
      if (this.#deps.memory.unusableKeys.has(words)) continue;
      this.#deps.memory.unusableKeys.add(words);
      this.#deps.log('info', `agent: passed over ${words}`);
    }
  }

  /** Offers one key of the agent; null when the server has refused it already. */
  agentKey({ key, agent, required }: AgentKeyStep): AnyAuthMethod | null {
    const blob = key.getPublicSSH();
    const sign = (data: Buffer, hash: string | undefined) => {
      this.#deps.secrets.offer(this.#lastName(), new Secret(nameOf(blob)));
      return this.#deps.person.askedElsewhere(() => agent.sign(key, data, hash));
    };
    const onTrouble = (thrown: unknown) => this.#agentTrouble(thrown, 'not-signed', required);
    const last = nameOf(blob) === this.#lastKey();
    return this.#offer(blob, sign, onTrouble, {
      // Some agents ask a person to approve each signature: not for a key that may be of no use.
      signNow: last ? sign : null,
      trusted: last,
      // It opened the door last time, and does no longer.
      onRefused: () => {
        if (last) this.#deps.secrets.refuse(this.#lastName());
      },
    });
  }

  /** Offers the key of a file; null when it is of no use and was not chosen by the person, or was refused already. */
  async keyFile(path: string, required: boolean): Promise<AnyAuthMethod | null> {
    try {
      const file = await readKeyFile(path);
      // Without a public half nothing can be offered before the key is open.
      const blob = file.publicKey ?? publicHalf(await this.#open(file));
      const sign = async (data: Buffer, hash: string | undefined) =>
        signWith(await this.#open(file), data, hash);
      const isOpen = !file.encrypted || this.#deps.secrets.get(`key:${file.hash}`) !== undefined;
      return this.#offer(blob, sign, (thrown) => this.#deps.giveUp(toTunnelError(thrown)), {
        signNow: isOpen ? sign : null,
        trusted: required,
        // What nobody typed anything for is not worth keeping; the rest may open other doors.
        onRefused: () => {
          if (!file.encrypted) this.#deps.secrets.refuse(`key:${file.hash}`);
        },
      });
    } catch (thrown) {
      const error = toTunnelError(thrown);
      if (required || error.kind !== 'key-unusable') throw thrown;
      if (error.why !== 'missing') this.#deps.log('info', `key ${path} passed over: ${error.why}`);
      return null;
    }
  }

  #offer(
    blob: Buffer,
    sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>,
    onTrouble: (thrown: unknown) => void,
    how: Pick<Offered, 'signNow' | 'trusted' | 'onRefused'>,
  ): AnyAuthMethod | null {
    const { memory, plan } = this.#deps;
    const name = nameOf(blob);
    if (memory.refusedKeys.has(name)) return null;
    const offered: Offered = { ...how, name, wanted: false };
    this.#offered = offered;
    const signWanted = (data: Buffer, hash: string | undefined) => {
      offered.wanted = true;
      return sign(data, hash);
    };
    const agent = new OneKeyAgent(blob, signWanted, onTrouble, plan.oldServer);
    return { type: 'agent', username: plan.user, agent };
  }

  /** ssh2 goes on to the next way of signing in; a person who chose the agent is told instead. */
  #agentTrouble(thrown: unknown, why: AgentTrouble, required: boolean): void {
    const detail = textOfThrown(thrown);
    this.#deps.log('warn', `agent: ${detail}`);
    if (required) this.#deps.giveUp({ kind: 'agent-unavailable', why, detail });
  }

  /** The name of the agent's key that opened the door last time. */
  #lastKey(): string | undefined {
    return this.#deps.secrets.get(this.#lastName())?.reveal();
  }

  #lastName(): string {
    const { user, host, port } = this.#deps.plan;
    return `agent-key:${user}@${host}:${port}`;
  }

  /** The key in the clear; opened only once, though the connection it is for may be gone and made again meanwhile. */
  #open(file: KeyFile): Promise<string> {
    const { secrets, memory } = this.#deps;
    const name = `key:${file.hash}`;
    const kept = secrets.get(name);
    if (kept !== undefined) return Promise.resolve(kept.reveal());
    const running = memory.opening.get(name);
    if (running !== undefined) return running;
    const opening = this.#unlock(file, name).finally(() => memory.opening.delete(name));
    memory.opening.set(name, opening);
    return opening;
  }

  /** Opens a key with a passphrase that is asked for, three times at most. */
  async #unlock(file: KeyFile, name: string): Promise<string> {
    const { secrets, opener, person } = this.#deps;
    for (let wrong = 0; ; wrong++) {
      const passphrase = file.encrypted
        ? await askSecret(person, 'passphrase', {
            kind: 'passphrase',
            keyPath: file.path,
            wrongBefore: wrong > 0,
            triesLeft: TRIES - wrong,
          })
        : null;
      const opened = await opener.open(file, passphrase?.reveal() ?? null);
      if (opened.kind === 'opened') {
        secrets.offer(name, new Secret(opened.pem, passphrase?.keep));
        return opened.pem;
      }
      const { why, detail } = opened;
      if (why !== 'wrong-passphrase' || wrong + 1 >= TRIES)
        throw new TunnelFailure({ kind: 'key-unusable', path: file.path, why, detail });
    }
  }
}

function agentFailure(why: AgentTrouble, detail: string): TunnelFailure {
  return new TunnelFailure({ kind: 'agent-unavailable', why, detail });
}

/** The account names one key of the agent, and it is not there or no use. */
function chosenKeyFailure(key: string, [found]: readonly UnusableKey[]): TunnelFailure {
  return found === undefined
    ? agentFailure('key-missing', key)
    : agentFailure('key-unusable', inWords(found));
}

function inWords({ why, comment, fingerprint }: UnusableKey): string {
  return `${why} ${fingerprint} ${cleanServerText(comment).slice(0, 100)}`.trim();
}

function nameOf(blob: Buffer): string {
  return blob.toString('base64');
}

function signWith(pem: string, data: Buffer, hash: string | undefined): Buffer {
  const key = ssh2.utils.parseKey(pem);
  if (key instanceof Error) throw key;
  const signature = key.sign(data, hash);
  if (signature instanceof Error) throw signature;
  return signature;
}

import type { ChannelManager, Inside, Protocol, Signer } from './ssh2-inside';
import { acknowledge, after } from './ssh2-inside';

/** The first request waits this long for its signature, in milliseconds, before the other part goes alone. */
const HOLD_MS = 50;
/** What RSA keys sign with, by the name of the algorithm (RFC 8332); other keys have one way only. */
const RSA_HASHES: Readonly<Record<string, string>> = {
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};

/**
 * Is a server known to deal with one message after the other, whatever each takes? Others may throw away a channel
 * that is asked for while they still look at the key.
 *
 * @param version as in its identification, such as `OpenSSH_9.2p1`
 */
export function takesInTurn(version: string): boolean {
  return /^(OpenSSH|dropbear)_/.test(version);
}

export interface FlightPlan {
  /**
   * Signs with a key at once, without having asked the server whether it wants it and without asking a person; null
   * for a key that cannot, which is then shown first.
   */
  readonly signNow: (
    publicKey: Buffer,
  ) => ((data: Buffer, hash: string | undefined) => Promise<Buffer>) | null;
  /** The key was right, and the server wants something more (RFC 4252, 5.1). */
  readonly onPartial: () => void;
  /** Asks for the first channel already, right behind the signature. */
  readonly openEarly: () => void;
  /** The channel that was asked for early is not to be waited for: the server did not let us in with that key. */
  readonly dropEarly: () => void;
}

/**
 * Signs in without waiting where nothing is won by it: the request for the service, the signed request and the first
 * channel are sent together (RFC 4252 and 4254 let a client do so), which saves three round trips. The host key was
 * verified before any of it is made. A password never goes this way: it is sent only once a server has answered.
 */
export class Flight {
  readonly #protocol: Protocol;
  readonly #channels: ChannelManager;
  readonly #plan: FlightPlan;
  /** Sends the request for the service; null once it is out. */
  #service: (() => void) | null = null;
  #early: number | null = null;
  #signed = false;
  #answers = 0;

  /** @param inside of a client that has begun to connect and has not shaken hands */
  constructor({ protocol, channels }: Inside, plan: FlightPlan) {
    this.#protocol = protocol;
    this.#channels = channels;
    this.#plan = plan;
    this.#doNotWaitForService();
    this.#serviceFirst();
    this.#signAtOnce();
    this.#hearAnswers();
  }

  /**
   * Is something in the air that a server may object to by hanging up? Until its first answer, or, where a channel was
   * asked for behind a key that it refused, until the answer after that.
   */
  get inTheAir(): boolean {
    return this.#signed && this.#answers <= (this.#early === null ? 0 : 1);
  }

  /** Compression begins with the server's yes, so whatever follows the request to sign in must wait for that. */
  get #compressed(): boolean {
    return this.#protocol._kex.negotiated?.cs.compress !== 'none';
  }

  get #alive(): boolean {
    return this.#protocol._destruct !== undefined;
  }

  /** ssh2 begins to sign in once the service is granted; it is told so before it is. */
  #doNotWaitForService(): void {
    const protocol = this.#protocol;
    const service = protocol.service.bind(protocol);
    const begin = protocol._handlers['SERVICE_ACCEPT'] as
      ((from: Protocol, name: string) => void) | undefined;
    if (begin === undefined) return;
    protocol.service = (name) => {
      const timer = setTimeout(() => this.#sendService(), HOLD_MS);
      this.#service = () => {
        clearTimeout(timer);
        service(name);
      };
      // What else the server sent with its keys is read first: it names the signatures that it takes.
      setImmediate(() => {
        if (this.#alive) begin(protocol, name);
      });
    };
    // Its true answer starts nothing any more. The server's next packet waits for our acknowledgement of it.
    protocol._handlers['SERVICE_ACCEPT'] = () => {
      if (!this.#compressed) acknowledge(protocol);
    };
  }

  #sendService(): void {
    const send = this.#service;
    this.#service = null;
    if (this.#alive) send?.();
  }

  #serviceFirst(): void {
    const protocol = this.#protocol;
    for (const name of ['authNone', 'authPassword', 'authKeyboard'] as const) {
      const request = protocol[name].bind(protocol) as (...args: unknown[]) => void;
      protocol[name] = (...args: unknown[]) => {
        this.#sendService();
        request(...args);
      };
    }
  }

  #signAtOnce(): void {
    const protocol = this.#protocol;
    const authPK = protocol.authPK.bind(protocol);
    protocol.authPK = (user, key, algorithm, sign) => {
      const ask = () => {
        if (!this.#alive) return;
        this.#sendService();
        authPK(user, key, algorithm, sign);
      };
      const signNow = sign === undefined ? this.#plan.signNow(key.getPublicSSH()) : null;
      const hash = RSA_HASHES[algorithm ?? ''];
      // An RSA key whose server named no better signature would have to sign with SHA-1.
      if (signNow === null || (algorithm !== undefined && hash === undefined)) {
        ask();
        return;
      }
      const together: Signer = (data, done) => {
        const send = (signature: Buffer) => {
          if (!this.#alive) return;
          this.#sendService();
          done(signature);
          this.#signed = true;
          this.#askEarly();
        };
        // A key that does not sign after all is shown first, and what is wrong with it is told then.
        signNow(data, hash).then(send, ask);
      };
      authPK(user, key, algorithm, together);
    };
  }

  #askEarly(): void {
    if (this.#compressed || this.#answers > 0) return;
    const before = this.#channels._cur;
    this.#plan.openEarly();
    this.#early = this.#channels._cur === before ? null : this.#channels._cur;
  }

  #hearAnswers(): void {
    const answered = () => this.#answers++;
    for (const name of ['USERAUTH_PK_OK', 'USERAUTH_INFO_REQUEST'])
      after(this.#protocol, name, answered);
    const refused = this.#protocol._handlers['USERAUTH_FAILURE'];
    this.#protocol._handlers['USERAUTH_FAILURE'] = (...args) => {
      const [, , partial] = args as unknown as [Protocol, readonly string[], boolean];
      answered();
      if (partial) this.#plan.onPartial();
      if (this.#answers === 1 && this.#early !== null) {
        this.#channels.remove(this.#early);
        this.#plan.dropEarly();
      }
      refused?.(...args);
    };
    after(this.#protocol, 'USERAUTH_SUCCESS', () => (this.#answers = Infinity));
  }
}

/** How long one hang-up in the middle of a flight is held against a server, in milliseconds: a line may have failed. */
const SUSPECTED_MS = 10 * 60_000;

/** Which servers do not like to be told everything at once. One that hung up twice is not tried that way again. */
export class Objectors {
  readonly #since = new Map<string, number>();
  readonly #now: () => number;

  /** @param now a clock in milliseconds */
  constructor(now: () => number = () => Date.now()) {
    this.#now = now;
  }

  /** A server hung up, or did not answer, where others go on. */
  add(host: string, port: number): void {
    const name = `${host}:${port}`;
    this.#since.set(name, this.#since.has(name) ? Infinity : this.#now());
  }

  has(host: string, port: number): boolean {
    const since = this.#since.get(`${host}:${port}`);
    return since !== undefined && this.#now() - since < SUSPECTED_MS;
  }
}

/** For the life of this process, which is all that such a server costs: one connection more. */
export const objectors = new Objectors();

import ssh2, {
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

/** Some agents ask a person to approve each signature (a click, a touch); nobody is waited for longer than this. */
const SIGNATURE_TIMEOUT_MS = 60_000;

/**
 * A running agent (a socket, or a named pipe on Windows), with the defences ssh2's own class lacks: every call has a
 * time limit and calls back exactly once, and what it offers can be looked at before a server sees it.
 */
export class LimitedAgent extends ssh2.BaseAgent {
  readonly #agent: InstanceType<typeof ssh2.OpenSSHAgent>;
  readonly #onTrouble: (detail: string) => void;
  readonly #onOffer: (count: number) => void;

  /** @param onTrouble is told why the agent was of no use, since ssh2 goes on to the next way of signing in */
  constructor(
    socket: string,
    onTrouble: (detail: string) => void,
    onOffer: (count: number) => void,
  ) {
    super();
    this.#agent = new ssh2.OpenSSHAgent(socket);
    this.#onTrouble = onTrouble;
    this.#onOffer = onOffer;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    const done = once(SIGNATURE_TIMEOUT_MS, (error: Error | null, keys?: ParsedKey[]) => {
      if (error !== null) this.#onTrouble(error.message);
      const usable = (keys ?? []).filter((key) => key.type !== 'ssh-dss');
      this.#onOffer(usable.length);
      // An agent that fails is an agent without keys: ssh2 would report an error for it and then go on all the same.
      callback(undefined, usable);
    });
    this.#agent.getIdentities((error, keys) =>
      done(error ?? null, keys as ParsedKey[] | undefined),
    );
  }

  override sign(
    key: ParsedKey | string | Buffer,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const reply = typeof options === 'function' ? options : callback;
    if (reply === undefined) return;
    const wanted = typeof options === 'function' ? {} : options;
    const done = once(SIGNATURE_TIMEOUT_MS, (error: Error | null, signature?: Buffer) => {
      if (error !== null) this.#onTrouble(error.message);
      reply(error, signature);
    });
    if (isSha1(wanted)) done(new Error('the server knows no signature but ssh-rsa with SHA-1'));
    else this.#agent.sign(key, data, wanted, (error, signature) => done(error ?? null, signature));
  }
}

/** ssh2 falls back to SHA-1 signatures for an RSA key when a server does not name better ones; that is never signed. */
export function isSha1(options: SigningRequestOptions): boolean {
  return options.hash === 'sha1';
}

/** One key shown to ssh2 as an agent: the server is asked whether it likes the key before anyone unlocks it. */
export class OneKeyAgent extends ssh2.BaseAgent {
  readonly #publicKey: Buffer;
  readonly #open: () => Promise<string>;
  readonly #onTrouble: (thrown: unknown) => void;

  /**
   * @param open gives the private key in a form ssh2 reads, asking for its passphrase if need be
   * @param onTrouble is told when the key could not be opened or would not sign: that ends the attempt, since the
   *   server wanted just this key
   */
  constructor(
    publicKey: Buffer,
    open: () => Promise<string>,
    onTrouble: (thrown: unknown) => void,
  ) {
    super();
    this.#onTrouble = onTrouble;
    this.#publicKey = publicKey;
    this.#open = open;
  }

  override getIdentities(callback: IdentityCallback<Buffer>): void {
    callback(undefined, [this.#publicKey]);
  }

  override sign(
    _key: Buffer | string | ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const reply = typeof options === 'function' ? options : callback;
    if (reply === undefined) return;
    const wanted = typeof options === 'function' ? {} : options;
    if (isSha1(wanted)) {
      reply(new Error('the server knows no signature but ssh-rsa with SHA-1'));
      return;
    }
    this.#signature(data, wanted.hash).then(
      (signature) => reply(null, signature),
      (thrown: unknown) => {
        this.#onTrouble(thrown);
        reply(thrown instanceof Error ? thrown : new Error(String(thrown)));
      },
    );
  }

  async #signature(data: Buffer, hash: string | undefined): Promise<Buffer> {
    const key = ssh2.utils.parseKey(await this.#open());
    if (key instanceof Error) throw key;
    const signature = key.sign(data, hash);
    if (signature instanceof Error) throw signature;
    return signature;
  }
}

/** Calls back once: with the answer, or with an error when it took too long. */
function once<T>(ms: number, callback: (error: Error | null, value?: T) => void) {
  let open = true;
  const timer = setTimeout(() => answer(new Error('the agent did not answer')), ms);
  const answer = (error: Error | null, value?: T) => {
    if (!open) return;
    open = false;
    clearTimeout(timer);
    callback(error, value);
  };
  return answer;
}

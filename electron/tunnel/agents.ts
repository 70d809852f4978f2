import ssh2, {
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

/** Some agents ask a person to approve each signature (a click, a touch); nobody is waited for longer than this. */
const SIGNATURE_TIMEOUT_MS = 60_000;

/** A running agent (a socket, or a named pipe on Windows). Every call has a time limit and answers exactly once. */
export class LimitedAgent {
  readonly #agent: InstanceType<typeof ssh2.OpenSSHAgent>;

  constructor(socket: string) {
    this.#agent = new ssh2.OpenSSHAgent(socket);
  }

  /** The keys that it holds and that can be used here, in its own order. */
  async keys(): Promise<readonly ParsedKey[]> {
    const keys = await limited<readonly ParsedKey[]>((callback) =>
      this.#agent.getIdentities((error, found) =>
        callback(error ?? null, found as ParsedKey[] | undefined),
      ),
    );
    return keys.filter((key) => key.type !== 'ssh-dss');
  }

  /** @param hash for RSA keys: `sha256` or `sha512` */
  sign(key: ParsedKey, data: Buffer, hash: string | undefined): Promise<Buffer> {
    const options = (hash === undefined ? {} : { hash }) as SigningRequestOptions;
    return limited<Buffer>((callback) =>
      this.#agent.sign(key, data, options, (error, signature) =>
        callback(error ?? null, signature),
      ),
    );
  }
}

/**
 * One key shown to ssh2 as an agent of its own. So the server is asked whether it likes the key before anyone unlocks
 * it, and it is known of each key whether the server did.
 */
export class OneKeyAgent extends ssh2.BaseAgent {
  readonly #publicKey: Buffer;
  readonly #sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>;
  readonly #onTrouble: (thrown: unknown) => void;
  readonly #sha1: boolean;

  /**
   * @param publicKey as an SSH blob
   * @param sign is called once the server wants this key
   * @param onTrouble is told when the key could not be opened or would not sign
   * @param sha1 sign with SHA-1 too, which only servers of the past need
   */
  constructor(
    publicKey: Buffer,
    sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>,
    onTrouble: (thrown: unknown) => void,
    sha1: boolean,
  ) {
    super();
    this.#publicKey = publicKey;
    this.#sign = sign;
    this.#onTrouble = onTrouble;
    this.#sha1 = sha1;
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
    if (isSha1(wanted) && !this.#sha1) {
      reply(new Error('the server knows no signature but ssh-rsa with SHA-1'));
      return;
    }
    this.#sign(data, wanted.hash).then(
      (signature) => reply(null, signature),
      (thrown: unknown) => {
        this.#onTrouble(thrown);
        reply(thrown instanceof Error ? thrown : new Error(String(thrown)));
      },
    );
  }
}

/** ssh2 falls back to SHA-1 signatures for an RSA key when a server does not name better ones. */
export function isSha1(options: SigningRequestOptions): boolean {
  return options.hash === 'sha1';
}

/** The answer of a call-back that may come late, twice or never. */
function limited<T>(ask: (callback: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('the agent did not answer')),
      SIGNATURE_TIMEOUT_MS,
    );
    ask((error, value) => {
      clearTimeout(timer);
      if (error !== null || value === undefined) reject(error ?? new Error('an empty answer'));
      else resolve(value);
    });
  });
}

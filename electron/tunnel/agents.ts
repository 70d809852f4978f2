import ssh2, {
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';
import { AgentSilence, listAgent } from './agent-listing';
import { fingerprint } from './known-hosts';
import { textOfThrown } from '../shared/thrown';

/** Some agents ask a person to approve each signature (a click, a touch); nobody is waited for longer than this. */
const SIGNATURE_TIMEOUT_MS = 60_000;

/** A key of an agent that is no use here, and what it is. */
export interface UnusableKey {
  readonly why: 'certificate' | 'hardware-key' | 'dsa' | 'unsupported';
  readonly comment: string;
  readonly fingerprint: string;
}

/** What an agent holds, each in its own order. */
export interface AgentKeys {
  readonly usable: readonly ParsedKey[];
  readonly unusable: readonly UnusableKey[];
}

/** A running agent (a socket, or a named pipe on Windows). Every call has a time limit and answers exactly once. */
export class LimitedAgent {
  readonly #socket: string;
  readonly #agent: InstanceType<typeof ssh2.OpenSSHAgent>;

  constructor(socket: string) {
    this.#socket = socket;
    this.#agent = new ssh2.OpenSSHAgent(socket);
  }

  /**
   * The keys that it holds.
   *
   * @param wanted a fingerprint (`SHA256:…`): only the key that has it
   * @throws Error when the agent is not there or does not answer
   */
  async keys(wanted: string | null = null): Promise<AgentKeys> {
    const usable: ParsedKey[] = [];
    const unusable: UnusableKey[] = [];
    for (const { type, blob, comment } of await listAgent(this.#socket)) {
      const shown = fingerprint(blob);
      if (wanted !== null && shown !== wanted) continue;
      const key = whyNot(type) === null ? ssh2.utils.parseKey(blob) : null;
      if (key === null || key instanceof Error)
        unusable.push({ why: whyNot(type) ?? 'unsupported', comment, fingerprint: shown });
      else usable.push(key);
    }
    return { usable, unusable };
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
        reply(thrown instanceof Error ? thrown : new Error(textOfThrown(thrown)));
      },
    );
  }
}

/** ssh2 falls back to SHA-1 signatures for an RSA key when a server does not name better ones. */
export function isSha1(options: SigningRequestOptions): boolean {
  return options.hash === 'sha1';
}

/** Why keys of this type cannot be used; null when that is not known of it. */
function whyNot(type: string): UnusableKey['why'] | null {
  if (/-cert-v\d\d@/.test(type)) return 'certificate';
  if (type.startsWith('sk-')) return 'hardware-key';
  return type === 'ssh-dss' ? 'dsa' : null;
}

/** The answer of a call-back that may come late, twice or never. */
function limited<T>(ask: (callback: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AgentSilence()), SIGNATURE_TIMEOUT_MS);
    ask((error, value) => {
      clearTimeout(timer);
      if (error !== null || value === undefined) reject(error ?? new Error('an empty answer'));
      else resolve(value);
    });
  });
}

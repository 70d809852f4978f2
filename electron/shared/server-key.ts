/** A key pair that was made and written. */
export interface KeyMade {
  /** Of the private half; the public half lies beside it, with `.pub` at its end. */
  readonly path: string;
  /** The public half as a line of `authorized_keys`, without the line's end. */
  readonly publicKey: string;
  /** `SHA256:` and 43 letters, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

export const INSTALLED_HOW = ['added', 'replaced', 'already'] as const;
export const INSTALLED_OVER = ['sftp', 'shell'] as const;

/** A key that was installed on a server, and proved. */
export interface KeyInstalled {
  /** `already`: it was there with the very same options, and nothing was written. */
  readonly how: (typeof INSTALLED_HOW)[number];
  readonly over: (typeof INSTALLED_OVER)[number];
  /** What the first forward's mail server said to the key, word for word. */
  readonly greeting: string;
}

/** A server's keys as somebody vouches for them who can be asked, such as a provider in a set-up file. */
export interface VouchedServer {
  readonly host: string;
  readonly port: number;
  /** Public keys in base64, as known_hosts has them. */
  readonly keys: readonly string[];
}

/** What came of taking such keys over: all of them, or none because this computer knows a server by another key. */
export type KeysTaken =
  | { readonly kind: 'taken' }
  | {
      readonly kind: 'conflict';
      readonly host: string;
      readonly port: number;
      /** `SHA256:` and 43 letters: of the key that was to be taken over. */
      readonly fingerprint: string;
    };

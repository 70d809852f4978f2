import ssh2 from 'ssh2';

/** What the key worker is asked for when a key is to be made. */
export interface KeyMakeRequest {
  readonly make: 'ed25519';
  readonly comment: string;
  readonly passphrase: string | null;
}

/** A new key pair: the private half as a file in OpenSSH's format, the public half as a line. */
export interface GeneratedKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** As many rounds of bcrypt as OpenSSH 9.4 and later spend on a passphrase: half a second in plain JavaScript. */
const BCRYPT_ROUNDS = 24;
/** `string "ssh-ed25519"`, `string` of 32 octets (RFC 8709, 4). */
const PUBLIC_BLOB_LENGTH = 4 + 11 + 4 + 32;

/**
 * Makes an Ed25519 key. Blocks for as long as the passphrase's derivation takes, so it is called in the key worker.
 * One in 256 of the keys that ssh2 1.17 makes is broken, since it drops leading zero octets of the public half
 * (`parseDERs` in its keygen.js); those are thrown away and made again.
 */
export function generateKey({ comment, passphrase }: KeyMakeRequest): GeneratedKey {
  const options =
    passphrase === null
      ? { comment }
      : { comment, passphrase, cipher: 'aes256-ctr', rounds: BCRYPT_ROUNDS };
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', options);
    const [, blob = ''] = made.public.split(' ');
    if (Buffer.from(blob, 'base64').length !== PUBLIC_BLOB_LENGTH) continue;
    return { privateKey: made.private, publicKey: made.public };
  }
}

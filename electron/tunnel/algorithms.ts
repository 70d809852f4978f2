import { getCiphers, getCurves, getHashes } from 'node:crypto';
import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

/**
 * What is offered to a server, best first. Never: SHA-1 signatures and MACs, CBC, ssh-rsa host keys, and
 * chacha20-poly1305 (Electron's BoringSSL lacks it, and it is what CVE-2023-48795 is about when a server has no
 * strict key exchange). Curves come first, since a modp group costs seconds in Electron; group exchange is left
 * out altogether, because checking the server's prime blocks for up to 26 s.
 */
const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
] as const;
const CIPHERS = {
  'aes128-gcm@openssh.com': 'aes-128-gcm',
  'aes256-gcm@openssh.com': 'aes-256-gcm',
  'aes128-ctr': 'aes-128-ctr',
  'aes192-ctr': 'aes-192-ctr',
  'aes256-ctr': 'aes-256-ctr',
} as const;
const MACS = {
  'hmac-sha2-256-etm@openssh.com': 'sha256',
  'hmac-sha2-512-etm@openssh.com': 'sha512',
  'hmac-sha2-256': 'sha256',
  'hmac-sha2-512': 'sha512',
} as const;
const CURVE_OF: Readonly<Record<string, string>> = {
  'ecdh-sha2-nistp256': 'prime256v1',
  'ecdh-sha2-nistp384': 'secp384r1',
  'ecdh-sha2-nistp521': 'secp521r1',
};
const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const satisfies readonly ServerHostKeyAlgorithm[];

/** The host key algorithms (signature names) that go with a key type as it stands in known_hosts. */
function signaturesOf(keyType: string): readonly string[] {
  return keyType === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [keyType];
}

/**
 * The lists for one connection. Key types already known for the host come first, so that a server known by its RSA
 * key is not taken for a changed one because it also has an Ed25519 key.
 *
 * @param knownKeyTypes key types from known_hosts, such as `ssh-ed25519`
 */
export function algorithmsFor(knownKeyTypes: readonly string[], compression: boolean): Algorithms {
  const known = new Set(knownKeyTypes.flatMap(signaturesOf));
  const serverHostKey = [...HOST_KEYS].sort((a, b) => Number(known.has(b)) - Number(known.has(a)));
  const { kex, cipher, hmac } = available();
  // ssh2 tells clients of compression only what is listed; `zlib` (before sign-in) is never offered.
  const compress: Algorithms['compress'] = compression ? ['zlib@openssh.com', 'none'] : ['none'];
  return { kex: [...kex], cipher: [...cipher], hmac: [...hmac], serverHostKey, compress };
}

interface Available {
  readonly kex: NonNullable<Extract<Algorithms['kex'], readonly unknown[]>>;
  readonly cipher: NonNullable<Extract<Algorithms['cipher'], readonly unknown[]>>;
  readonly hmac: NonNullable<Extract<Algorithms['hmac'], readonly unknown[]>>;
}
let probed: Available | undefined;

/** Naming an algorithm that this run-time's crypto library lacks makes ssh2 throw, so each is looked for first. */
function available(): Available {
  if (probed !== undefined) return probed;
  const ciphers = new Set(getCiphers());
  const curves = new Set(getCurves());
  const hashes = new Set(getHashes().map((name) => name.toLowerCase()));
  probed = {
    kex: KEX.filter((name) => CURVE_OF[name] === undefined || curves.has(CURVE_OF[name])),
    cipher: entries(CIPHERS)
      .filter(([, needs]) => ciphers.has(needs))
      .map(([name]) => name),
    hmac: entries(MACS)
      .filter(([, needs]) => hashes.has(needs))
      .map(([name]) => name),
  };
  return probed;
}

function entries<K extends string, V>(record: Readonly<Record<K, V>>): readonly [K, V][] {
  return Object.entries(record) as [K, V][];
}

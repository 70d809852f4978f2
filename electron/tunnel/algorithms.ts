import { getCiphers, getCurves, getHashes } from 'node:crypto';
import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

/**
 * What is offered to a server, best first. Never: chacha20-poly1305 (Electron's BoringSSL lacks it, and it is what
 * CVE-2023-48795 is about when a server has no strict key exchange). Curves come first, since a modp group costs
 * seconds in Electron.
 */
const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
] as const;
/** Group exchange comes last of all: checking the prime that the server chose blocks for up to 26 s. */
const OLD_KEX = [
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group-exchange-sha1',
] as const;
const CIPHERS = {
  'aes128-gcm@openssh.com': 'aes-128-gcm',
  'aes256-gcm@openssh.com': 'aes-256-gcm',
  'aes128-ctr': 'aes-128-ctr',
  'aes192-ctr': 'aes-192-ctr',
  'aes256-ctr': 'aes-256-ctr',
} as const;
const OLD_CIPHERS = {
  'aes128-cbc': 'aes-128-cbc',
  'aes192-cbc': 'aes-192-cbc',
  'aes256-cbc': 'aes-256-cbc',
} as const;
const MACS = {
  'hmac-sha2-256-etm@openssh.com': 'sha256',
  'hmac-sha2-512-etm@openssh.com': 'sha512',
  'hmac-sha2-256': 'sha256',
  'hmac-sha2-512': 'sha512',
} as const;
const OLD_MACS = { 'hmac-sha1': 'sha1' } as const;
/** Encrypt-then-MAC. With CBC it is what CVE-2023-48795 breaks where a server has no strict key exchange, and no server that needs CBC has it. */
const isEtm = (mac: string): boolean => mac.includes('-etm@');
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

/** A signature with SHA-1. */
const OLD_HOST_KEYS = ['ssh-rsa'] as const satisfies readonly ServerHostKeyAlgorithm[];

/** The host key algorithms (signature names) that go with a key type as it stands in known_hosts. */
function signaturesOf(keyType: string): readonly string[] {
  return keyType === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [keyType];
}

/**
 * The lists for one connection. Key types already known for the host come first, so that a server known by its RSA
 * key is not taken for a changed one because it also has an Ed25519 key.
 *
 * @param knownKeyTypes key types from known_hosts, such as `ssh-ed25519`
 * @param how `oldServer`: after everything else, also what only servers of the past need (SHA-1, CBC, group exchange)
 */
export function algorithmsFor(
  knownKeyTypes: readonly string[],
  { compression, oldServer }: { readonly compression: boolean; readonly oldServer: boolean },
): Algorithms {
  const known = new Set(knownKeyTypes.flatMap(signaturesOf));
  const hostKeys = [...HOST_KEYS, ...(oldServer ? OLD_HOST_KEYS : [])];
  const serverHostKey = hostKeys.sort((a, b) => Number(known.has(b)) - Number(known.has(a)));
  const { kex, cipher, hmac } = available()[oldServer ? 'old' : 'safe'];
  // ssh2 tells clients of compression only what is listed; `zlib` (before sign-in) is never offered.
  const compress: Algorithms['compress'] = compression ? ['zlib@openssh.com', 'none'] : ['none'];
  return { kex: [...kex], cipher: [...cipher], hmac: [...hmac], serverHostKey, compress };
}

/**
 * The names of all that is offered for one part of a connection; none for a part that is not known.
 *
 * @param part in ssh2's words (1.17.0), as it names what it found no match for
 */
export function algorithmNames(part: string, oldServer: boolean): readonly string[] {
  const offered = available()[oldServer ? 'old' : 'safe'];
  if (/key exchange/iu.test(part)) return offered.kex;
  if (/host key/iu.test(part)) return [...HOST_KEYS, ...(oldServer ? OLD_HOST_KEYS : [])];
  if (/cipher/iu.test(part)) return offered.cipher;
  return /\bMAC\b/u.test(part) ? offered.hmac : [];
}

interface Available {
  readonly kex: NonNullable<Extract<Algorithms['kex'], readonly unknown[]>>;
  readonly cipher: NonNullable<Extract<Algorithms['cipher'], readonly unknown[]>>;
  readonly hmac: NonNullable<Extract<Algorithms['hmac'], readonly unknown[]>>;
}
let probed: { readonly safe: Available; readonly old: Available } | undefined;

/** Naming an algorithm that this run-time's crypto library lacks makes ssh2 throw, so each is looked for first. */
function available(): { readonly safe: Available; readonly old: Available } {
  if (probed !== undefined) return probed;
  const ciphers = new Set(getCiphers());
  const curves = new Set(getCurves());
  const hashes = new Set(getHashes().map((name) => name.toLowerCase()));
  const safe: Available = {
    kex: KEX.filter((name) => CURVE_OF[name] === undefined || curves.has(CURVE_OF[name])),
    cipher: supported(CIPHERS, ciphers),
    hmac: supported(MACS, hashes),
  };
  const old: Available = {
    kex: [...safe.kex, ...OLD_KEX],
    cipher: [...safe.cipher, ...supported(OLD_CIPHERS, ciphers)],
    hmac: [...safe.hmac.filter((mac) => !isEtm(mac)), ...supported(OLD_MACS, hashes)],
  };
  probed = { safe, old };
  return probed;
}

/** The names of those whose needs are met. */
function supported<K extends string>(
  needs: Readonly<Record<K, string>>,
  there: ReadonlySet<string>,
): K[] {
  return (Object.keys(needs) as K[]).filter((name) => there.has(needs[name]));
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  /** `replaced`: revoked by a person who took another key in its place, and may take it back. */
  readonly marker: 'none' | 'revoked' | 'replaced' | 'cert-authority';
  /** As written: comma-separated patterns, or `|1|salt|hash`. */
  readonly names: string;
  readonly keyType: string;
  readonly key: Buffer;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What the known hosts say about a key that a server presented. */
export type HostKeyVerdict =
  | { kind: 'known' }
  | { kind: 'unknown' }
  /** The host is known by keys of other types only. */
  | { kind: 'other-algorithm' }
  /** The host is known by another key of the same type. */
  | { kind: 'changed'; knownKey: Buffer; file: string; line: number }
  | { kind: 'revoked'; file: string; line: number };

const MARKERS: Readonly<Record<string, KnownHost['marker']>> = {
  '@revoked': 'revoked',
  '@cert-authority': 'cert-authority',
};

/** The comment of a revoked key that was replaced: OpenSSH refuses the key as any revoked one, we ask a person again. */
export const REPLACED = 'replaced-in-mailmole';

/** Reads a known_hosts text. Lines that cannot be read are passed over, as OpenSSH does: they vouch for nothing. */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  const entries: KnownHost[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const fields = raw.trim().split(/[ \t]+/);
    const first = fields[0] ?? '';
    if (first === '' || first.startsWith('#')) continue;
    const marker = first.startsWith('@') ? MARKERS[first] : 'none';
    if (marker === undefined) continue;
    if (marker !== 'none') fields.shift();
    const [names, keyType, base64, comment] = fields;
    if (names === undefined || keyType === undefined || base64 === undefined) continue;
    const key = Buffer.from(base64, 'base64');
    if (typeInBlob(key) !== keyType || !isWhole(key, base64)) continue;
    const isReplaced = marker === 'revoked' && comment === REPLACED;
    entries.push({
      marker: isReplaced ? 'replaced' : marker,
      names,
      keyType,
      key,
      file,
      line: index + 1,
    });
  }
  return entries;
}

/** The type a public key blob names in its first field (RFC 4253, 6.6); null when it is no key. */
export function typeInBlob(blob: Buffer): string | null {
  if (blob.length < 4) return null;
  const length = blob.readUInt32BE(0);
  return length > 0 && length <= 64 && blob.length > 4 + length
    ? blob.toString('latin1', 4, 4 + length)
    : null;
}

/** Is this a complete key and nothing else? Node passes over what is no base64, and a line may have been cut. */
function isWhole(blob: Buffer, base64: string): boolean {
  if (blob.toString('base64') !== base64) return false;
  let at = 0;
  while (at + 4 <= blob.length) at += 4 + blob.readUInt32BE(at);
  return at === blob.length;
}

/** The name under which OpenSSH files a host: bare on port 22, else `[host]:port`; always in lower case. */
export function hostName(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

/** Does a line's name field mean this host? A negated pattern that matches rules the line out (sshd(8)). */
export function namesMatch(names: string, name: string): boolean {
  if (names.startsWith('|')) return hashedNameMatches(names, name);
  let matched = false;
  for (const pattern of names.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!wildcardMatches(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function hashedNameMatches(names: string, name: string): boolean {
  const [, version, salt, hash] = names.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` and `?` as in OpenSSH's match_pattern; walks back only to the last star, so no pattern takes exponential time. */
function wildcardMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const c = pattern[p];
    if (c === '*') {
      star = p++;
      resume = t;
    } else if (c === '?' || c === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The lines that speak of this host, certificates' authorities left out (they are not supported, and vouch for no plain key). */
export function entriesFor(
  entries: readonly KnownHost[],
  host: string,
  port: number,
): readonly KnownHost[] {
  const name = hostName(host, port);
  return entries.filter(
    (entry) => entry.marker !== 'cert-authority' && namesMatch(entry.names, name),
  );
}

/**
 * Judges a presented key. A revoked key is refused whatever else is written; one that was replaced vouches for nothing,
 * whichever file has it; else an exact match anywhere is enough;
 * otherwise a key of the same type that differs means a changed host.
 */
export function judge(
  entries: readonly KnownHost[],
  host: string,
  port: number,
  presented: Buffer,
): HostKeyVerdict {
  const here = entriesFor(entries, host, port);
  const same = (entry: KnownHost) => entry.key.equals(presented);
  const bare = port === 22 ? [] : entriesFor(entries, host, 22);
  const revoked = [...here, ...bare].find((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked !== undefined) return { kind: 'revoked', file: revoked.file, line: revoked.line };
  const replaced = here.filter((entry) => entry.marker === 'replaced');
  const vouches = ({ marker, key }: KnownHost) =>
    marker === 'none' && !replaced.some((entry) => entry.key.equals(key));
  const trusted = here.filter(vouches);
  if (trusted.some(same)) return { kind: 'known' };
  // OpenSSH accepts a key filed under the bare name on another port too, as long as it is the very same key.
  if (bare.some((entry) => vouches(entry) && same(entry))) return { kind: 'known' };
  const type = typeInBlob(presented);
  const other = trusted.find((entry) => entry.keyType === type);
  if (other !== undefined)
    return { kind: 'changed', knownKey: other.key, file: other.file, line: other.line };
  return { kind: trusted.length > 0 ? 'other-algorithm' : 'unknown' };
}

/** `SHA256:` and unpadded base64, as `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

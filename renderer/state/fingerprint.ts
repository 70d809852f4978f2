/** A fingerprint cut for reading aloud: the hash's name, and its text in groups of four. */
export interface SpokenFingerprint {
  readonly hash: string;
  readonly groups: readonly string[];
}

/** Cuts `SHA256:…` into its hash's name and groups of four characters; a text without a name has an empty one. */
export function spellFingerprint(fingerprint: string): SpokenFingerprint {
  const colon = fingerprint.indexOf(':');
  const text = fingerprint.slice(colon + 1);
  return { hash: fingerprint.slice(0, Math.max(colon, 0)), groups: text.match(/.{1,4}/gu) ?? [] };
}

import { describe, expect, it } from 'vitest';
import { randomart } from '../../../renderer/state/randomart';

/** What `ssh-keygen -lvf` of OpenSSH 9.2 printed. */
const ED25519 = `
+--[ED25519 256]--+
|. .   .o o+o   . |
| = *    + o+  o  |
|. X *    .+o o   |
|.+ * +...+. +    |
|.+o B.o.S..  .   |
|*+   =E=         |
|+oo   o          |
|.o     .         |
|                 |
+----[SHA256]-----+`;
const ECDSA = `
+---[ECDSA 384]---+
|          B+.o.o |
|         * oo +  |
|        . *. o   |
|       = * ..    |
|     .E.S O      |
|    o+o+o+ B     |
|    +oo+o.+ .    |
|    =*..o.       |
|   +oo.o.        |
+----[SHA256]-----+`;

describe('the picture of a fingerprint', () => {
  it.each([
    ['SHA256:OpCDSuZG2nIA/WEY7sWY8Ga3cy1n5RQbkZLQ/ZU6KOI', 'ssh-ed25519', ED25519],
    ['SHA256:at0N4E0UHZVpSjBO5mk7I9xroW6AszZ2hbeKHjNljTY', 'ecdsa-sha2-nistp384', ECDSA],
  ])('is the one that OpenSSH draws: %s', (fingerprint, algorithm, picture) => {
    expect(randomart(fingerprint, algorithm)).toBe(picture.trim());
  });

  it('does not know the length of an RSA key', () => {
    const lines = randomart(`SHA256:${'A'.repeat(43)}`, 'rsa-sha2-512')?.split('\n') ?? [];
    expect(lines).toHaveLength(11);
    expect(new Set(lines.map(({ length }) => length))).toEqual(new Set([19]));
    expect(lines[0]).toBe('+------[RSA]------+');
  });

  it.each(['', 'SHA256:', 'SHA256:short', `MD5:${'a'.repeat(43)}`, `SHA256:${'?'.repeat(43)}`])(
    'is left out where it cannot be drawn: %j',
    (fingerprint) => {
      expect(randomart(fingerprint, 'ssh-ed25519')).toBeNull();
    },
  );
});

/** The marks of a field by how often it was entered, as OpenSSH draws them; the last two are the start and the end. */
const MARKS = ' .o+=*BOX@%&#/^SE';
const WIDTH = 17;
const HEIGHT = 9;
const START = MARKS.length - 2;
const END = MARKS.length - 1;

/** What OpenSSH writes above the picture. The length of an RSA key is not told by its name. */
function titleOf(algorithm: string): string {
  const bits = /nistp(\d+)$/u.exec(algorithm)?.[1];
  if (bits !== undefined) return `[ECDSA ${bits}]`;
  if (algorithm === 'ssh-ed25519') return '[ED25519 256]';
  return algorithm.includes('rsa') ? '[RSA]' : '';
}

function border(text: string): string {
  const before = Math.floor((WIDTH - text.length) / 2);
  return `+${'-'.repeat(before)}${text}${'-'.repeat(WIDTH - before - text.length)}+`;
}

/** Walks over the board as the bytes say, two bits a step, from the middle on. */
function walk(bytes: readonly number[]): readonly (readonly number[])[] {
  const board = Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, () => 0));
  const enter = (x: number, y: number, change: (count: number) => number): void => {
    const row = board[y];
    if (row !== undefined) row[x] = change(row[x] ?? 0);
  };
  let x = Math.floor(WIDTH / 2);
  let y = Math.floor(HEIGHT / 2);
  for (const byte of bytes) {
    for (let shift = 0; shift < 8; shift += 2) {
      const step = byte >> shift;
      x = Math.min(WIDTH - 1, Math.max(0, x + ((step & 1) === 1 ? 1 : -1)));
      y = Math.min(HEIGHT - 1, Math.max(0, y + ((step & 2) === 2 ? 1 : -1)));
      enter(x, y, (count) => Math.min(count + 1, START - 1));
    }
  }
  enter(Math.floor(WIDTH / 2), Math.floor(HEIGHT / 2), () => START);
  enter(x, y, () => END);
  return board;
}

/**
 * The picture of a host key's fingerprint that `ssh-keygen -lv` and `ssh -o VisualHostKey=yes` draw (the "drunken
 * bishop" of OpenSSH's sshkey.c): easier to compare at a glance than letters.
 *
 * @param fingerprint `SHA256:` and unpadded base64
 * @param algorithm SSH's name of the key's type
 * @returns eleven lines of 19 characters; null for a fingerprint of any other form
 */
export function randomart(fingerprint: string, algorithm: string): string | null {
  const base64 = /^SHA256:([A-Za-z0-9+/]{43})$/u.exec(fingerprint)?.[1];
  if (base64 === undefined) return null;
  const bytes = Array.from(atob(`${base64}=`), (char) => char.charCodeAt(0));
  const rows = walk(bytes).map((row) => `|${row.map((mark) => MARKS[mark] ?? ' ').join('')}|`);
  return [border(titleOf(algorithm)), ...rows, border('[SHA256]')].join('\n');
}

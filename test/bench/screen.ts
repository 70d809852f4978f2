import { openSync, readSync, closeSync } from 'node:fs';

/** Only every so many rows of the screen are looked at: a look must not cost what it is to measure. */
const EVERY = 4;
/** So many of the looked-at pixels of a window are not of its ground once words stand in it. */
const WORDS = 300;
/** A ground is at least this part of what changed on the screen. */
const GROUND_SHARE = 0.4;

/** Which rows were read, as one 32-bit number a pixel. */
export type Picture = Uint32Array;

/**
 * The screen of an `Xvfb -fbdir`, read from the file in which it lies: no program has to ask the X server for it.
 *
 * @param file an X window dump (X11/XWDFile.h): numbers of 32 bits, the highest byte first, then the pixels
 */
export function openScreen(file: string): { look(): Picture; close(): void } {
  const descriptor = openSync(file, 'r');
  const head = Buffer.alloc(100);
  readSync(descriptor, head, 0, head.length, 0);
  const number = (index: number) => head.readUInt32BE(index * 4);
  const [headSize, width, height] = [number(0), number(4), number(5)];
  const [bits, rowBytes, colours] = [number(11), number(12), number(19)];
  if (bits !== 32) throw new Error(`The screen has ${bits} bits a pixel, not 32.`);
  const start = headSize + colours * 12;
  const rows = Math.floor(height / EVERY);
  return {
    look: () => {
      const bytes = Buffer.alloc(rows * width * 4);
      for (let row = 0; row < rows; row++)
        readSync(descriptor, bytes, row * width * 4, width * 4, start + row * EVERY * rowBytes);
      return new Uint32Array(bytes.buffer, bytes.byteOffset, rows * width);
    },
    close: () => closeSync(descriptor),
  };
}

/** The part of the picture that is not as it was, from 0 to 1. Pure. */
export function changed(before: Picture, now: Picture): number {
  return now.reduce((sum, colour, i) => sum + Number(colour !== before[i]), 0) / now.length;
}

/**
 * Is there a window with words in it that was not there before? Most of what changed has one colour, the window's
 * ground, and enough between its first and its last pixel has another. Pure.
 */
export function hasPainted(before: Picture, now: Picture): boolean {
  const counts = new Map<number, number>();
  let changed = 0;
  for (let i = 0; i < now.length; i++) {
    const colour = now[i] ?? 0;
    if (colour === before[i]) continue;
    changed++;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const [ground, share] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  if (changed < now.length / 20 || share < changed * GROUND_SHARE) return false;
  const first = now.indexOf(ground);
  const last = now.lastIndexOf(ground);
  let words = 0;
  for (let i = first; i <= last; i++) {
    const colour = now[i] ?? 0;
    if (colour !== before[i] && colour !== ground) words++;
  }
  return words >= WORDS;
}

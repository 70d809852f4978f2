import { describe, expect, it } from 'vitest';
import { changed, hasPainted } from '../../bench/screen.ts';

const SIZE = 10_000;
const DESKTOP = 0x33_44_55;
const GROUND = 0xfb_fa_f8;

/** A desktop with a window over its middle half, and so many pixels of that in other colours. */
function picture(words: number): Uint32Array {
  const pixels = new Uint32Array(SIZE).fill(DESKTOP);
  pixels.fill(GROUND, SIZE / 4, (SIZE * 3) / 4);
  for (let i = 0; i < words; i++) pixels[SIZE / 4 + 10 + i * 5] = i + 1;
  return pixels;
}

describe('a picture of the screen', () => {
  const before = new Uint32Array(SIZE).fill(DESKTOP);

  it.each([
    ['nothing but the desktop', before, false],
    ['a window without a word in it', picture(0), false],
    ['a window with words in it', picture(400), true],
    ['a clock that went on', before.with(7, 1), false],
  ])('shows %s', (_what, now, painted) => {
    expect(hasPainted(before, now)).toBe(painted);
  });

  it('is compared with the one before', () => {
    expect([changed(before, before), changed(before, picture(0))]).toEqual([0, 0.5]);
  });
});

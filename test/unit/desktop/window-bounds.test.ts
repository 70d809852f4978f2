import { describe, expect, it } from 'vitest';
import { usableBounds } from '../../../electron/desktop/window-bounds';

const LEFT = { x: 0, y: 27, width: 1280, height: 773 };
const RIGHT = { x: 1280, y: 0, width: 1920, height: 1080 };
const USUAL = { x: 100, y: 100, width: 760, height: 640 };

describe('where a window comes up again', () => {
  it.each([
    ['where it was', USUAL],
    ['on the second screen', { ...USUAL, x: 1500 }],
    ['partly outside', { ...USUAL, x: -600 }],
    ['across two screens', { ...USUAL, x: 1000 }],
  ])('%s', (_what, bounds) => {
    expect(usableBounds(bounds, [LEFT, RIGHT])).toEqual(bounds);
  });

  it.each([
    ['nothing remembered', undefined],
    ['a damaged file', { x: 'left' }],
    ['half a pixel', { ...USUAL, x: 1.5 }],
    ['a screen that is gone', { ...USUAL, x: 4000 }],
    ['below the screen', { ...USUAL, y: 5000 }],
    ['all but out of sight', { ...USUAL, x: -750 }],
    ['too small to find', { ...USUAL, width: 10 }],
    ['larger than any screen', { ...USUAL, width: 4000 }],
  ])('not for %s', (_what, remembered) => {
    expect(usableBounds(remembered, [LEFT, RIGHT])).toBeNull();
  });
});

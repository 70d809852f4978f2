import { Resvg } from '@resvg/resvg-js';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCRIPT = path.resolve(import.meta.dirname, '../../build/icons.mjs');
const THEMES = ['light', 'dark'];
const TRAY_SIZES = [16, 22, 24, 32, 48];
const STATES = [
  'off',
  'ready',
  'working-1',
  'working-2',
  'working-3',
  'on',
  'needs-you',
  'problem',
];

let folder = '';

const make = (): string =>
  execFileSync(process.execPath, [SCRIPT, '--out', folder], { encoding: 'utf8' });
const read = (name: string): Buffer => readFileSync(path.join(folder, name));
const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));

/** Width and height from a PNG's header. */
function pngSize(png: Buffer): [number, number] {
  expect(png.toString('latin1', 1, 4)).toBe('PNG');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

/** A PNG's pixels, four bytes each, colours multiplied by alpha. */
function pixels(png: Buffer): Buffer {
  const [width, height] = pngSize(png);
  const size = `width="${width}" height="${height}"`;
  const href = `data:image/png;base64,${png.toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><image ${size} image-rendering="optimizeSpeed" href="${href}"/></svg>`;
  return new Resvg(svg, { font: { loadSystemFonts: false } }).render().pixels;
}

/** Where a picture has ink, as shares of its strongest ink, so that a fainter copy of a shape counts as the same shape. */
function mask(png: Buffer): number[] {
  const alpha = pixels(png).filter((_, index) => index % 4 === 3);
  const strongest = Math.max(...alpha);
  return Array.from(alpha, (value) => value / strongest);
}

/** The colours of all opaque pixels. */
function colours(png: Buffer): Set<string> {
  const data = pixels(png);
  const found = new Set<string>();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255) found.add(`#${data.toString('hex', at, at + 3)}`);
  }
  return found;
}

interface IcoEntry {
  size: number;
  bits: number;
  body: Buffer;
}

/** The entries of an ICO file, in order. */
function icoEntries(ico: Buffer): IcoEntry[] {
  expect(ico.readUInt32LE(0)).toBe(0x00010000);
  return Array.from({ length: ico.readUInt16LE(4) }, (_, index) => {
    const at = 6 + 16 * index;
    const offset = ico.readUInt32LE(at + 12);
    const body = ico.subarray(offset, offset + ico.readUInt32LE(at + 8));
    return { size: ico.readUInt8(at) || 256, bits: ico.readUInt16LE(at + 6), body };
  });
}

/** A bitmap entry's pixels as `pixels` gives them: from the top, RGBA, multiplied by alpha. */
function bitmapPixels({ size, body }: IcoEntry): Buffer {
  const result = Buffer.alloc(size * size * 4);
  for (let index = 0; index < size * size; index += 1) {
    const row = size - 1 - Math.floor(index / size);
    const from = 40 + (row * size + (index % size)) * 4;
    const alpha = body.readUInt8(from + 3);
    const multiplied = (channel: number) =>
      Math.round((body.readUInt8(from + channel) * alpha) / 255);
    result.set([multiplied(2), multiplied(1), multiplied(0), alpha], index * 4);
  }
  return result;
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mailmole-icons-'));
  expect(make()).toMatch(/^Icons: \d+ files made in [\d.]+ s\.\n$/);
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('tray icons', () => {
  it.each(THEMES)('exist for every state in every size, theme %s', (theme) => {
    for (const state of STATES) {
      for (const size of TRAY_SIZES) {
        expect(pngSize(read(`tray/${theme}/${state}@${size}.png`))).toEqual([size, size]);
      }
      const sizes = icoEntries(read(`tray/${theme}/${state}.ico`)).map((entry) => entry.size);
      expect(sizes).toEqual([16, 20, 24, 32]);
    }
  });

  it.each(STATES)('has macOS template images of pure black for %s', (state) => {
    for (const [suffix, size] of [
      ['', 16],
      ['@2x', 32],
    ] as const) {
      const png = read(`tray/template/${state}Template${suffix}.png`);
      expect(pngSize(png)).toEqual([size, size]);
      expect(pixels(png).every((value, index) => index % 4 === 3 || value === 0)).toBe(true);
    }
  });

  it.each(pairs(STATES))('tells %s from %s by shape at every size', (a, b) => {
    for (const size of TRAY_SIZES) {
      const [first, second] = [a, b].map((state) => mask(read(`tray/light/${state}@${size}.png`)));
      const differing = first?.filter((value, at) => Math.abs(value - (second?.[at] ?? 0)) > 0.5);
      // A dot of four by four on the 16 grid, less its corners, is the smallest difference there is.
      expect(differing?.length).toBeGreaterThanOrEqual(12);
    }
  });

  it('keeps upright and level strokes on whole pixels', () => {
    for (const size of TRAY_SIZES) {
      // The legs of the arch are straight in the lower half; no pixel there may be half covered.
      const shares = mask(read(`tray/light/off@${size}.png`)).slice((size * size) / 2);
      expect(shares.every((share) => share === 0 || share === 1)).toBe(true);
    }
  });

  it('shows off at 60 % and signals in colour', () => {
    const alpha = pixels(read('tray/light/off@16.png')).filter((_, index) => index % 4 === 3);
    expect(Math.max(...alpha)).toBe(153);
    expect(colours(read('tray/light/needs-you@16.png'))).toEqual(new Set(['#24211e', '#9a6200']));
    expect(colours(read('tray/dark/needs-you@16.png'))).toEqual(new Set(['#f1eeea', '#e6b450']));
    expect(colours(read('tray/light/problem@16.png'))).toEqual(new Set(['#b3362b']));
    expect(colours(read('tray/dark/problem@16.png'))).toEqual(new Set(['#f08a7e']));
  });

  it.each(STATES)('shows on Windows what it shows elsewhere: %s', (state) => {
    for (const entry of icoEntries(read(`tray/dark/${state}.ico`))) {
      expect(entry.bits).toBe(32);
      if (entry.size === 20) continue; // Only Windows asks for this size; there is no PNG to compare with.
      const expected = pixels(read(`tray/dark/${state}@${entry.size}.png`));
      const worst = bitmapPixels(entry).map((value, at) => Math.abs(value - (expected[at] ?? 0)));
      expect(Math.max(...worst)).toBeLessThanOrEqual(1);
    }
  });
});

describe('application icons', () => {
  it('are PNG files from 16 to 1024 pixels', () => {
    for (const size of [16, 22, 24, 32, 48, 64, 128, 256, 512, 1024]) {
      expect(pngSize(read(`png/${size}x${size}.png`))).toEqual([size, size]);
    }
  });

  it('are an ICO file: bitmaps up to 48 pixels, PNG above', () => {
    const entries = icoEntries(read('icon.ico'));
    expect(entries.map(({ size }) => size)).toEqual([16, 20, 24, 32, 40, 48, 64, 128, 256]);
    for (const { size, body } of entries) {
      if (size > 48) expect(pngSize(body)).toEqual([size, size]);
      else expect([body.readInt32LE(4), body.readInt32LE(8)]).toEqual([size, 2 * size]);
    }
  });

  it('are an ICNS file with every size macOS asks for, none of them scaled', () => {
    const icns = read('icon.icns');
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const sizes: Record<string, number> = {};
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
      const type = icns.toString('latin1', at, at + 4);
      sizes[type] = type.startsWith('ic') ? pngSize(icns.subarray(at + 8))[0] : 0;
    }
    expect(sizes).toEqual({
      ...{ is32: 0, s8mk: 0, il32: 0, l8mk: 0, ic11: 32, ic12: 64, ic07: 128 },
      ...{ ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 },
    });
  });
});

describe('generation', () => {
  it('does nothing while nothing has changed, and mends what is missing to the same bytes', () => {
    expect(make()).toMatch(/^Icons: \d+ files up to date\.\n$/);
    const before = read('icon.icns');
    rmSync(path.join(folder, 'icon.icns'));
    writeFileSync(path.join(folder, 'tray', 'left-over.png'), '');
    expect(make()).toMatch(/ made in /);
    expect(read('icon.icns').equals(before)).toBe(true);
    const left = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /left-over|\.part$/.test(name))).toEqual([]);
  });
});

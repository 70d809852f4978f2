import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../renderer/styles/tokens.css', import.meta.url), 'utf8');

/** The colours of one block of the tokens, by name. */
function coloursIn(block: string): Readonly<Record<string, string>> {
  const found = block.matchAll(/--([\w-]+): (#[\da-f]{6});/gu);
  return Object.fromEntries([...found].map(([, name = '', colour = '']) => [name, colour]));
}

const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
const THEMES = { light: coloursIn(light), dark: { ...coloursIn(light), ...coloursIn(dark) } };

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** Text on what it stands on, as the style sheets beside the components pair them. */
const TEXT: Readonly<Record<string, readonly string[]>> = {
  ink: ['ground', 'card', 'hover', 'accent-ground', 'attention-ground', 'problem-ground'],
  quiet: ['ground', 'card', 'hover', 'accent-ground', 'attention-ground', 'problem-ground'],
  accent: ['ground', 'card', 'hover', 'accent-ground', 'attention-ground', 'problem-ground'],
  proven: ['card'],
  attention: ['ground', 'card', 'hover', 'attention-ground'],
  problem: ['ground', 'card', 'hover', 'attention-ground', 'problem-ground'],
  'on-accent': ['accent', 'accent-strong'],
  ground: ['ink'],
};

/** What tells a control or a shape apart from what it stands on (WCAG 2.2, 1.4.11). */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  'control-line': ['ground', 'card', 'hover', 'attention-ground', 'problem-ground'],
  accent: ['ground', 'card', 'hover'],
};

/** Lines and shadows that only decorate. */
const DECORATION = ['line'];

describe.each(Object.entries(THEMES))('the %s theme', (_, colours) => {
  const pairs = (table: typeof TEXT) =>
    Object.entries(table).flatMap(([name, grounds]) => grounds.map((ground) => [name, ground]));
  const colour = (name = ''): string => {
    const hex = colours[name];
    if (hex === undefined) throw new Error(`There is no token ${name}.`);
    return hex;
  };

  it.each(pairs(TEXT))('%s can be read on %s', (name, ground) => {
    expect(contrast(colour(name), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(pairs(SHAPES))('%s can be seen on %s', (name, ground) => {
    expect(contrast(colour(name), colour(ground))).toBeGreaterThanOrEqual(3);
  });

  it('has no colour that nothing here speaks of', () => {
    const spokenOf = new Set([
      ...Object.keys(TEXT),
      ...Object.keys(SHAPES),
      ...[...Object.values(TEXT), ...Object.values(SHAPES)].flat(),
      ...DECORATION,
    ]);
    expect(Object.keys(colours).filter((name) => !spokenOf.has(name))).toEqual([]);
  });
});

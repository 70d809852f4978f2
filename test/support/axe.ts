import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inPage } from './pages.ts';

/** axe as one script, to be run in the page; the page's policy does not let it be loaded there, and does not concern the tests' own way in. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What WCAG 2.2 asks for at its levels A and AA, and what axe knows to be good practice beyond. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const THEMES = ['light', 'dark'] as const;

/** Resolves when the page has been drawn and nothing in it moves, or moves without an end. */
const DRAWN = `new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))).then(() =>
  Promise.allSettled(document.getAnimations()
    .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime))
    .map(({ finished }) => finished)))`;

/** What axe finds wrong, by the parts of its answer that are used here. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/**
 * Looks at what a page shows right now, in its light and in its dark theme, as axe does.
 *
 * @param root a selector of what to look at; the whole page when left out
 * @returns what is wrong, one line each, with the theme and the element; empty when nothing is
 */
export async function axeFindings(page: Page, root?: string): Promise<readonly string[]> {
  await inPage(page, `${AXE}; 0`);
  const where = root === undefined ? 'document' : JSON.stringify(root);
  const options = JSON.stringify({ runOnly: RULES, resultTypes: ['violations'] });
  const findings: string[] = [];
  for (const colorScheme of THEMES) {
    // Colours that are still on their way from one theme to the other would be measured half-way.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await inPage<{ violations: readonly Violation[] }>(
      page,
      `${DRAWN}.then(() => axe.run(${where}, ${options}))`,
    );
    for (const { id, help, nodes } of violations)
      for (const { html, failureSummary = '' } of nodes)
        findings.push(`${colorScheme}: ${id}: ${help}: ${html} ${failureSummary}`);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return findings;
}

/** Asserts that axe finds nothing on a page, in both themes. */
export async function expectAccessible(page: Page, root?: string): Promise<void> {
  expect(await axeFindings(page, root)).toEqual([]);
}

/** The windows of Mailmole as the demonstration uses them: by the names that a person reads. */
import fs from 'node:fs';
import path from 'node:path';
import { until } from './demo-until.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').ElectronApplication} App
 */

/** Where the pictures go, unless the environment says otherwise; git ignores it, since each run takes them anew. */
export const PICTURES =
  process.env.MAILMOLE_PICTURES || path.join(root, 'docs', 'screenshots', 'demo');
/** What the practice mailbox is called. */
export const PRACTICE = 'Practice mailbox';

/** @param {Page} page */
export function row(page) {
  return page.getByRole('article', { name: PRACTICE });
}

/** @param {Page} page */
export function theSwitch(page) {
  return row(page).getByRole('switch', { name: PRACTICE });
}

/** @param {Page} page */
export async function flip(page) {
  await theSwitch(page).click({ force: true });
}

/**
 * @param {Page} page
 * @param {string} sentence
 */
export async function says(page, sentence) {
  await row(page).getByText(sentence).first().waitFor();
}

/** @param {Page} page */
export async function isGreen(page) {
  await says(page, 'On. Your mail program can fetch mail.');
}

/**
 * @param {App} app
 * @param {string} file the page's name
 * @returns {Promise<Page>}
 */
export async function openWindow(app, file) {
  return until(`the window ${file}`, () =>
    app.windows().find((page) => !page.isClosed() && page.url().endsWith(`/${file}`)),
  );
}

/**
 * @param {App} app
 * @param {string} title
 * @returns {Promise<Page>} the window that asks, once it asks this
 */
export async function question(app, title) {
  return until(`the question “${title}”`, async () => {
    const page = await openWindow(app, 'prompt.html');
    const heading = page.getByRole('heading', { name: title });
    return (await heading.isVisible().catch(() => false)) ? page : undefined;
  });
}

/**
 * Presses a button that may close its own window.
 * @param {Page} page
 * @param {string} name
 */
export async function press(page, name) {
  try {
    await page.getByRole('button', { name, exact: true }).click();
  } catch (error) {
    if (!page.isClosed()) throw error;
  }
}

/**
 * @param {Page} page
 * @param {string} name
 */
export async function picture(page, name) {
  fs.mkdirSync(PICTURES, { recursive: true });
  await page.evaluate('document.fonts.ready.then(() => 0)');
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), animations: 'disabled' });
}

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepApps, type TestApp } from '../support/app';
import { inPage } from '../support/pages';
import { connect } from '../world/talk';
import { until } from '../world/wait';

/** More than any of our pages has places for the keyboard. */
const MANY = 40;

/** The name of what has the keyboard, as a screen reader finds it for what we use: a label, or the text in it. */
const FOCUSED = `(() => {
  const it = document.activeElement;
  const named = it.getAttribute('aria-label') ?? it.labels?.[0]?.getAttribute('aria-label');
  return (it.getAttribute('role') ?? it.tagName.toLowerCase()) + ' ' +
    (named ?? it.labels?.[0]?.textContent ?? it.textContent).trim();
})()`;

/** Presses Tab until something of this name has the keyboard. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < MANY; presses += 1) {
    const focused = await inPage<string>(page, FOCUSED);
    if (name.test(focused)) return;
    passed.push(focused);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${String(name)}, only to: ${passed.join(', ')}`);
}

/** Waits until something of this name has the keyboard, without doing anything for it. */
async function hasKeyboard(page: Page, name: RegExp): Promise<void> {
  let focused = '';
  await until(
    `${String(name)} has the keyboard`,
    async () => name.test((focused = await inPage<string>(page, FOCUSED))),
    { detail: () => focused },
  );
}

describe('without a mouse', () => {
  const apps = keepApps();
  let app: TestApp;

  it('adds the practice mailbox and answers its questions', async () => {
    app = await apps.launch();
    const { page } = await app.main();
    await tabTo(page, /^button Try it with a practice mailbox$/u);
    await page.keyboard.press('Enter');

    const server = await app.question('Is this the right server?');
    // What is careful has the keyboard first: Enter alone would trust nobody.
    await hasKeyboard(server.page, /^button Cancel$/u);
    await tabTo(server.page, /^button Trust$/u);
    await server.page.keyboard.press('Space');

    const key = await app.question('Unlock your key');
    const { practicePassphrase } = await app.snapshot();
    await key.page.keyboard.type(practicePassphrase ?? '');
    await key.page.keyboard.press('Enter').catch((error: unknown) => {
      // The window goes with the question.
      if (!key.page.isClosed()) throw error;
    });
    await (await app.main()).mailbox('Practice mailbox').isOn();
  });

  it('flips the switch, and a mail program notices', async () => {
    const main = await app.main();
    const row = main.mailbox('Practice mailbox');
    const port = (await app.snapshot()).accounts[0]?.account.forwards[0]?.localPort ?? 0;
    const client = await connect(port);
    expect(await client.line()).toMatch(/^\+OK /u);
    await tabTo(main.page, /^switch Practice mailbox$/u);
    await main.page.keyboard.press('Space');
    await row.says('Off\\.');
    expect(await client.closed).toBe('ECONNRESET');
    await main.page.keyboard.press('Space');
    await row.isOn();
  });

  it('changes and removes a mailbox by its menu, and takes it back', async () => {
    const { page } = await app.main();
    await tabTo(page, /^button More for Practice mailbox$/u);
    await page.keyboard.press('Enter');
    await hasKeyboard(page, /^menuitem Edit$/u);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Edit Practice mailbox' }).waitFor();
    await hasKeyboard(page, / Name$/u);
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Practised');
    await page.keyboard.press('Enter');
    const row = (await app.main()).mailbox('Practised');
    await row.isOn();
    // Back where it began.
    await hasKeyboard(page, /^button Practised$/u);

    await tabTo(page, /^button More for Practised$/u);
    await page.keyboard.press('Enter');
    await hasKeyboard(page, /^menuitem Edit$/u);
    await page.keyboard.press('End');
    await hasKeyboard(page, /^menuitem Remove$/u);
    await page.keyboard.press('Enter');
    await page.getByText('“Practised” was removed.').waitFor();
    await tabTo(page, /^button Undo$/u);
    await page.keyboard.press('Enter');
    await row.isOn();
  });
});

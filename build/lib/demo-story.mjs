/**
 * What the demonstration plays, told line by line. It uses the application as anybody would: the
 * windows by Playwright, the tray over D-Bus, the mail by POP3.
 *
 * node demo-story.mjs EXECUTABLE FOLDER SWITCH…
 */
import { createServer } from 'node:net';
import path from 'node:path';
import { _electron } from 'playwright-core';
import { pictureOfMenu } from './demo-panel.mjs';
import { fetchMail } from './demo-pop3.mjs';
import { findTrayItem } from './demo-tray.mjs';
import { until } from './demo-until.mjs';
import { PICTURES, PRACTICE } from './demo-windows.mjs';
import { flip, isGreen, openWindow, picture, press, question } from './demo-windows.mjs';
import { row, says, theSwitch } from './demo-windows.mjs';
import { root } from './paths.mjs';
import { elapsed } from './progress.mjs';
import { script } from './script.mjs';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').ElectronApplication} App
 * @typedef {import('./demo-tray.mjs').TrayItem} TrayItem
 */

const USER = 'mole';
/** The pages are drawn by the processor here; trying a graphics card first costs time and a first picture. */
const SWITCHES = ['--disable-gpu', '--password-store=basic'];
const began = Date.now();

// Interrupted: whoever started us ends what we started. Without this Playwright would first tell what it missed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

script(async () => {
  const [executable = '', folder = '', ...switches] = process.argv.slice(2);
  console.log('\nMailmole, played by itself\n');
  const app = await _electron.launch({
    executablePath: executable,
    args: [...switches, ...SWITCHES, `--user-data-dir=${folder}`, root],
    env: /** @type {Record<string, string>} */ ({ ...process.env }),
    chromiumSandbox: !switches.includes('--no-sandbox'),
    colorScheme: 'light',
    timeout: 60_000,
  });
  try {
    await play(app);
  } finally {
    await app.close();
  }
  const pictures = path.relative(process.cwd(), PICTURES) || '.';
  console.log(`\nPlayed in ${elapsed(began)}. The pictures are in ${pictures}.\n`);
});

/** @param {App} app */
async function play(app) {
  const page = await openWindow(app, 'index.html');
  const port = { number: 0 };
  /** @type {TrayItem | undefined} */
  let tray;
  await tell('Mailmole is up', async () => {
    await page.getByRole('button', { name: 'Add a mailbox' }).waitFor();
    await picture(page, 'empty');
    tray = await findTray(app);
    return tray ? 'its icon is in the panel' : 'this desktop shows no tray icons';
  });
  await tell('The first page for a mailbox of one’s own, filled in and left again', () =>
    fillIn(page),
  );
  await tell('Added the practice mailbox; its servers run inside Mailmole', async () => {
    await page.getByRole('button', { name: 'Try it with a practice mailbox' }).click();
    await row(page).waitFor();
  });
  await tell('Asked whether this is the right server', () => trust(app));
  await tell('Asked for the passphrase of the key', () => unlock(app, page));
  await tell('Green', () => lookAtGreen(page));
  await tell('Fetched the mail, as a mail program does', async () => {
    const fetched = await fetchThrough(page);
    port.number = fetched.port;
    return fetched.line;
  });
  await tell('Switched off', () => switchOff(page, tray));
  await tell('Switched on while another program has the port', () =>
    meetTrouble(page, port.number),
  );
  await tell('Took the port that was offered', async () => {
    await page.getByRole('button', { name: /^Use port / }).click();
    await isGreen(page);
    return 'green again, and nothing was asked';
  });
  await tell('Quit', () => quit(app, tray));
}

/**
 * Does a part of the story, then tells it in one line with the time since the beginning.
 * @param {string} title
 * @param {() => Promise<string | void>} part may return what is to be added to the title
 */
async function tell(title, part) {
  const line = (/** @type {string} */ text) => {
    console.log(`${elapsed(began).padStart(8)}  ${text}`);
  };
  try {
    const more = await part();
    line(more ? `${title}: ${more}` : title);
  } catch (error) {
    line(`It went wrong at this point: ${title}`);
    throw error;
  }
}

/** @param {App} app */
async function findTray(app) {
  const pid = app.process().pid ?? 0;
  if (process.platform !== 'linux') return undefined;
  try {
    return await until('a tray icon', () => findTrayItem(pid, process.env), 5_000);
  } catch {
    // A desktop without a panel for icons; everything is in the window as well.
    return undefined;
  }
}

/** @param {Page} page */
async function fillIn(page) {
  await page.getByRole('button', { name: 'Add a mailbox' }).click();
  await page.getByRole('textbox', { name: 'Server', exact: true }).fill('shell.example.org');
  await page.getByRole('textbox', { name: 'User name' }).fill('msingh');
  await picture(page, 'mailbox-form');
  await page.getByRole('button', { name: 'Cancel' }).click();
}

/** @param {App} app */
async function trust(app) {
  const asked = await question(app, 'Is this the right server?');
  await picture(asked, 'prompt-host-key');
  await press(asked, 'Trust');
  return 'it is our own, so it was trusted';
}

/**
 * @param {App} app
 * @param {Page} page
 */
async function unlock(app, page) {
  const asked = await question(app, 'Unlock your key');
  const shown = row(page).getByRole('listitem').filter({ hasText: 'passphrase of a key' });
  const passphrase = await shown.getByRole('code').textContent();
  await asked.getByLabel('Passphrase', { exact: true }).fill(passphrase ?? '');
  await picture(asked, 'prompt-passphrase');
  await press(asked, 'Unlock');
  return 'typed the one that the window shows';
}

/** @param {Page} page */
async function lookAtGreen(page) {
  await isGreen(page);
  await picture(page, 'main-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, 'main-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  return 'the mail server has greeted through the tunnel';
}

/** @param {Page} page */
async function fetchThrough(page) {
  const shown = row(page)
    .getByRole('code')
    .filter({ hasText: /^localhost:/ });
  const [host = '', port] = ((await shown.textContent()) ?? '').split(':');
  const account = { host, port: Number(port), user: USER, password: 'any' };
  const { messages } = await fetchMail(account);
  if (messages.length !== 5) throw new Error(`There were ${messages.length} messages, not 5.`);
  const bytes = messages.reduce((sum, message) => sum + message.length, 0);
  await row(page).getByRole('button', { name: PRACTICE, exact: true }).click();
  await row(page).getByText('Your mail program came once').waitFor();
  await picture(page, 'details');
  await row(page).getByRole('button', { name: PRACTICE, exact: true }).click();
  const line = `${messages.length} messages, ${bytes} bytes, from ${host}:${port}`;
  return { line, port: account.port };
}

/**
 * @param {Page} page
 * @param {TrayItem | undefined} tray
 * @returns {Promise<string>} what was done, in words
 */
async function switchOff(page, tray) {
  if (!tray) {
    await flip(page);
    await says(page, 'Off.');
    return 'in the window, since there is no tray';
  }
  await until('the tray says that it is on', async () =>
    (await tray.menu()).some(({ label, checked }) => label === `${PRACTICE}: On` && checked),
  );
  await pictureOfMenu(path.join(PICTURES, 'tray.png'), process.env);
  await tray.choose(({ label }) => label.startsWith(PRACTICE));
  await says(page, 'Off.');
  await until('the switch moves', async () => !(await theSwitch(page).isChecked()));
  return 'in the menu of the tray, over D-Bus; the switch in the window moved with it';
}

/**
 * @param {Page} page
 * @param {number} port
 */
async function meetTrouble(page, port) {
  const other = createServer();
  await /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      other.once('error', reject).listen(port, '127.0.0.1', resolve);
    })
  );
  try {
    await flip(page);
    await page.getByRole('button', { name: /^Use port / }).waitFor();
    await picture(page, 'error-card');
    return 'the card says so, and what to do';
  } finally {
    other.close();
  }
}

/**
 * @param {App} app
 * @param {TrayItem | undefined} tray
 */
async function quit(app, tray) {
  const child = app.process();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (tray) await tray.choose(({ label }) => label.startsWith('Quit Mailmole'));
  else await app.close();
  const code = await ended;
  if (code !== 0) throw new Error(`Mailmole ended with ${code}.`);
}

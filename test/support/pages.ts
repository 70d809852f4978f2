import type { ElectronApplication, Locator, Page } from 'playwright-core';
import { until } from '../world/wait.ts';

/** What a person sees and does, by the names that a screen reader would read out. */

/**
 * Evaluates an expression in a page. It is text, since the tests are not compiled with the types of a page.
 * What it gives is trusted to be a `T`: the expression stands right beside the type.
 */
export function inPage<T>(page: Page, expression: string): Promise<T> {
  return page.evaluate<T>(expression);
}

/** The page of one kind of window, if there is such a window now. */
function pageOf(electron: ElectronApplication, file: string): Page | undefined {
  return electron.windows().find((page) => !page.isClosed() && page.url().endsWith(`/${file}`));
}

/** Presses a button that closes its own window, which ends the press before it is over. */
async function pressLast(page: Page, button: Locator): Promise<void> {
  try {
    await button.click();
  } catch (error) {
    if (!page.isClosed()) throw error;
  }
}

/** The main window. It must be open, or about to. */
export async function mainWindow(electron: ElectronApplication): Promise<MainWindow> {
  const page = await until('the main window is open', () => pageOf(electron, 'index.html'));
  await page.locator('h1:visible').first().waitFor();
  return new MainWindow(page);
}

/** Is the main window open? */
export function mainWindowIsOpen(electron: ElectronApplication): boolean {
  return pageOf(electron, 'index.html') !== undefined;
}

function heading(page: Page): Locator {
  return page.getByRole('heading', { level: 1, name: /^(?:Add|Edit) / });
}

export class MainWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  mailbox(name: string): Mailbox {
    return new Mailbox(this.page.getByRole('article', { name, exact: true }), name);
  }

  /** Opens the form with all settings for a new mailbox, by the first page of setting one up. */
  async add(): Promise<MailboxForm> {
    await this.button('Add a mailbox').click();
    await this.button('All settings on one page').click();
    return new MailboxForm(this.page);
  }

  /** Opens the form of a mailbox by its menu. */
  async edit(name: string): Promise<MailboxForm> {
    await this.chooseFromMenu(name, 'Edit');
    return new MailboxForm(this.page);
  }

  async chooseFromMenu(mailbox: string, entry: string): Promise<void> {
    await this.mailbox(mailbox)
      .root.getByRole('button', { name: `More for ${mailbox}` })
      .click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }
}

/** One row of the list. */
export class Mailbox {
  readonly root: Locator;
  readonly switch: Locator;
  /** The sentence that says what is true. */
  readonly state: Locator;

  constructor(root: Locator, name: string) {
    this.root = root;
    this.switch = root.getByRole('switch', { name });
    this.state = root.locator('.row__state');
  }

  /** Flips the switch, whatever it says; by the keyboard, since a row moves when something appears above it. */
  async flip(): Promise<void> {
    await this.switch.press('Space');
  }

  button(name: string | RegExp): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  /** Waits until the sentence begins so. */
  async says(beginning: string, timeoutMs = 30_000): Promise<void> {
    await this.state
      .filter({ hasText: new RegExp(`^${beginning}`) })
      .waitFor({ timeout: timeoutMs });
  }

  /** Waits for green: the mail server has greeted through the tunnel. */
  async isOn(timeoutMs?: number): Promise<void> {
    await this.says('On\\. ', timeoutMs);
  }

  /** The heading of the card that tells of an error. */
  trouble(title: string | RegExp): Locator {
    return this.root.getByRole('heading', { level: 3, name: title });
  }
}

/** What a person fills in; what is left out stays as the form offers it. */
export interface Filled {
  readonly name?: string;
  readonly server?: string;
  readonly user?: string;
  readonly port?: number;
  readonly signIn?: 'Automatic' | 'Password' | 'Key file' | 'Agent only';
  readonly keyFile?: string;
  readonly localPort?: number | string;
  readonly mailServer?: string;
  readonly mailPort?: number | string;
  readonly mode?:
    'When my mail program asks' | 'Always' | 'Only while I keep it switched on by hand';
}

/** The form that adds or changes a mailbox. */
export class MailboxForm {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  async fill(filled: Filled): Promise<void> {
    const type = async (name: string, value: string | number | undefined): Promise<void> => {
      if (value !== undefined) await this.field(name).fill(String(value));
    };
    await type('Server', filled.server);
    await type('User name', filled.user);
    if (filled.port !== undefined) await this.openMore();
    await type('Port of the server', filled.port);
    await type('Name', filled.name);
    if (filled.signIn !== undefined) await this.choose(filled.signIn);
    await type('Key file', filled.keyFile);
    await type('Port on this computer', filled.localPort);
    await type('Mail server', filled.mailServer);
    await type('Its port', filled.mailPort);
    if (filled.mode !== undefined) await this.choose(filled.mode);
  }

  async choose(name: string): Promise<void> {
    await this.page.getByRole('radio', { name, exact: true }).click({ force: true });
  }

  async openMore(): Promise<void> {
    const more = this.page.getByRole('button', { name: 'More', exact: true });
    if ((await more.getAttribute('aria-expanded')) === 'false') await more.click();
  }

  async press(name: 'Save' | 'Cancel' | 'Back'): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Saves, and waits until the list is back. */
  async save(): Promise<void> {
    await this.press('Save');
    await heading(this.page).waitFor({ state: 'hidden' });
  }

  /** What is complained about at a field: the text that a screen reader reads out with it. */
  async complaintAt(name: string): Promise<string> {
    const field = this.field(name);
    if ((await field.getAttribute('aria-invalid')) !== 'true') return '';
    const ids = (await field.getAttribute('aria-describedby')) ?? '';
    const texts = ids.split(' ').map((id) => this.page.locator(`[id="${id}"]`).allTextContents());
    return (await Promise.all(texts)).flat().join(' ').trim();
  }
}

/** A question in the window that asks. */
export class Question {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** All that can be read in it. */
  async text(): Promise<string> {
    return this.page.getByRole('main').innerText();
  }

  /** The fingerprint, without the gaps that make it easy to read aloud. */
  async fingerprint(): Promise<string> {
    const groups = await this.page.locator('.fingerprint__group').allTextContents();
    return `SHA256:${groups.join('')}`;
  }

  async press(name: 'Trust' | 'Unlock' | 'Sign in' | 'Cancel' | 'Send'): Promise<void> {
    await pressLast(this.page, this.page.getByRole('button', { name, exact: true }));
  }

  async type(label: 'Passphrase' | 'Password', text: string): Promise<void> {
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }
}

/** Waits until the window that asks shows a question with this title. */
export async function question(
  electron: ElectronApplication,
  title: string | RegExp,
  saying: RegExp = /(?:)/u,
): Promise<Question> {
  const page = await until(
    `the question ${String(title)} is asked`,
    async () => {
      const candidate = pageOf(electron, 'prompt.html');
      if (candidate === undefined) return null;
      const asked = candidate.getByRole('heading', { name: title });
      // The window may go at any moment, when its question is withdrawn.
      const shown = await asked.isVisible().catch(() => false);
      if (!shown) return null;
      const said = await candidate
        .getByRole('main')
        .innerText()
        .catch(() => '');
      return saying.test(said) ? candidate : null;
    },
    { timeoutMs: 30_000 },
  );
  return new Question(page);
}

/** Is the window that asks open? */
export function isAsking(electron: ElectronApplication): boolean {
  return pageOf(electron, 'prompt.html') !== undefined;
}

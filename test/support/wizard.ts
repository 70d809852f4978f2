import type { Locator, Page } from 'playwright-core';
import type { MainWindow } from './pages.ts';

/** The questions of the four pages, as their headings say them. */
export const QUESTIONS = {
  server: 'Who looks after your mail?',
  signIn: 'How do you sign in?',
  check: 'Checking the way to your mail',
  proven: 'Your mail can be fetched',
  program: 'Your mail program',
} as const;

/** Opens the pages that set a new mailbox up. */
export async function openWizard(main: MainWindow): Promise<Wizard> {
  await main.button('Add a mailbox').click();
  const wizard = new Wizard(main.page);
  await wizard.steps.waitFor();
  return wizard;
}

/** Setting a mailbox up, page by page. */
export class Wizard {
  readonly page: Page;
  readonly steps: Locator;

  constructor(page: Page) {
    this.page = page;
    this.steps = page.getByRole('list', { name: 'Steps' });
  }

  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Waits for the page that asks this. */
  async asks(question: string): Promise<void> {
    await this.page.getByRole('heading', { level: 2, name: question }).waitFor();
  }

  async press(name: string): Promise<void> {
    await this.button(name).click();
  }

  async choose(name: string): Promise<void> {
    await this.page.getByRole('radio', { name, exact: true }).click({ force: true });
  }

  /** Fills in what is behind the door of the first page. */
  async fillAside(filled: Readonly<Record<string, string | number>>): Promise<void> {
    const door = this.button('Port, mail server and name');
    if ((await door.getAttribute('aria-expanded')) === 'false') await door.click();
    for (const [name, value] of Object.entries(filled)) await this.field(name).fill(String(value));
  }

  /** One line of the check, by its title. */
  stage(title: string): Locator {
    return this.page.getByRole('listitem').filter({
      has: this.page.getByRole('heading', { level: 3, name: new RegExp(`^${title}`, 'u') }),
    });
  }

  /** Waits until that line of the check is so. */
  async stageIs(title: string, status: 'done' | 'stopped here' | 'needs you'): Promise<void> {
    const heading = { level: 3, name: `${title} (${status})` } as const;
    await this.page.getByRole('heading', heading).waitFor({ timeout: 30_000 });
  }
}

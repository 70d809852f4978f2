import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepApps, makeAppFolder, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import { filledFor, makeKnown } from '../support/mail-world';
import { inPage, isAsking, type Filled, type MainWindow, type Question } from '../support/pages';
import { startDovecot, type Dovecot } from '../world/dovecot';
import { makeKey, PASSPHRASE, writeKey } from '../world/ssh-keys';
import { oneTimeCodeSignIn } from '../world/sshd-pam';
import { startSshd, type Sshd, type SshdOptions } from '../world/sshd';
import { until } from '../world/wait';

const WRONG = 'not the passphrase';
const codes = oneTimeCodeSignIn();

describe('what is asked', () => {
  const apps = keepApps();
  const servers: Sshd[] = [];
  let dovecot: Dovecot;
  let app: TestApp;
  let main: MainWindow;
  const row = () => main.mailbox('Locked');

  beforeAll(async () => {
    dovecot = await startDovecot({ tls: false });
    const key = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE, name: 'asked for' });
    const sshd = await serve({ authorizedKeys: [key] });
    const folder = await makeAppFolder();
    const keyFile = await writeKey(folder.world, key, 'locked-key');
    app = await apps.launch({ folder });
    main = await app.main();
    await add(sshd, 'Locked', { signIn: 'Key file', keyFile });
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await dovecot.stop();
  });

  async function serve(options: SshdOptions): Promise<Sshd> {
    const server = await startSshd({ access: 'no-sessions', ...options });
    servers.push(server);
    return server;
  }

  async function add(sshd: Sshd, name: string, more: Filled): Promise<void> {
    const form = await main.add();
    await form.fill(await filledFor({ sshd, dovecot }, { name, mode: 'Always', ...more }));
    await form.save();
  }

  /** Chooses for how long what is typed is kept. */
  async function keepFor(asked: Question, choice: string): Promise<void> {
    await asked.page.getByRole('button', { name: /Keep it in memory/u }).click();
    await asked.page.getByRole('option', { name: choice, exact: true }).click();
  }

  async function unlock(choice?: string): Promise<void> {
    const asked = await app.question('Unlock your key');
    if (choice !== undefined) await keepFor(asked, choice);
    await asked.type('Passphrase', PASSPHRASE);
    await asked.press('Unlock');
    await row().isOn();
  }

  /** Off and on again, by the switch. */
  async function again(): Promise<void> {
    await row().flip();
    await row().says('Off\\.');
    await row().flip();
  }

  async function lock(): Promise<void> {
    await main.button('More for all mailboxes').click();
    await main.page.getByRole('menuitem', { name: 'Lock keys and passwords now' }).click();
    const told = main.page.getByText('Locked. Mailmole asks for passphrases');
    await told.waitFor();
    await main.button('Dismiss').click();
    await told.waitFor({ state: 'hidden' });
  }

  const nothingIsAsked = () => until('nothing is asked', () => !isAsking(app.electron));

  it('shows a new server’s fingerprint as letters and as OpenSSH’s picture', async () => {
    const asked = await app.question('Is this the right server?');
    expect(await asked.fingerprint()).toBe(servers[0]?.hostKeys[0]?.fingerprint);
    const picture = await asked.page.locator('.randomart').textContent();
    expect(picture).toMatch(
      /^\+--\[ED25519 256\]--\+\n(?:\|.{17}\|\n){9}\+----\[SHA256\]-----\+$/u,
    );
    expect(await asked.text()).toContain('Compare its fingerprint with the one your provider');
    await expectAccessible(asked.page);
    await asked.press('Trust');
  });

  it('stands above others, since the person waits for it', async () => {
    await app.question('Unlock your key');
    await until('one window stands above others', async () => {
      const tops = await app.electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => window.isAlwaysOnTop()),
      );
      return tops.filter(Boolean).length === 1;
    });
  });

  it('asks for a passphrase again when it was wrong', async () => {
    const asked = await app.question('Unlock your key');
    await expectAccessible(asked.page);
    await asked.type('Passphrase', WRONG);
    await asked.page.getByRole('button', { name: 'Show what is typed' }).click();
    const field = asked.page.getByLabel('Passphrase', { exact: true });
    const capsLock = (on: boolean) =>
      `document.querySelector('.secret input').dispatchEvent(new KeyboardEvent('keyup',
        { key: 'CapsLock', modifierCapsLock: ${on}, bubbles: true }))`;
    const warning = asked.page.getByText('Caps Lock is on.');
    await inPage(asked.page, capsLock(true));
    await warning.waitFor();
    await inPage(asked.page, capsLock(false));
    await warning.waitFor({ state: 'hidden' });
    expect(await field.getAttribute('type')).toBe('text');
    await asked.press('Unlock');
    const next = await app.question('Unlock your key', /That was not it\. 2 tries left\./u);
    expect(await field.inputValue()).toBe('');
    await next.type('Passphrase', PASSPHRASE);
    await next.press('Unlock');
    await row().isOn();
  });

  it('keeps what was right until it is locked', async () => {
    await again();
    await row().isOn();
    await lock();
    // What is connected stays so.
    await row().isOn();
    await again();
    await app.question('Unlock your key');
  });

  it('goes away when the mailbox is switched off', async () => {
    await row().flip();
    await row().says('Off\\.');
    await nothingIsAsked();
    expect((await app.snapshot()).prompts).toEqual([]);
  });

  it('is cancelled by Escape, and can be asked for again from the card', async () => {
    await row().flip();
    const asked = await app.question('Unlock your key');
    await asked.page.keyboard.press('Escape').catch(() => undefined);
    await row().trouble('The passphrase was not entered.').waitFor();
    await nothingIsAsked();
    await row().button('Enter the passphrase').click();
    await unlock('For 15 minutes');
    await again();
    await row().isOn();
  });

  it('asks every time, when that was chosen', async () => {
    await lock();
    await again();
    await unlock('Ask every time');
    await again();
    await unlock('Ask every time');
  });

  it.skipIf(!codes.available)('shows a server’s own words, and takes its code', async () => {
    const sshd = await serve({ authentication: 'keyboard-interactive', oneTimeCode: true });
    await makeKnown(app.folder, sshd.knownHosts());
    await add(sshd, 'By code', { signIn: 'Password' });
    const password = await app.question('Sign in to 127.0.0.1');
    await expectAccessible(password.page);
    await password.type('Password', sshd.password);
    await password.press('Sign in');
    const asked = await app.question('127.0.0.1 asks');
    await expectAccessible(asked.page);
    await asked.page.getByRole('textbox').first().fill(sshd.oneTimeCode());
    await asked.press('Send');
    await main.mailbox('By code').isOn();
  });

  it('is told over by the list, in which nothing is wrong for anybody', async () => {
    await main.button('Locked').first().click();
    await main.page.getByRole('heading', { name: 'What happened lately' }).waitFor();
    await main.page.getByText('The mail server greeted.').first().waitFor();
    await main.page.getByText('It was switched on.').first().waitFor();
    await expectAccessible(main.page);
    const isWide = `(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(
      document.querySelector('main'))`;
    expect(await inPage(main.page, isWide)).toBe(false);
  });

  it('leaves no trace', async () => {
    await app.expectNoTrace([PASSPHRASE, WRONG, ...servers.map(({ password }) => password)]);
  });
});

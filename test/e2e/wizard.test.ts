import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepApps, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import { startHomeServer, type HomeServer } from '../support/home-server';
import type { MainWindow } from '../support/pages';
import { openWizard, QUESTIONS, Wizard } from '../support/wizard';
import { startDovecot, type Dovecot } from '../world/dovecot';
import {
  compareDelivery,
  makeFetchmail,
  perfectDelivery,
  type Fetchmail,
} from '../world/fetchmail';
import { generateMessages } from '../world/messages';
import { passwordSignIn } from '../world/sshd-pam';
import type { Sshd } from '../world/sshd';
import { until } from '../world/wait';
import { freePort } from '../world/world-folder';

const PASSPHRASE = 'seven moles dig quietly';

describe.skipIf(!passwordSignIn().available)('the first run', () => {
  const apps = keepApps();
  const messages = generateMessages({ count: 12 });
  let dovecot: Dovecot;
  let server: HomeServer;
  let sshd: Sshd;
  let fetchmail: Fetchmail;
  let app: TestApp;
  let main: MainWindow;
  let wizard: Wizard;
  let localPort: number;

  beforeAll(async () => {
    server = await startHomeServer();
    sshd = server.sshd;
    dovecot = await startDovecot({ messages, tls: false, user: sshd.user });
    fetchmail = await makeFetchmail('lmtp');
    app = await apps.launch();
    main = await app.main();
    localPort = await freePort('127.0.0.1');
  });
  afterAll(async () => {
    for (const each of [fetchmail, server, dovecot]) await each.stop();
  });

  const copied = (): Promise<string> =>
    app.electron.evaluate(({ clipboard }) => clipboard.readText());

  it('asks who looks after the mail, and says at the field what would be right', async () => {
    wizard = await openWizard(main);
    await wizard.asks(QUESTIONS.server);
    await wizard.press('Next');
    await wizard.page.getByText('Fill in the server, such as mail.example.org.').waitFor();
    await expectAccessible(wizard.page);
    await wizard.field('Server').fill('mail.example.org/inbox');
    await wizard.press('Next');
    await wizard.page.getByText('Only the server’s name, without what').waitFor();
    // What cannot be a server is no name for a mailbox.
    await wizard.fillAside({});
    expect(await wizard.field('Name').inputValue()).toBe('');
    await wizard.field('Server').fill(`${sshd.user}@${sshd.host}:${sshd.port}`);
    await wizard.field('User name').focus();
    expect(await wizard.field('User name').inputValue()).toBe(sshd.user);
    expect(await wizard.field('Name').inputValue()).toBe(sshd.host);
  });

  it('keeps what was typed when the window is closed, and goes on from there', async () => {
    await wizard.fillAside({
      Name: 'University',
      'Port on this computer': localPort,
      'Its port': dovecot.ports.pop3,
    });
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.signIn);
    await wizard.choose('Make me a key');
    await app.closeMain();
    await (await app.tray()).choose('Open Mailmole');
    main = await app.main();
    wizard = new Wizard(main.page);
    await wizard.asks(QUESTIONS.signIn);
    await wizard.page.getByText('What you typed is still here.').waitFor();
    expect(await wizard.page.getByRole('radio', { name: 'Make me a key' }).isChecked()).toBe(true);
    await wizard.press('Back');
    await wizard.asks(QUESTIONS.server);
    await wizard.fillAside({});
    expect(await wizard.field('Port on this computer').inputValue()).toBe(String(localPort));
    expect((await app.snapshot()).accounts).toEqual([]);
    await wizard.press('Next');
  });

  it('makes a key, judging its passphrase', async () => {
    await wizard.asks(QUESTIONS.signIn);
    await wizard.field('New passphrase').fill('password');
    await wizard.page.getByText('Guessed at once').waitFor();
    await wizard.field('New passphrase').fill(PASSPHRASE);
    await wizard.page.getByText('Strong', { exact: true }).waitFor();
    await expectAccessible(wizard.page);
    await wizard.press('Make the key');
    await wizard.page.getByText('Those were not the same. Type both again.').waitFor();
    await wizard.field('New passphrase').fill(PASSPHRASE);
    await wizard.field('The same once more').fill(PASSPHRASE);
    await wizard.press('Make the key');
    await wizard.page.getByRole('main').getByText('Your key is ready.').waitFor();
    const file = path.join(app.folder.home, '.ssh', 'id_mailmole');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expectAccessible(wizard.page);
    await wizard.press('Copy the text');
    const line = (await readFile(`${file}.pub`, 'utf8')).trim();
    await until('the public half is on the clipboard', async () => (await copied()).includes(line));
  });

  it('puts the key on the server with the password, once, and proves it', async () => {
    await wizard.press('Put it on the server');
    await (await app.question('Is this the right server?')).press('Trust');
    const asked = await app.question(/./u, /[Pp]assword/u);
    await asked.page.getByLabel(/Password/u).fill(sshd.password);
    await asked.page.keyboard.press('Enter');
    const key = await app.question('Unlock your key');
    await key.type('Passphrase', PASSPHRASE);
    await key.press('Unlock');
    await wizard.page.getByRole('main').getByText('and it works.').waitFor();
    await wizard.page.getByRole('main').getByText('+OK Dovecot ready.').waitFor();
    // It opens the way to the mail, and nothing else.
    expect(await readFile(server.list, 'utf8')).toMatch(/^restrict,.*permitopen=.* ssh-ed25519 /mu);
  });

  it('checks the way piece by piece, down to the greeting', async () => {
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.proven);
    for (const title of ['This computer', 'The server', 'Your sign-in', 'The mail server']) {
      await wizard.stageIs(title, 'done');
    }
    await wizard.stage('The mail server').getByText('+OK Dovecot ready.').waitFor();
    expect((await app.snapshot()).accounts).toHaveLength(1);
    await expectAccessible(wizard.page);
  });

  it('tells what to put into the mail program, and that fetches the mail', async () => {
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.program);
    await expectAccessible(wizard.page);
    await wizard.button(/^.*Which one do you use\?$/u).click();
    await wizard.page.getByRole('option', { name: 'fetchmail' }).click();
    await expectAccessible(wizard.page);
    const copy = wizard.button(/^Copy .*fetchmailrc$/u);
    await copy.click();
    await until('it is on the clipboard', async () => (await copied()).includes('poll'));
    const rc = await copied();
    expect(rc).toContain(String(localPort));
    // The mail password is the person's to add; and there is no `mailmole` on this path to be asked first.
    const mine = rc.replace('there', `there with password ${dovecot.password}`);
    const run = await fetchmail.run(mine.replace(/^.*preconnect.*$/gmu, ''));
    expect(run.output).toContain(`${messages.length} messages`);
    expect(run.code).toBe(0);
    expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
      perfectDelivery(messages),
    );
    await wizard.press('Done');
    await main.mailbox('University').isOn();
  });

  it('leaves no trace of the passphrase or the password', async () => {
    await app.expectNoTrace([PASSPHRASE, sshd.password]);
    await until('nothing is kept of the setting up', async () => {
      const button = main.button('Add a mailbox');
      return button.isVisible();
    });
  });
});

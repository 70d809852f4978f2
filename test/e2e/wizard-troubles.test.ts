import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { keepApps, makeAppFolder, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import { runCommand } from '../support/control';
import { giveKey, makeKnown, startMailWorld, type MailWorld } from '../support/mail-world';
import { inPage, type MainWindow } from '../support/pages';
import { openWizard, QUESTIONS, Wizard } from '../support/wizard';
import { connect } from '../world/talk';
import { until } from '../world/wait';
import { freePort } from '../world/world-folder';

const FOCUSED =
  'document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent';

describe('setting a mailbox up', () => {
  const apps = keepApps();
  let world: MailWorld;
  let app: TestApp;
  let main: MainWindow;
  let wizard: Wizard;
  let keyFile: string;

  beforeAll(async () => {
    world = await startMailWorld();
    const folder = await makeAppFolder();
    keyFile = await giveKey(folder, world.key);
    await makeKnown(folder, world.sshd.knownHosts());
    app = await apps.launch({ folder });
    main = await app.main();
  });
  afterAll(() => world.stop());

  it('takes the keyboard alone, from page to page', async () => {
    wizard = await openWizard(main);
    const { keyboard } = wizard.page;
    const hasFocus = (name: RegExp) =>
      until(`${String(name)} has the keyboard`, async () =>
        name.test(await inPage<string>(wizard.page, FOCUSED)),
      );
    await hasFocus(/^Server$/u);
    const closed = await freePort('127.0.0.1');
    const { user, host } = world.sshd;
    await keyboard.type(`ssh -p ${closed} ${user}@${host}`);
    await keyboard.press('Tab');
    await hasFocus(/^User name$/u);
    // The command is taken apart, which is told, can be taken back, and then is not done again.
    const told = wizard.page.getByRole('listitem');
    await told.filter({ hasText: `User name: ${user}` }).waitFor();
    await told.filter({ hasText: `Port of the server: ${closed}` }).waitFor();
    await wizard.page
      .getByRole('status')
      .filter({ hasText: `Filled in for you: User name: ${user} · Port of the server: ${closed}` })
      .waitFor({ state: 'attached' });
    await expectAccessible(wizard.page);
    await keyboard.press('Shift+Tab');
    await hasFocus(/^Undo$/u);
    await keyboard.press('Enter');
    await hasFocus(/^Server$/u);
    await keyboard.press('Enter');
    await wizard.page.getByText('Only the server’s name, without spaces').waitFor();
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type(`${user}@${host}:${closed}`);
    // Enter takes the text apart as well, and goes on.
    await keyboard.press('Enter');
    await wizard.asks(QUESTIONS.signIn);
    await hasFocus(/^Automatic/u);
    await keyboard.press('Enter');
    await wizard.asks(QUESTIONS.check);
    await hasFocus(/^Checking the way to your mail$/u);
  });

  it('stops at a wrong server, and leads to the field that mends it', async () => {
    await wizard.stageIs('The server', 'stopped here');
    const stage = wizard.stage('The server');
    await stage.getByText('127.0.0.1 refused the connection.').waitFor();
    await expectAccessible(wizard.page);
    await stage.getByRole('button', { name: 'Change the server' }).click();
    await wizard.asks(QUESTIONS.server);
    await until('the port has the keyboard', async () =>
      (await inPage<string>(wizard.page, FOCUSED)).startsWith('Port of the server'),
    );
    await wizard.fillAside({ 'Port of the server': world.sshd.port });
  });

  it('offers another port when this one is taken, and is proven then', async () => {
    const taken = await freePort('127.0.0.1');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(taken, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    await wizard.fillAside({
      Name: 'University',
      'Port on this computer': taken,
      'Its port': world.dovecot.ports.pop3,
    });
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.signIn);
    await wizard.press('Next');
    await wizard.stageIs('This computer', 'stopped here');
    const offer = wizard.stage('This computer').getByRole('button', { name: /^Use port \d+$/u });
    const next = Number(/\d+/u.exec((await offer.textContent()) ?? '')?.[0]);
    await offer.click();
    await wizard.asks(QUESTIONS.proven);
    const client = await connect(next);
    expect(await client.line()).toBe('+OK Dovecot ready.');
    await client.stop();
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.program);
    await wizard.press('Done');
    await main.mailbox('University').isOn();
    expect((await app.snapshot()).accounts).toHaveLength(1);
  });

  it('takes a key file that is dropped on it', async () => {
    wizard = await openWizard(main);
    await wizard.field('Server').fill('shell.example.org');
    await wizard.field('User name').fill('msingh');
    await wizard.fillAside({ Name: 'Dropped' });
    await wizard.press('Next');
    await wizard.choose('Key file');
    const box = await wizard.field('Key file').boundingBox();
    const session = await wizard.page.context().newCDPSession(wizard.page);
    const data = { items: [], files: [keyFile], dragOperationsMask: 1 };
    const [x, y] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + 10];
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x, y, data });
    }
    await until(
      'the path is there',
      async () => (await wizard.field('Key file').inputValue()) === keyFile,
    );
    await wizard.press('Back');
    await wizard.press('Cancel');
  });

  it('reads an ssh command that is pasted, and says what it cannot read', async () => {
    const { sshd, dovecot } = world;
    wizard = await openWizard(main);
    await wizard.press('Paste what you were given');
    const text = wizard.field('An ssh command, a .fetchmailrc or a set-up file');
    await text.fill('make me a mailbox');
    await wizard.press('Read it');
    await wizard.page.getByText('Mailmole does not know what this is.').waitFor();
    await expectAccessible(wizard.page);
    await text.fill(`ssh -N -p ${sshd.port} ${sshd.user}@${sshd.host}`);
    await wizard.press('Read it');
    await wizard.page.getByRole('heading', { level: 1 }).waitFor();
    await wizard.page.getByRole('button', { name: /^Add /u }).click();
    // The command does not say where the mail is; that is mended where the check stops.
    await wizard.stageIs('The mail server', 'stopped here');
    await wizard.press('Change the mail server');
    await wizard.asks(QUESTIONS.server);
    await wizard.fillAside({ 'Its port': dovecot.ports.pop3 });
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.signIn);
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.proven);
    await wizard.stage('The mail server').getByText('+OK Dovecot ready.').waitFor();
  });

  it('goes back from there without losing what it found', async () => {
    await wizard.press('Back');
    await wizard.press('Back');
    await wizard.asks(QUESTIONS.server);
    expect(await wizard.field('Server').inputValue()).toBe(world.sshd.host);
    await wizard.press('Back to your mailboxes');
    expect((await app.snapshot()).accounts).toHaveLength(2);
  });

  it('goes back to the fields when the mailbox is removed meanwhile, and makes it anew', async () => {
    wizard = await openWizard(main);
    const toCheck = async (): Promise<void> => {
      await wizard.asks(QUESTIONS.signIn);
      await wizard.press('Next');
      await wizard.asks(QUESTIONS.proven);
    };
    await wizard.press('Next');
    await toCheck();
    const { accounts } = await app.snapshot();
    const name = accounts[1]?.account.name ?? '';
    const remove = ['--profile', app.folder.data, 'remove', name];
    expect(await runCommand(remove, { env: app.env })).toMatchObject({ code: 0 });
    await toCheck();
    const names = (await app.snapshot()).accounts.map(({ account }) => account.name);
    expect(names).toEqual(['University', name]);
  });

  it('goes on from the check after a quit, when its person wants to', async () => {
    await wizard.press('Back to your mailboxes');
    wizard = await openWizard(main);
    await wizard.field('Server').fill(`${world.sshd.user}@${world.sshd.host}:${world.sshd.port}`);
    await wizard.field('User name').focus();
    await wizard.fillAside({ Name: 'Later', 'Its port': world.dovecot.ports.pop3 });
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.signIn);
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.proven);
    expect(await app.quit()).toBe(0);
    app = await apps.launch({ folder: app.folder });
    main = await app.main();
    wizard = new Wizard(main.page);
    // Nothing is dialled before somebody asks.
    await wizard.asks(QUESTIONS.check);
    await wizard.press('Check it now');
    await wizard.asks(QUESTIONS.proven);
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.program);
    await wizard.press('Done');
    await main.mailbox('Later').isOn();
    await main.mailbox('University').says('Ready\\. Connects when your mail program asks\\. Last ');
  });
});

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { keepApps, makeAppFolder, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import {
  filledFor,
  giveKey,
  makeKnown,
  startMailWorld,
  type MailWorld,
} from '../support/mail-world';
import { inPage, MailboxForm, type MainWindow } from '../support/pages';
import { openWizard, Wizard } from '../support/wizard';
import { connect, dials } from '../world/talk';
import { until } from '../world/wait';
import { freePort } from '../world/world-folder';

describe('mailboxes in the window', () => {
  const apps = keepApps();
  let world: MailWorld;
  let app: TestApp;
  let main: MainWindow;
  let localPort: number;
  /** How often a mail program came to the first mailbox. */
  let came: number;

  beforeAll(async () => {
    world = await startMailWorld();
    const folder = await makeAppFolder();
    // The person has used this server before, so that nothing is asked here.
    await giveKey(folder, world.key);
    await makeKnown(folder, world.sshd.knownHosts());
    app = await apps.launch({ folder });
    main = await app.main();
  });
  afterAll(() => world.stop());

  const signIns = (): number => world.sshd.log().match(/Accepted publickey/gu)?.length ?? 0;

  /** What the state of the first mailbox has gone through; told by the snapshots that the window gets. */
  const attempt = async (): Promise<number | null> => {
    const state = (await app.snapshot()).accounts[0]?.state;
    return state?.kind === 'connected' ? state.attempt : null;
  };

  it('tells at each field what would be right', async () => {
    const form = await main.add();
    await form.press('Save');
    await until('the server is complained about', () => form.complaintAt('Server'));
    expect(await form.complaintAt('Server')).toBe('Fill in the server, such as mail.example.org.');
    expect(await form.complaintAt('User name')).toBe('Fill in the name you sign in with.');
    expect(await form.complaintAt('Name')).toBe('Give the mailbox a name.');
    // The first field with a problem has the keyboard.
    expect(await inPage(main.page, 'document.activeElement.labels[0].textContent')).toBe('Server');

    await form.fill({
      server: 'mail.example.org/inbox',
      user: 'msingh',
      name: 'University',
      signIn: 'Key file',
      keyFile: 'id_ed25519',
      localPort: '99999',
      mailPort: 'pop',
    });
    await form.press('Save');
    await until('the key file is complained about', () => form.complaintAt('Key file'));
    expect(await form.complaintAt('Server')).toBe(
      'Only the server’s name, without what stands before and after it.',
    );
    expect(await form.complaintAt('User name')).toBe('');
    // Left empty it is the server itself, which is complained about once.
    expect(await form.complaintAt('Mail server')).toBe('');
    expect(await form.complaintAt('Key file')).toBe('Write the whole path, or choose the file.');
    expect(await form.complaintAt('Port on this computer')).toBe(
      'A port is a whole number from 1 to 65535.',
    );
    expect(await form.complaintAt('Its port')).toBe('A port is a whole number from 1 to 65535.');
    // A complaint goes as soon as the field is changed.
    await form.field('Key file').fill('/home/me/.ssh/id_ed25519');
    expect(await form.complaintAt('Key file')).toBe('');
    expect((await app.snapshot()).accounts).toEqual([]);
  });

  it('keeps what was typed when the form is left, until one starts afresh', async () => {
    const form = new MailboxForm(main.page);
    await form.press('Back');
    await main.add();
    expect(await form.field('User name').inputValue()).toBe('msingh');
    await main.button('Start afresh').click();
    await until(
      'the form is empty',
      async () => (await form.field('User name').inputValue()) === '',
    );
  });

  it('takes apart what a person was given as name@server:port', async () => {
    const form = new MailboxForm(main.page);
    await form.field('Server').fill('msingh@shell.example.org:2222');
    await form.field('User name').focus();
    expect(await form.field('Server').inputValue()).toBe('shell.example.org');
    expect(await form.field('User name').inputValue()).toBe('msingh');
    expect(await form.field('Name').inputValue()).toBe('shell.example.org');
    await form.openMore();
    expect(await form.field('Port of the server').inputValue()).toBe('2222');
    await form.press('Cancel');
    await main.button('Add a mailbox').waitFor();
  });

  it('is added, comes on, and tells a mail program where to find it', async () => {
    const form = await main.add();
    const filled = await filledFor(world, { mode: 'Always' });
    localPort = filled.localPort;
    await form.fill(filled);
    await form.save();
    const row = main.mailbox('University');
    await row.isOn();
    expect(signIns()).toBe(1);
    await row.button('Copy all settings of University').click();
    await row.button('Copied').waitFor();
    const copied = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
    // One line for each field, with its label.
    expect(copied).toMatch(/^ {2}Server: +localhost$/mu);
    expect(copied).toMatch(new RegExp(`^ {2}Port: +${localPort}$`, 'mu'));
    expect(copied).toMatch(new RegExp(`^ {2}User name: +${world.sshd.user} \\(or `, 'mu'));
    expect(copied).toMatch(/^ {2}Connection security: +None, because the tunnel encrypts/mu);
    // Whoever does not see the button change hears of it.
    await main.page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
  });

  it('will not have two mailboxes of one name or on one port', async () => {
    const form = await main.add();
    await form.fill({ server: 'shell.example.org', user: 'me', name: 'university', localPort });
    await form.press('Save');
    await until('the name is complained about', () => form.complaintAt('Name'));
    expect(await form.complaintAt('Name')).toContain('Another mailbox is called “university”.');
    expect(await form.complaintAt('Port on this computer')).toBe(
      `Port ${localPort} belongs to “University” already. Take another one.`,
    );
    await form.press('Cancel');
  });

  it('takes a change of the connection over with one reconnect', async () => {
    const row = main.mailbox('University');
    await row.isOn();
    const before = await attempt();
    const form = await main.edit('University');
    await form.openMore();
    const compress = { name: 'Compress what is carried' };
    const hint = main.page.getByText('Saving reconnects this mailbox once.');
    expect(await hint.count()).toBe(0);
    await main.page.getByRole('checkbox', compress).click({ force: true });
    await hint.waitFor();
    await form.save();
    await row.root.getByText('Reconnecting once with your change.').waitFor();
    await until('the tunnel is another one', async () => ![null, before].includes(await attempt()));
    await row.isOn();
    expect(signIns()).toBe(2);
    expect((await app.snapshot()).accounts[0]?.session).toMatchObject({ compressed: true });
  });

  it('takes a new name over without any', async () => {
    const before = await attempt();
    const form = await main.edit('University');
    await form.fill({ name: 'College' });
    await form.save();
    await main.mailbox('College').isOn();
    expect(await attempt()).toBe(before);
    expect(signIns()).toBe(2);
  });

  it('is told of in full when its row is opened', async () => {
    const row = main.mailbox('College');
    const client = await connect(localPort);
    expect(await client.line()).toBe('+OK Dovecot ready.');
    await row.button('College').click();
    const said = (text: string | RegExp) => row.root.getByText(text).first().waitFor();
    await said('It was changed, with one reconnect.');
    await said('It was changed, without a reconnect.');
    await said(/^Your mail program came once: \d+ bytes fetched, /u);
    await row.root.getByRole('img', { name: /^How much was carried in each minute/u }).waitFor();
    const fact = (name: string) => row.root.locator(`dt:text-is("${name}") + dd`).textContent();
    expect(await fact('Connected now')).toBe('1');
    expect(await fact('Connections')).toBe('1');
    expect(await fact('Checks passed')).toBe('2');
    expect(await fact('Saved by compression')).toMatch(/bytes|kB|nothing yet/u);
    await client.stop();
    await until('nothing is connected', async () => (await fact('Connected now')) === '0');
    await row.button('Settings for your mail program').click();
    await row.root.getByRole('button', { name: /Which one do you use\?/u }).click();
    await main.page.getByRole('option', { name: /^fetchmail/u }).click();
    await row.root.getByText(`port ${localPort}`).first().waitFor();
    await expectAccessible(main.page);
    await row.button('College').click();
  });

  it('is copied with a name and a port of its own, for its person to change', async () => {
    await main.chooseFromMenu('College', 'Duplicate');
    const form = new MailboxForm(main.page);
    await until(
      'the copy is opened',
      async () => (await form.field('Name').inputValue()) === 'College (copy)',
    );
    expect(await form.field('Port on this computer').inputValue()).not.toBe(String(localPort));
    await form.press('Cancel');
    await main.mailbox('College (copy)').says('Off\\.');
    await main.chooseFromMenu('College (copy)', 'Remove');
    await main.mailbox('College (copy)').root.waitFor({ state: 'hidden' });
  });

  it('comes back as it was after Remove and Undo', async () => {
    await main.chooseFromMenu('College', 'Remove');
    await main.page.getByText('“College” was removed.').waitFor();
    await main.mailbox('College').root.waitFor({ state: 'hidden' });
    await until('its port is closed', async () => !(await dials(localPort)));
    // As people do who press everything twice; the second is nothing to complain of.
    await main.button('Undo').dblclick();
    await main.mailbox('College').isOn();
    expect(await main.page.getByText('That is not possible just now.').count()).toBe(0);
    expect(signIns()).toBe(3);
    expect(await dials(localPort)).toBe(true);
  });

  it('offers the next free port when its own is taken', async () => {
    const taken = await freePort('127.0.0.1');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(taken, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const form = await main.add();
    await form.fill(await filledFor(world, { name: 'Second', localPort: taken }));
    await form.save();
    const row = main.mailbox('Second');
    await row.trouble(new RegExp(`^Port ${taken} is taken `)).waitFor();
    const offer = row.button(/^Use port \d+$/u);
    const next = Number(/\d+/u.exec((await offer.textContent()) ?? '')?.[0]);
    expect(next).toBeGreaterThan(taken);
    await offer.click();
    await row.isOn();
    await row.root.getByText(`localhost:${next}`, { exact: true }).first().waitFor();
    const client = await connect(next);
    expect(await client.line()).toBe('+OK Dovecot ready.');
    await client.stop();
  });

  it('is drawn in the dark as well', async () => {
    const ground = 'getComputedStyle(document.body).backgroundColor';
    await main.page.emulateMedia({ colorScheme: 'dark' });
    expect(await inPage(main.page, ground)).toBe('rgb(28, 27, 26)');
    await main.page.emulateMedia({ colorScheme: 'light' });
    expect(await inPage(main.page, ground)).toBe('rgb(251, 250, 248)');
  });

  it('are all there after a restart, and those that were on come back by themselves', async () => {
    await main.mailbox('Second').flip();
    await main.mailbox('Second').says('Off\\.');
    came = (await app.snapshot()).accounts[0]?.activity.totals.connections ?? 0;
    const form = await main.edit('Second');
    await form.fill({ name: 'Second to none' });
    await form.press('Back');
    await (await openWizard(main)).field('Server').fill('draft.example.org');
    expect(await app.quit()).toBe(0);
    app = await apps.launch({ folder: app.folder });
    main = await app.main();
    // It opens where the person was.
    expect(await new Wizard(main.page).field('Server').inputValue()).toBe('draft.example.org');
    await main.button('Back to your mailboxes').click();
    await main.mailbox('College').isOn();
    await main.mailbox('Second').says('Off\\.');
    const names = (await app.snapshot()).accounts.map(({ account }) => account.name);
    expect(names).toEqual(['College', 'Second']);
    expect(signIns()).toBe(5);
  });

  it('go on with what they did that day, and with when they were proven last', async () => {
    await main.mailbox('Second').says('Off\\. Last greeted ');
    const row = main.mailbox('College');
    await row.button('College').click();
    await row.root.getByText('It was changed, without a reconnect.').first().waitFor();
    const visits = row.root.locator('dt:text-is("Connections") + dd');
    expect(came).toBeGreaterThan(0);
    expect(await visits.textContent()).toBe(String(came));
    await row.button('College').click();
  });

  it('have what was typed and not saved, until that is given up', async () => {
    const form = await main.edit('Second');
    expect(await form.field('Name').inputValue()).toBe('Second to none');
    await form.press('Cancel');
    expect(await (await main.edit('Second')).field('Name').inputValue()).toBe('Second');
    await form.press('Cancel');
    await openWizard(main);
    await main.button('Start afresh').click();
    const server = main.page.getByRole('textbox', { name: 'Server', exact: true });
    await until('it is empty', async () => (await server.inputValue()) === '');
    await main.button('Back to your mailboxes').click();
  });

  it('are set aside, and said to be, when their file is broken', async () => {
    await app.quit();
    const broken = '{"version":1,"accounts":[{"id"';
    await writeFile(path.join(app.folder.data, 'accounts.json'), broken);
    app = await apps.launch({ folder: app.folder });
    main = await app.main();
    const said = main.page.getByText('The list of your mailboxes was damaged');
    const names = await readdir(app.folder.data);
    const kept = names.find((name) => /^accounts\.broken-.*\.json$/u.test(name)) ?? '';
    expect(await said.textContent()).toContain(path.join(app.folder.data, kept));
    expect(await readFile(path.join(app.folder.data, kept), 'utf8')).toBe(broken);
    await main.button('Try it with a practice mailbox').waitFor();
    await main.button('Dismiss').click();
    await said.waitFor({ state: 'hidden' });
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/axe';
import { commandLine, keepApps, makeAppFolder, type TestApp } from '../support/app';
import { familiarFolder, giveKey, startMailWorld, type MailWorld } from '../support/mail-world';
import { inPage, isAsking, type MainWindow } from '../support/pages';
import { until } from '../world/wait';
import { freePort } from '../world/world-folder';

/** Answers the system's own dialogs, which no test can reach, as a person would who chose these files. */
async function answerDialogs(
  app: TestApp,
  files: { readonly save?: string; readonly open?: string },
): Promise<void> {
  await app.electron.evaluate(({ dialog }, { save, open }) => {
    const canceled = false;
    dialog.showSaveDialog = () => Promise.resolve({ canceled, filePath: save ?? '' });
    dialog.showOpenDialog = () => Promise.resolve({ canceled, filePaths: [open ?? ''] });
  }, files);
}

describe('a set-up file', () => {
  const apps = keepApps();
  let world: MailWorld;
  let app: TestApp;
  let main: MainWindow;
  let setup: Record<string, unknown>;

  beforeAll(async () => {
    world = await startMailWorld();
    const { sshd, dovecot } = world;
    setup = {
      format: 'mailmole-setup',
      version: 1,
      name: 'University',
      server: {
        host: sshd.host,
        port: sshd.port,
        hostKeys: sshd.knownHosts().trim().split('\n'),
      },
      forwards: [
        {
          protocol: 'pop3',
          mailHost: dovecot.host,
          mailPort: dovecot.ports.pop3,
          localPort: await freePort('127.0.0.1'),
        },
      ],
      hint: 'Use your campus name.',
    };
    const folder = await makeAppFolder();
    await giveKey(folder, world.key);
    const file = await folder.world.write('uni.mailmole', JSON.stringify(setup));
    // As a double click starts it.
    app = await apps.launch({ folder, args: [file] });
    main = await app.main();
  });
  afterAll(() => world.stop());

  const title = (name: string) => main.page.getByRole('heading', { level: 1, name });

  it('shows what it will make, asks for the user name only, and nobody has to trust the server', async () => {
    await title('Set up this mailbox').waitFor();
    const shown = await main.page.getByRole('main').last().innerText();
    expect(shown).toContain('University');
    expect(shown).toContain('Use your campus name.');
    expect(shown).toContain(`${world.sshd.host}:${world.sshd.port}`);
    expect((await app.snapshot()).accounts).toEqual([]);
    expect(await main.page.getByRole('textbox').count()).toBe(1);
    await expectAccessible(main.page);

    await main.button('Add this mailbox').click();
    await main.page.getByText('Fill in the name you sign in with.').waitFor();
    expect((await app.snapshot()).accounts).toEqual([]);

    await main.page.getByRole('textbox', { name: 'User name' }).fill(world.sshd.user);
    await main.button('Add this mailbox').click();
    await main.mailbox('University').isOn();
    expect(isAsking(app.electron)).toBe(false);
    const known = await readFile(path.join(app.folder.data, 'known_hosts'), 'utf8');
    expect(known).toContain(`[${world.sshd.host}]:${world.sshd.port} ssh-`);
  });

  it('is opened by a link while Mailmole runs, and overwrites nothing', async () => {
    const link = `mailmole://setup/${Buffer.from(JSON.stringify(setup)).toString('base64url')}`;
    const { executable, args, env } = await commandLine(apps.desktop().env, app.folder, {
      args: [link],
    });
    const second = spawn(executable, args, { env, stdio: 'ignore' });
    await once(second, 'exit');
    await title('Set up this mailbox').waitFor();
    // Name and port are those of the first one, so that others are taken, which is said.
    await main.page.getByRole('heading', { level: 2, name: 'University 2' }).waitFor();
    await main.page.getByText('belongs to “University” already').waitFor();
    await main.button('Cancel').click();
    await title('Set up this mailbox').waitFor({ state: 'detached' });
    expect((await app.snapshot()).accounts).toHaveLength(1);
  });

  it('that is broken is told by line and column when it is dropped on the window', async () => {
    const text = JSON.stringify({ ...setup, signIn: { 'key-file': '/etc/shadow' } }, null, 2);
    const line = text.split('\n').findIndex((each) => each.includes('"signIn"')) + 1;
    await inPage(
      main.page,
      `(() => {
        const carried = new DataTransfer();
        carried.items.add(new File([${JSON.stringify(text)}], 'broken.mailmole'));
        document.body.dispatchEvent(
          new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }));
      })()`,
    );
    await title('This cannot be used').waitFor();
    await expectAccessible(main.page);
    const told = await main.page.getByRole('alert').innerText();
    expect(told).toContain('broken.mailmole');
    expect(told).toContain('“signIn” must be one of: automatic, password.');
    expect(told).toContain(`Line ${line}, column 13: `);
    await main.page.keyboard.press('Escape');
    await title('This cannot be used').waitFor({ state: 'detached' });
  });

  it('is made for others of a mailbox, with the server vouched for and nothing of one’s own', async () => {
    const file = app.folder.world.file('made.mailmole');
    await answerDialogs(app, { save: file });
    await main.chooseFromMenu('University', 'Make a set-up file for others…');
    await main.page.getByText(`The set-up file is ${file}.`).waitFor();
    const made = await readFile(file, 'utf8');
    const { sshd } = world;
    expect(JSON.parse(made)).toMatchObject({
      ...{ format: 'mailmole-setup', name: 'University' },
      server: { host: sshd.host, port: sshd.port },
    });
    const keys = sshd.knownHosts().match(/ssh-\S+ \S+/gu) ?? [];
    for (const key of keys) expect(made).toContain(key);
    for (const own of [sshd.user, 'id_ed25519']) expect(made).not.toContain(own);
    await main.button('Dismiss').click();
  });
});

describe('mailboxes of one computer', () => {
  const apps = keepApps();
  let world: MailWorld;
  let app: TestApp;
  let main: MainWindow;

  beforeAll(async () => {
    world = await startMailWorld();
    const folder = await familiarFolder(world);
    app = await apps.launch({ folder });
    main = await app.main();
  });
  afterAll(() => world.stop());

  const heading = (name: string) => main.page.getByRole('heading', { level: 1, name });
  const opener = () => main.button('More for all mailboxes');
  const entries = () => main.page.getByRole('menuitem').allInnerTexts();

  it('come in by the menu of the window, without a mouse', async () => {
    await opener().focus();
    await main.page.keyboard.press('Enter');
    await main.page.getByRole('menu').waitFor();
    expect(await entries()).toEqual(['Add a mailbox', 'Import mailboxes…', 'Preferences']);
    await main.page.keyboard.press('Escape');
    await main.page.getByRole('menu').waitFor({ state: 'detached' });
    await until('the menu’s button has the keyboard', () =>
      inPage<boolean>(main.page, "document.activeElement.id === 'more-for-all'"),
    );
    await main.page.keyboard.press('Enter');
    await main.page.getByRole('menuitem', { name: 'Import mailboxes…' }).press('Enter');
    await heading('Import mailboxes').waitFor();
    await expectAccessible(main.page);

    // The field has the keyboard at once. What cannot be read is told there.
    const field = main.page.getByRole('textbox', { name: 'Paste it here' });
    await until('the field has the keyboard', () =>
      inPage<boolean>(main.page, "document.activeElement.tagName === 'TEXTAREA'"),
    );
    await main.page.keyboard.type('ssh');
    await main.button('Read it').click();
    await main.page.getByText('This ssh command names no server').waitFor();
    const { sshd } = world;
    await field.fill(`ssh -p ${sshd.port} -L 11110:localhost:110 ${sshd.user}@${sshd.host}`);
    await main.button('Read it').click();
    await main.button('Add this mailbox').click();
    // Nobody serves mail at the usual port here; the way there is open.
    await main.mailbox(sshd.host).says('Signed in');
  });

  it('are exported without a secret, and imported from the file', async () => {
    const file = app.folder.world.file('all.json');
    await answerDialogs(app, { save: file, open: file });
    await opener().click();
    await main.page.getByRole('menuitem', { name: 'Export all mailboxes…' }).click();
    await main.page.getByText(`Your mailboxes were written to ${file}.`).waitFor();
    const written = await readFile(file, 'utf8');
    expect(written).toContain(world.sshd.host);
    const secret = world.key.privateKey.split('\n')[1] ?? '';
    expect(secret).not.toBe('');
    expect(written).not.toContain(secret);
    await main.button('Dismiss').click();

    await opener().click();
    await main.page.getByRole('menuitem', { name: 'Import mailboxes…' }).click();
    await main.button('Choose a file…').click();
    await main.page.getByRole('heading', { level: 2, name: `${world.sshd.host} 2` }).waitFor();
    // One step back is what was chosen, two are the list.
    await main.page.keyboard.press('Escape');
    await main.page.getByRole('textbox', { name: 'Paste it here' }).press('Escape');
    await opener().waitFor();
    expect((await app.snapshot()).accounts).toHaveLength(1);
  });

  it('are not exported to where nothing can be written, which is said', async () => {
    const file = app.folder.world.file('no', 'such', 'folder.json');
    await answerDialogs(app, { save: file });
    await opener().click();
    await main.page.getByRole('menuitem', { name: 'Export all mailboxes…' }).click();
    await main.page.getByText(`${file} could not be written.`).waitFor();
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/axe';
import { commandLine, keepApps, makeAppFolder, type TestApp } from '../support/app';
import { giveKey, startMailWorld, type MailWorld } from '../support/mail-world';
import { inPage, isAsking, type MainWindow } from '../support/pages';
import { freePort } from '../world/world-folder';

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
    expect(told).toContain(`(line ${line}, column 13)`);
    await main.page.keyboard.press('Escape');
    await title('This cannot be used').waitFor({ state: 'detached' });
  });
});

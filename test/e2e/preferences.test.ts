import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CONNECTION, type AccountDraft } from '../../electron/shared/account';
import { loadLanguage } from '../../electron/shared/i18n/catalogue';
import { expectAccessible } from '../support/axe';
import { keepApps, makeAppFolder, type AppFolder, type TestApp } from '../support/app';
import { familiarFolder, filledFor, startMailWorld } from '../support/mail-world';
import type { MailWorld } from '../support/mail-world';
import { startNotifications, type Notifications } from '../support/notifications';
import { inPage, isAsking, type MainWindow } from '../support/pages';
import { until } from '../world/wait';

const run = promisify(execFile);

/** The ground of the pages in the dark theme. */
const DARK = 'rgb(28, 27, 26)';

describe('preferences', () => {
  const apps = keepApps();
  let app: TestApp;
  let main: MainWindow;
  let folder: AppFolder;

  beforeAll(async () => {
    folder = await makeAppFolder();
    const env = { XDG_CONFIG_HOME: path.join(folder.home, '.config') };
    app = await apps.launch({ folder, env });
    main = await app.main();
  });

  const open = async (): Promise<void> => {
    await main.button('Preferences').click();
    await main.page.getByRole('heading', { name: 'Preferences', level: 1 }).waitFor();
  };
  const choose = async (label: string, choice: string): Promise<void> => {
    await main.page.getByRole('button', { name: new RegExp(`${label}$`, 'u') }).click();
    await main.page.getByRole('option', { name: choice }).click();
  };
  const ground = () => inPage<string>(main.page, 'getComputedStyle(document.body).backgroundColor');

  it('open by the keyboard, and Escape leads back to where they were opened', async () => {
    await main.button('Preferences').focus();
    await main.page.keyboard.press('Enter');
    await main.page.getByRole('heading', { name: 'Preferences', level: 1 }).waitFor();
    await main.page.keyboard.press('Escape');
    await until('the keyboard is back', () =>
      inPage<boolean>(main.page, 'document.activeElement.id === "open-preferences"'),
    );
  });

  it('change the theme at once, and for the next start', async () => {
    await open();
    await expectAccessible(main.page);
    await choose('Appearance', 'Dark');
    await until('the window is dark', async () => (await ground()) === DARK);
    const file = path.join(folder.data, 'preferences.json');
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
    expect(kept).toMatchObject({ theme: 'dark' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('change the language at once, and run from the right where it is written so', async () => {
    await choose('Language', 'العربية');
    const direction = () => inPage<string>(main.page, 'document.documentElement.dir');
    await until('the page runs from the right', async () => (await direction()) === 'rtl');
    const arabic = await loadLanguage('ar');
    await main.page.getByText(String(Reflect.get(arabic.preferences, 'title'))).waitFor();
    await expectAccessible(main.page);
    const tray = await app.tray();
    await until('the tray speaks Arabic', async () =>
      (await tray.labels()).some((label) => /\p{Script=Arabic}/u.test(label)),
    );
    const back = "{ ...value.preferences, language: 'system', theme: 'dark' }";
    await inPage(
      main.page,
      `window.mailmole.getSnapshot().then(({ value }) => window.mailmole.setPreferences(${back}))`,
    );
    await main.page.getByRole('heading', { name: 'Preferences', level: 1 }).waitFor();
    expect(await direction()).toBe('ltr');
  });

  it('have the desktop start Mailmole at login, hidden, or no longer', async () => {
    const file = path.join(folder.home, '.config', 'autostart', 'mailmole.desktop');
    const entry = () => readFile(file, 'utf8').catch(() => null);
    const box = main.page.getByRole('checkbox', { name: 'Start with this computer' });
    await box.click({ force: true });
    await until('there is an entry', async () => (await entry()) !== null);
    await until('the box is ticked', () => box.isChecked());
    expect(await entry()).toMatch(/^Exec=".+" "--hidden"$/mu);
    await box.click({ force: true });
    await until('there is none', async () => (await entry()) === null);
  });

  it('forget unlocked keys when the screen is locked', async () => {
    await main.page.getByRole('checkbox', { name: 'Lock with the screen' }).click({ force: true });
    await main.page.keyboard.press('Escape');
    await app.addPractice();
    await app.answerPractice();
    const row = main.mailbox('Practice mailbox');
    await row.isOn();
    await row.flip();
    await row.says('Off');
    await row.flip();
    // Nothing was asked: the key is still unlocked.
    await row.isOn();
    await until('the lock of the screen was noticed', async () => {
      const signal = 'org.freedesktop.ScreenSaver.ActiveChanged';
      await run(
        'dbus-send',
        ['--session', '--type=signal', '/ScreenSaver', signal, 'boolean:true'],
        { env: app.env },
      );
      return app.log().includes('The screen was locked');
    });
    await row.flip();
    await row.says('Off');
    await row.flip();
    const question = await app.question('Unlock your key');
    await question.press('Cancel');
    await until('nothing is asked', () => !isAsking(app.electron));
    await row.flip();
  });

  it('copy a report without the names of mailboxes, servers and users', async () => {
    await open();
    await main.button('Copy diagnostic report').click();
    await main.page.getByText('Copied', { exact: true }).waitFor();
    const text = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
    expect(text).toMatch(/^Mailmole \d+\.\d+\.\d+, Electron /u);
    expect(text).toContain('- mailbox-1: wanted off');
    expect(text).not.toContain('Practice mailbox');
    expect(text).not.toContain('mole hill');
  });
});

describe('a connection that is lost', () => {
  const apps = keepApps();
  let world: MailWorld;
  let notifications: Notifications;
  let app: TestApp;

  beforeAll(async () => {
    world = await startMailWorld();
    const folder = await familiarFolder(world);
    app = await apps.launch({ folder });
    notifications = await startNotifications(app.env);
  });
  afterAll(async () => {
    await notifications.stop();
    await world.stop();
  });

  const titles = (): readonly string[] => notifications.shown.map(({ title }) => title);

  it('is told when it lasts, and so is its return; a click leads to the mailbox', async () => {
    const main = await app.main();
    await inPage(main.page, `window.mailmole.saveAccount(null, ${JSON.stringify(await draft())})`);
    await main.mailbox('University').isOn();
    await app.closeMain();
    await world.sshd.kill();
    await until(
      'the loss is told',
      () => titles().includes('University: the connection was lost'),
      {
        timeoutMs: 60_000,
      },
    );
    await world.sshd.start();
    await until('the return is told', () => titles().includes('University is on again'), {
      timeoutMs: 60_000,
    });
    await notifications.click();
    const { page } = await app.main();
    const { accounts } = await app.snapshot();
    await until('the mailbox has the keyboard', () =>
      inPage<boolean>(page, `document.activeElement.id === 'mailbox-${accounts[0]?.account.id}'`),
    );
  });

  async function draft(): Promise<AccountDraft> {
    const { localPort } = await filledFor(world);
    const { sshd, dovecot } = world;
    const mail = { mailHost: dovecot.host, mailPort: dovecot.ports.pop3 };
    return {
      ...{ name: 'University', sshHost: sshd.host, sshUser: sshd.user, sshPort: sshd.port },
      ...{ signIn: { kind: 'automatic' }, route: { kind: 'direct' }, mode: 'always-on' },
      ...{
        oldServer: false,
        compression: false,
        sessionChannel: false,
        practice: false,
        connection: DEFAULT_CONNECTION,
      },
      forwards: [
        {
          id: 'pop3',
          protocol: 'pop3',
          localAddress: '127.0.0.1',
          localPort,
          ...mail,
          tls: 'none',
        },
      ],
    };
  }
});

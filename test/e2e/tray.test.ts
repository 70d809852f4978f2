import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findTrayItem } from '../../build/lib/demo-tray.mjs';
import { commandLine, keepApps, type TestApp } from '../support/app';
import { enterBareDesktop } from '../support/app-desktop';
import { familiarFolder, filledFor, startMailWorld, type MailWorld } from '../support/mail-world';
import { mainWindowIsOpen } from '../support/pages';
import type { Tray } from '../support/tray';
import { until } from '../world/wait';

const PRACTICE = 'Practice mailbox';

describe('the tray, as a real panel sees it', () => {
  const apps = keepApps();
  let world: MailWorld;
  let app: TestApp;
  let tray: Tray;
  const pictures = new Map<string, string>();

  beforeAll(async () => {
    world = await startMailWorld();
    const folder = await familiarFolder(world);
    app = await apps.launch({ folder });
    tray = await app.tray();
  });
  afterAll(() => world.stop());

  /** Keeps the picture of a state, to be compared with those of the others. */
  async function lookAt(state: string): Promise<void> {
    pictures.set(state, await tray.item.picture());
  }

  it('has an icon, a tooltip and a way in before there is any mailbox', async () => {
    expect(await tray.item.tooltip()).toBe('Mailmole: no mailbox yet');
    expect(await tray.labels()).toEqual(['No mailbox yet', '-', 'Open Mailmole', 'Quit Mailmole']);
    await lookAt('off');
  });

  it('says by its shape that a person is needed', async () => {
    await app.addPractice();
    const asked = await app.question('Is this the right server?');
    await tray.says(PRACTICE, 'Needs you', true);
    await lookAt('needs-you');
    expect(await tray.item.tooltip()).toBe(`0 of 1 on. ${PRACTICE}: needs you`);
    await asked.press('Cancel');
    const row = (await app.main()).mailbox(PRACTICE);
    await row.trouble('You have not decided about this server yet.').waitFor();
    await row.button('Show the fingerprint').click();
    await app.answerPractice();
    await tray.says(PRACTICE, 'On', true);
    expect(await tray.item.tooltip()).toBe('1 of 1 on.');
    await lookAt('on');
  });

  it('lists the mailboxes with what is wanted and what is true', async () => {
    const main = await app.main();
    const form = await main.add();
    await form.fill(await filledFor(world, { mode: 'Always' }));
    await form.save();
    await tray.says('University', 'On', true);
    await main.mailbox('University').flip();
    await tray.says('University', 'Off', false);
    expect(await tray.labels()).toEqual([
      `${PRACTICE}: On`,
      'University: Off',
      '-',
      'All on',
      'All off',
      'Copy settings',
      '-',
      'Open Mailmole',
      `Quit Mailmole (${PRACTICE} goes off)`,
    ]);
    const entries = await tray.item.menu();
    const copy = entries.find(({ label }) => label === 'Copy settings');
    expect(copy?.entries.map(({ label }) => label)).toEqual([PRACTICE, 'University']);
  });

  it('switches a mailbox on and off, and the switch in the window moves with it', async () => {
    const row = (await app.main()).mailbox('University');
    expect(await row.switch.isChecked()).toBe(false);
    await tray.choose('University');
    await tray.says('University', 'On', true);
    await row.isOn();
    expect(await row.switch.isChecked()).toBe(true);
    expect(await tray.item.tooltip()).toBe('2 of 2 on.');

    await tray.choose('University');
    await tray.says('University', 'Off', false);
    await row.says('Off\\.');
    expect(await row.switch.isChecked()).toBe(false);
  });

  it('follows the switch in the window', async () => {
    const row = (await app.main()).mailbox('University');
    await row.flip();
    await tray.says('University', 'On', true);
    await row.flip();
    await tray.says('University', 'Off', false);
  });

  it('switches all on and all off', async () => {
    await tray.choose('All off');
    await tray.says('University', 'Off', false);
    await tray.says(PRACTICE, 'Off', false);
    const entries = await tray.item.menu();
    expect(entries.find(({ label }) => label === 'All off')?.enabled).toBe(false);
    expect(await tray.item.picture()).toBe(pictures.get('off'));
    await tray.choose('All on');
    await tray.says('University', 'On', true);
    await tray.says(PRACTICE, 'On', true);
    expect(await tray.labels()).toContain('Quit Mailmole (2 mailboxes go off)');
    await tray.choose('All off');
    await tray.says(PRACTICE, 'Off', false);
  });

  it('shows that it is working while the line is down, and that it is on again', async () => {
    await tray.choose('University');
    await tray.says('University', 'On', true);
    await world.sshd.kill();
    await tray.says('University', 'Trying again', true);
    await lookAt('working');
    await world.sshd.start();
    await tray.says('University', 'On', true);
    expect(await tray.item.picture()).toBe(pictures.get('on'));
    await tray.choose('University');
    await tray.says('University', 'Off', false);
  });

  it('stays when the window is closed, goes on working, and opens it again', async () => {
    await app.closeMain();
    expect(mainWindowIsOpen(app.electron)).toBe(false);
    await tray.choose('University');
    await tray.says('University', 'On', true);
    await tray.choose('Open Mailmole');
    await (await app.main()).mailbox('University').isOn();
    await app.closeMain();
    // What a click on the icon does.
    await tray.item.activate();
    await app.main();
  });

  it('keeps nothing of a window that is closed', async () => {
    /** What a window that is forgotten would leave behind in the main process. */
    const kept = () =>
      app.electron.evaluate(({ app, ipcMain, nativeTheme, powerMonitor, screen, webContents }) => ({
        pages: webContents.getAllWebContents().length,
        listeners: [app, ipcMain, nativeTheme, powerMonitor, screen].map((each) =>
          each.eventNames().map((name) => `${String(name)}: ${each.listenerCount(name)}`),
        ),
      }));
    const pageless = () =>
      until('no page is left', async () => {
        const now = await kept();
        return now.pages === 0 ? now : null;
      });
    const openAndClose = async () => {
      await tray.choose('Open Mailmole');
      await app.main();
      await app.closeMain();
      return pageless();
    };
    await app.closeMain();
    const before = await openAndClose();
    for (let i = 0; i < 3; i++) expect(await openAndClose()).toEqual(before);
    await tray.choose('Open Mailmole');
    await app.main();
  });

  it('is brought forward by a second start, which ends by itself', async () => {
    await app.main();
    const state = () =>
      app.electron.evaluate(({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        return { minimized: window?.isMinimized(), focused: window?.isFocused() };
      });
    await app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.minimize(),
    );
    await until('the window is minimized', async () => (await state()).minimized);
    const { executable, args, env } = await commandLine(apps.desktop().env, app.folder, {});
    const second = spawn(executable, args, { env, stdio: 'ignore', detached: true });
    expect(await once(second, 'exit')).toEqual([0, null]);
    await until('the window is in front', async () => {
      const { minimized, focused } = await state();
      return minimized === false && focused === true;
    });
    expect(
      await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
    ).toBe(1);
  });

  it('has a shape of its own for each state', () => {
    expect([...pictures.keys()].sort()).toEqual(['needs-you', 'off', 'on', 'working']);
    expect(new Set(pictures.values()).size).toBe(4);
  });

  it('ends the application in order by Quit, with nothing left', async () => {
    await tray.choose('Quit Mailmole');
    expect(await app.exited).toBe(0);
    await until('none of its processes is left', () => app.processes().length === 0);
    expect(app.log()).not.toContain(' error ');
  });

  it('is all there is after a start that shows no window, as at login', async () => {
    // University was left on, and needs nobody.
    app = await apps.launch({ folder: app.folder, args: ['--hidden'] });
    tray = await app.tray();
    await tray.says('University', 'On', true);
    expect(app.electron.windows()).toEqual([]);
    await tray.choose('Open Mailmole');
    await (await app.main()).mailbox('University').isOn();
  });
});

describe('a panel that comes up after the application', () => {
  const apps = keepApps();

  it('gets the icon all the same, and until then the window is the way in and says so', async () => {
    const desktop = await enterBareDesktop();
    onTestFinished(() => desktop.stop());
    const app = await apps.launch({ env: desktop.env, args: ['--hidden'] });
    // Patience for a panel that comes up after the login, and then the window.
    await until('the window is open', () => mainWindowIsOpen(app.electron), { timeoutMs: 40_000 });
    const { page } = await app.main();
    const notice = page.getByText('This desktop shows no tray icons');
    await notice.waitFor();
    expect(await findTrayItem(app.pid, desktop.env)).toBeUndefined();
    await desktop.startPanel();
    const tray = await app.tray();
    expect(await tray.item.tooltip()).toBe('Mailmole: no mailbox yet');
    expect(await tray.labels()).toContain('Open Mailmole');
    await notice.waitFor({ state: 'hidden' });
    expect(await app.quit()).toBe(0);
  });
});

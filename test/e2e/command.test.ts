import { readlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDocument } from '../../electron/control/documents';
import { commandLine, keepApps, makeAppFolder, type AppFolder, type TestApp } from '../support/app';
import { runCommand, type Ran } from '../support/control';
import { familiarFolder, startMailWorld, type MailWorld } from '../support/mail-world';
import { endFamily, familyOf } from '../world/processes';
import { freePort } from '../world/world-folder';

const apps = keepApps();

/** The number of the application that has taken a folder of data; Chromium writes it down. */
async function startedIn({ data }: AppFolder): Promise<number> {
  const link = await readlink(path.join(data, 'SingletonLock'));
  return Number(/\d+$/u.exec(link)?.[0]);
}

describe('the command and the real application', () => {
  let world: MailWorld;
  let folder: AppFolder;
  let app: TestApp;
  let port: number;

  beforeAll(async () => {
    world = await startMailWorld();
    folder = await familiarFolder(world);
    port = await freePort('127.0.0.1');
    app = await apps.launch({ folder, args: ['--hidden'] });
  });
  afterAll(() => world.stop());

  const mailmole = (...args: string[]): Promise<Ran> =>
    runCommand(['--profile', folder.data, ...args], { env: app.env });

  it('adds a mailbox and waits until it is proven, without a window', async () => {
    const server = `${world.sshd.user}@${world.sshd.host}:${world.sshd.port}`;
    const forward = `pop3=${port}:${world.dovecot.host}:${world.dovecot.ports.pop3}`;
    expect(await mailmole('add', 'Work', '-s', server, '-L', forward)).toMatchObject({ code: 0 });
    expect(await mailmole('wait', 'work')).toEqual({ code: 0, out: '', err: '' });
    expect(await mailmole('check', 'work')).toMatchObject({ code: 0, out: '+OK Dovecot ready.\n' });
    // No window was opened for any of it.
    expect(app.electron.windows()).toHaveLength(0);
  });

  it('switches it off, and says so', async () => {
    expect(await mailmole('down', 'work')).toMatchObject({ code: 0 });
    const status = await mailmole('status', 'work');
    expect(status.out).toMatch(/^Work {2}Off\./u);
  });
});

describe('the command where nothing runs', () => {
  it('starts the real application, hidden, and hears its answer', async () => {
    const folder = await makeAppFolder();
    const { executable, args, env } = await commandLine(apps.desktop().env, folder, {});
    // The last argument is the application; a start by hand would have its folder behind it.
    const start = [executable, ...args.filter((word) => !word.startsWith('--user-data-dir'))];
    try {
      const ran = await runCommand(['--profile', folder.data, 'list', '--json'], {
        env: { ...env, MAILMOLE_APP: JSON.stringify(start) },
      });
      expect(ran).toMatchObject({ code: 0, err: '' });
      expect(listDocument.parse(JSON.parse(ran.out)).mailboxes).toEqual([]);
      // It goes on running, for the next command.
      const again = await runCommand(['--profile', folder.data, 'status'], { env });
      expect(again).toMatchObject({ code: 0, out: '' });
    } finally {
      const started = await startedIn(folder);
      await endFamily(() => familyOf(started, folder.world.path), 10_000);
      await folder.world.remove();
    }
  });
});

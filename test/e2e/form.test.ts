import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CONNECTION, type Account } from '../../electron/shared/account';
import { keepApps, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import { familiarFolder, filledFor, startMailWorld, type MailWorld } from '../support/mail-world';
import { MailboxForm, type MainWindow } from '../support/pages';
import { startSocksProxy, type Proxy } from '../world/proxies';
import { until } from '../world/wait';

describe('the form with all settings', () => {
  const apps = keepApps();
  let world: MailWorld;
  let proxy: Proxy;
  let app: TestApp;
  let main: MainWindow;

  beforeAll(async () => {
    [world, proxy] = await Promise.all([startMailWorld(), startSocksProxy()]);
    const folder = await familiarFolder(world);
    app = await apps.launch({ folder });
    main = await app.main();
    const form = await main.add();
    await form.fill(await filledFor(world, { mode: 'Always' }));
    await form.save();
    await main.mailbox('University').isOn();
  });
  afterAll(async () => {
    await proxy.stop();
    await world.stop();
  });

  /** The mailbox as it stands in the file that the next start reads. */
  async function kept(): Promise<Account> {
    const text = await readFile(path.join(app.folder.data, 'accounts.json'), 'utf8');
    const { accounts } = JSON.parse(text) as { readonly accounts: readonly Account[] };
    const [account] = accounts;
    if (account === undefined) throw new Error('no mailbox is kept');
    return account;
  }

  /** Which attempt is connected: another number is another connection. */
  async function attempt(): Promise<number | null> {
    const state = (await app.snapshot()).accounts[0]?.state;
    return state?.kind === 'connected' ? state.attempt : null;
  }

  async function openAdvanced(): Promise<MailboxForm> {
    const form = await main.edit('University');
    const door = main.button('Advanced');
    if ((await door.getAttribute('aria-expanded')) === 'false') await door.click();
    return form;
  }

  async function choose(what: RegExp, option: RegExp): Promise<void> {
    await main.button(what).click();
    await main.page.getByRole('option', { name: option }).click();
  }

  const WAY = /How is .+ reached\?/u;

  it('has nothing wrong in it for anybody, with all its doors open', async () => {
    const form = await openAdvanced();
    await form.openMore();
    await choose(WAY, /^Through another SSH server/u);
    await form.field('User name there').waitFor();
    await expectAccessible(main.page);
    await form.press('Cancel');
  });

  it('brings back what was typed when Cancel was not meant', async () => {
    await main.page.getByText('Your changes to “University” were not saved.').waitFor();
    await main.button('Undo').click();
    const form = new MailboxForm(main.page);
    await form.field('User name there').waitFor();
    // The second time it is meant.
    await main.button('Start afresh').click();
    await form.field('User name there').waitFor({ state: 'detached' });
    await form.press('Cancel');
    expect((await kept()).route).toEqual({ kind: 'direct' });
  });

  it('asks and says nothing on Cancel when nothing was changed', async () => {
    const form = await main.edit('University');
    await form.press('Cancel');
    await main.mailbox('University').root.waitFor();
    expect(await main.page.getByText('were not saved').count()).toBe(0);
    await main.edit('University');
    expect(await main.button('Start afresh').count()).toBe(0);
    await form.press('Cancel');
  });

  it('tells at each advanced field what would be right', async () => {
    const form = await openAdvanced();
    const wrong = {
      'Sign of life after, in seconds': ['-1', 'This is a whole number from 0 to 3600.'],
      'Given up after so many': ['0', 'This is a whole number from 1 to 100.'],
      'Wait for the server, in seconds': ['soon', 'This is a whole number from 1 to 600.'],
      'Hang up when idle for, in seconds': ['', 'This is a whole number from 1 to 86400.'],
      'File of trusted servers': ['known_hosts', 'Write the whole path of the file.'],
    } as const;
    for (const [name, [typed]] of Object.entries(wrong)) await form.field(name).fill(typed);
    await choose(WAY, /^Through a SOCKS5 proxy/u);
    await form.press('Save');
    await until('the proxy is complained about', () => form.complaintAt('Proxy'));
    for (const [name, [, said]] of Object.entries(wrong))
      expect(await form.complaintAt(name), name).toBe(said);
    // A complaint goes with the first letter that is typed.
    await form.field('Given up after so many').fill('4');
    expect(await form.complaintAt('Given up after so many')).toBe('');
    await form.press('Cancel');
    expect(await kept()).toMatchObject({
      route: { kind: 'direct' },
      connection: DEFAULT_CONNECTION,
    });
  });

  it('takes every advanced field over, on disk and in the running tunnel', async () => {
    await main.mailbox('University').isOn();
    const before = await attempt();
    const trusted = await app.folder.world.write('trusted', world.sshd.knownHosts());
    const form = await openAdvanced();
    await form.field('Sign of life after, in seconds').fill('7');
    await form.field('Given up after so many').fill('4');
    await form.field('Wait for the server, in seconds').fill('25');
    await form.field('Hang up when idle for, in seconds').fill('120');
    await form.field('File of trusted servers').fill(trusted);
    await choose(WAY, /^Through a SOCKS5 proxy/u);
    await form.field('Proxy').fill(proxy.host);
    await main.page
      .getByRole('textbox', { name: 'Its port', exact: true })
      .last()
      .fill(String(proxy.port));
    await main.page.getByText('Saving reconnects this mailbox once.').waitFor();
    await form.save();
    await until('the tunnel is another one', async () => ![null, before].includes(await attempt()));
    await main.mailbox('University').isOn();
    expect(proxy.log()).not.toBe('');
    expect(await kept()).toMatchObject({
      route: { kind: 'socks5', host: proxy.host, port: proxy.port, user: null },
      connection: {
        ...{ keepaliveSeconds: 7, keepaliveCount: 4, connectTimeoutSeconds: 25 },
        ...{ idleSeconds: 120, knownHostsFile: trusted },
      },
    });
    // What was set does not hide when the form is opened again.
    await main.edit('University');
    expect(await form.field('Proxy').inputValue()).toBe(proxy.host);
    expect(await form.field('File of trusted servers').inputValue()).toBe(trusted);
    await form.press('Cancel');
  });
});

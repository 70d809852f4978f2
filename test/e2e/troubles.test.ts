import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepApps, makeAppFolder, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import { filledFor, giveKey, makeKnown } from '../support/mail-world';
import { inPage, isAsking, type Filled, type MainWindow } from '../support/pages';
import { startDovecot, type Dovecot } from '../world/dovecot';
import { makeKey, PASSPHRASE, writeKey } from '../world/ssh-keys';
import { passwordSignIn } from '../world/sshd-pam';
import { startSshd, type Sshd, type SshdOptions } from '../world/sshd';
import { until } from '../world/wait';

const PASSWORD = 'the right pass word';
const WRONG = ['first wrong one', 'second wrong one', 'third wrong one', 'fourth wrong one'];

const passwords = passwordSignIn();

describe('what only a person can mend', () => {
  const apps = keepApps();
  const servers: Sshd[] = [];
  let dovecot: Dovecot;
  let app: TestApp;
  let main: MainWindow;

  beforeAll(async () => {
    dovecot = await startDovecot({ tls: false });
    const folder = await makeAppFolder();
    await giveKey(folder, await makeKey({ type: 'ed25519' }));
    app = await apps.launch({ folder });
    main = await app.main();
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

  async function add(sshd: Sshd, name: string, more: Filled = {}): Promise<void> {
    const form = await main.add();
    await form.fill(await filledFor({ sshd, dovecot }, { name, mode: 'Always', ...more }));
    await form.save();
  }

  describe('a changed server', () => {
    let sshd: Sshd;
    const row = () => main.mailbox('Renewed');
    const isTold = () =>
      row()
        .trouble('This is not the server you used before, or its identity was renewed.')
        .waitFor();

    it('stops everything, and nothing is sent to it', async () => {
      const former = await makeKey({ type: 'ed25519', name: 'former host' });
      sshd = await serve({ authorizedKeys: [await makeKey({ type: 'ed25519' })] });
      await makeKnown(app.folder, `[127.0.0.1]:${sshd.port} ${former.publicKey}\n`);
      await add(sshd, 'Renewed');
      await isTold();
      await row().says('Stopped\\.');
      expect(sshd.log()).not.toMatch(/Accepted|Failed|publickey/u);
      expect(isAsking(app.electron)).toBe(false);
      const tray = await app.tray();
      await tray.says('Renewed', 'Problem', true);

      await row().button('Stay off (recommended)').click();
      await row().says('Off\\.');
      await row().flip();
      await isTold();
    });

    it('is trusted only after both fingerprints were shown, with staying off at hand', async () => {
      const former = await makeKey({ type: 'ed25519', name: 'former host' });
      await row().button('Compare…').click();
      const dialog = main.page.getByRole('alertdialog', { name: 'Compare the fingerprints' });
      const shown = (await dialog.locator('.fingerprint__groups').allInnerTexts()).map(
        (text) => `SHA256:${text.replaceAll(/\s/gu, '')}`,
      );
      expect(shown).toEqual([former.fingerprint, sshd.hostKeys[0]?.fingerprint]);
      await expectAccessible(main.page);
      const focused = 'document.activeElement.textContent';
      expect(await inPage(main.page, focused)).toBe('Stay off (recommended)');
      await dialog.getByRole('button', { name: 'It is the same: trust the new one' }).click();
      await row().isOn();
      // From now on it is the server that is known, although the old key still stands in ~/.ssh.
      await row().flip();
      await row().says('Off\\.');
      await row().flip();
      await row().isOn();
      expect(isAsking(app.electron)).toBe(false);
    });
  });

  describe.skipIf(!passwords.available)('a password', () => {
    const row = () => main.mailbox('By password');

    it('is asked for again when it was wrong, three times at most', async () => {
      const sshd = await serve({ authentication: 'password', password: PASSWORD });
      await makeKnown(app.folder, sshd.knownHosts());
      await add(sshd, 'By password', { signIn: 'Password' });
      for (const [tries, wrong] of WRONG.slice(0, 3).entries()) {
        const said = tries === 0 ? /Enter the password/u : /The server did not accept that one/u;
        const asked = await app.question('Sign in to 127.0.0.1', said);
        await asked.type('Password', wrong);
        await asked.press('Sign in');
        await until('it was tried', () => failures(sshd) === tries + 1);
      }
      await row().trouble('The server did not accept your password.').waitFor();
      await until('nothing is asked any more', () => !isAsking(app.electron));
    });

    it('lets in once it is right', async () => {
      await row().button('Enter it again').click();
      const asked = await app.question('Sign in to 127.0.0.1');
      await asked.type('Password', WRONG[3] ?? '');
      await asked.press('Sign in');
      const again = await app.question('Sign in to 127.0.0.1', /did not accept that one/u);
      await again.type('Password', PASSWORD);
      await again.press('Sign in');
      await row().isOn();
      const view = (await app.snapshot()).accounts.find(
        ({ account }) => account.name === 'By password',
      );
      expect(view?.session?.signedInBy).toMatch(/^(?:password|keyboard-interactive)$/u);
    });

    const failures = (sshd: Sshd): number => sshd.log().match(/Failed password/gu)?.length ?? 0;
  });

  it('answers all the while a slow key is being opened', async () => {
    const key = await makeKey({
      type: 'ed25519',
      passphrase: PASSPHRASE,
      rounds: 200,
      name: 'slow',
    });
    const sshd = await serve({ authorizedKeys: [key] });
    await makeKnown(app.folder, sshd.knownHosts());
    const keyFile = await writeKey(app.folder.world, key, 'slow-key');
    await add(sshd, 'Slow', { signIn: 'Key file', keyFile });
    const asked = await app.question('Unlock your key');
    await asked.type('Passphrase', PASSPHRASE);
    // Asks on and on, until it is green; each answer says what was true when it was given.
    const answers = inPage<string[]>(
      main.page,
      `(async () => {
        const seen = [];
        while (seen.at(-1) !== 'connected') {
          await new Promise((resolve) => setTimeout(resolve, 10));
          const { value } = await window.mailmole.getSnapshot();
          const slow = value.accounts.find(({ account }) => account.name === 'Slow');
          seen.push(value.prompts.length > 0 ? 'asking' : slow.state.phase ?? slow.state.kind);
        }
        return seen;
      })()`,
    );
    await asked.press('Unlock');
    const seen = await answers;
    const during = seen.slice(seen.lastIndexOf('asking') + 1);
    // A main process that the key held up could not answer between the passphrase and the sign-in.
    expect(during.filter((state) => state === 'signing-in').length).toBeGreaterThan(20);
    await main.mailbox('Slow').isOn();
  });

  it('outlives the process that holds the tunnels, which is made anew once', async () => {
    const before = await app.tunnelHost();
    process.kill(before, 'SIGKILL');
    await until(
      'another tunnel host runs',
      async () => ![0, before].includes(await app.tunnelHost()),
    );
    // What needs no answer comes back by itself …
    await main.mailbox('Renewed').isOn();
    // … and what was only in that process's memory is not asked for until the person wants to.
    const slow = main.mailbox('Slow');
    await slow.trouble('Your key is locked.').waitFor();
    if (passwords.available) {
      await main.mailbox('By password').trouble('127.0.0.1 asks for your password.').waitFor();
    }
    expect(isAsking(app.electron)).toBe(false);
    const tray = await app.tray();
    await tray.says('Renewed', 'On', true);
    await tray.says('Slow', 'Needs you', true);

    await slow.button('Enter the passphrase').click();
    const asked = await app.question('Unlock your key');
    await asked.type('Passphrase', PASSPHRASE);
    await asked.press('Unlock');
    await slow.isOn();
    expect(app.log().match(/the tunnel host ended unexpectedly/gu)).toHaveLength(1);
  });

  it('leaves no secret that was typed anywhere', async () => {
    await app.expectNoTrace([PASSPHRASE, PASSWORD, ...WRONG]);
  });
});

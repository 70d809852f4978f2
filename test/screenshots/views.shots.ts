import { afterAll, beforeAll, describe, it } from 'vitest';
import { DEFAULT_CONNECTION, type AccountDraft } from '../../electron/shared/account';
import { keepApps, type TestApp } from '../support/app';
import { familiarFolder, makeKnown, startMailWorld, type MailWorld } from '../support/mail-world';
import { inPage, type MainWindow } from '../support/pages';
import { makeKey } from '../world/ssh-keys';
import { startSshd, type Sshd } from '../world/sshd';
import { oneTimeCodeSignIn, passwordSignIn } from '../world/sshd-pam';
import { freePort } from '../world/world-folder';
import { openWizard, QUESTIONS } from '../support/wizard';
import { Camera } from './camera';

/** The shortest that an idle connection is kept. */
const IDLE_SECONDS = 1;

/** Every view there is, taken from the real application on real servers. What is named here is what a person sees. */
describe('the first start', () => {
  const apps = keepApps();
  let app: TestApp;
  let main: MainWindow;
  let camera: Camera;

  beforeAll(async () => {
    app = await apps.launch();
    main = await app.main();
    camera = new Camera(app);
  });

  it('empty, the questions of the practice mailbox, and what is on', async () => {
    await camera.shoot('empty');
    await app.addPractice();
    const server = await app.question('Is this the right server?');
    await camera.shoot('prompt-host-key', server.page);
    await server.press('Trust');
    const key = await app.question('Unlock your key');
    await camera.shoot('prompt-passphrase', key.page);
    const { practicePassphrase } = await app.snapshot();
    await key.type('Passphrase', practicePassphrase ?? '');
    await key.press('Unlock');
    await main.mailbox('Practice mailbox').isOn();
    await camera.shoot('practice');
  });

  it('preferences', async () => {
    await main.button('Preferences').click();
    await main.page.getByRole('heading', { name: 'Preferences', level: 1 }).waitFor();
    await camera.shoot('preferences');
    await inPage(
      main.page,
      `[...document.querySelectorAll('.window__body')]
        .find((body) => body.checkVisibility()).scrollTo(0, 9999)`,
    );
    await camera.shoot('preferences-more');
  });
});

describe('several mailboxes', () => {
  const apps = keepApps();
  const servers: Sshd[] = [];
  let world: MailWorld;
  let app: TestApp;
  let main: MainWindow;
  let camera: Camera;

  beforeAll(async () => {
    world = await startMailWorld();
    const folder = await familiarFolder(world);
    app = await apps.launch({ folder });
    main = await app.main();
    camera = new Camera(app);
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await world.stop();
  });

  async function add(name: string, change: Partial<AccountDraft> = {}): Promise<void> {
    const { sshd, dovecot } = world;
    const mail = { mailHost: dovecot.host, mailPort: dovecot.ports.pop3, tls: 'none' as const };
    const localPort = await freePort('127.0.0.1');
    const draft: AccountDraft = {
      ...{ name, sshHost: sshd.host, sshUser: sshd.user, sshPort: sshd.port },
      ...{ signIn: { kind: 'automatic' }, route: { kind: 'direct' }, mode: 'always-on' },
      ...{
        oldServer: false,
        compression: false,
        sessionChannel: false,
        practice: false,
        connection: DEFAULT_CONNECTION,
      },
      forwards: [{ id: 'a', protocol: 'pop3', localAddress: 'localhost', localPort, ...mail }],
      ...change,
    };
    await inPage(main.page, `window.mailmole.saveAccount(null, ${JSON.stringify(draft)})`);
  }

  it('in every state, and one of them opened', async () => {
    await add('University');
    await main.mailbox('University').isOn();
    await add('Club', {
      mode: 'on-demand',
      connection: { ...DEFAULT_CONNECTION, idleSeconds: IDLE_SECONDS },
    });
    await main.mailbox('Club').says('Ready');
    await add('Office', { sshPort: await freePort('127.0.0.1') });
    await main.mailbox('Office').trouble(/./u).waitFor();
    await camera.shoot('list');
    await main.button('More for all mailboxes').click();
    await main.page.getByRole('menu').waitFor();
    await camera.shoot('menu');
    await main.page.getByRole('menuitem', { name: 'Import mailboxes…' }).click();
    await main.page.getByRole('heading', { level: 1, name: 'Import mailboxes' }).waitFor();
    await camera.shoot('import');
    await main.page.keyboard.press('Escape');
    await main.mailbox('University').root.locator('.row__trigger').click();
    await camera.shoot('opened');
  });

  it('a changed server', async () => {
    const former = await makeKey({ type: 'ed25519', name: 'former host' });
    const sshd = await startSshd({ authorizedKeys: [world.key], access: 'no-sessions' });
    servers.push(sshd);
    await makeKnown(app.folder, `[127.0.0.1]:${sshd.port} ${former.publicKey}\n`);
    await add('Renewed', { sshPort: sshd.port });
    const row = main.mailbox('Renewed');
    await row.trouble(/./u).waitFor();
    await row.root.scrollIntoViewIfNeeded();
    await camera.shoot('host-key-changed');
    await row.button('Compare…').click();
    await main.page.getByRole('alertdialog').waitFor();
    await camera.shoot('compare');
    await main.page.keyboard.press('Escape');
  });

  it.skipIf(!passwordSignIn().available)('a password', async () => {
    const sshd = await startSshd({ authentication: 'password', access: 'no-sessions' });
    servers.push(sshd);
    await makeKnown(app.folder, sshd.knownHosts());
    await add('By password', { sshPort: sshd.port, signIn: { kind: 'password' } });
    const asked = await app.question(/^Sign in to /u);
    await camera.shoot('prompt-password', asked.page);
    await asked.press('Cancel');
  });

  it.skipIf(!oneTimeCodeSignIn().available)('a one-time code', async () => {
    const sshd = await startSshd({
      ...{ authentication: 'publickey,keyboard-interactive', oneTimeCode: true },
      ...{ authorizedKeys: [world.key], access: 'no-sessions' },
    });
    servers.push(sshd);
    await makeKnown(app.folder, sshd.knownHosts());
    await add('With a code', { sshPort: sshd.port });
    const password = await app.question(/^Sign in to /u, /With a code/u);
    await password.type('Password', sshd.password);
    await password.press('Sign in');
    const asked = await app.question(/ asks$/u);
    await camera.shoot('prompt-code', asked.page);
    await asked.press('Cancel');
  });

  it('the four pages that set a mailbox up', async () => {
    const { sshd, dovecot } = world;
    const wizard = await openWizard(main);
    await wizard.field('Server').fill(`${sshd.user}@${sshd.host}:${sshd.port}`);
    await wizard.field('User name').focus();
    await camera.shoot('wizard-1-server');
    await wizard.fillAside({
      Name: 'Library',
      'Port on this computer': await freePort('127.0.0.1'),
      'Its port': dovecot.ports.pop3,
    });
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.signIn);
    await wizard.choose('Make me a key');
    await camera.shoot('wizard-2-key');
    await wizard.choose('Automatic');
    await camera.shoot('wizard-2-sign-in');
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.proven);
    await camera.shoot('wizard-3-check');
    await wizard.press('Next');
    await wizard.asks(QUESTIONS.program);
    await camera.shoot('wizard-4-program');
    await wizard.press('Done');
  });

  it('a set-up file, and one that is broken', async () => {
    const { sshd, dovecot } = world;
    const setup = {
      ...{ format: 'mailmole-setup', version: 1, name: 'Museum', hint: 'Use your campus name.' },
      server: { host: sshd.host, port: sshd.port, hostKeys: sshd.knownHosts().trim().split('\n') },
      forwards: [{ protocol: 'pop3', mailHost: dovecot.host, mailPort: dovecot.ports.pop3 }],
    };
    const drop = (text: string): Promise<unknown> =>
      inPage(
        main.page,
        `(() => {
          const carried = new DataTransfer();
          carried.items.add(new File([${JSON.stringify(text)}], 'museum.mailmole'));
          document.body.dispatchEvent(
            new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }));
        })()`,
      );
    await drop(JSON.stringify(setup));
    await main.page.getByRole('heading', { level: 1, name: 'Set up this mailbox' }).waitFor();
    await camera.shoot('setup-file');
    await main.page.keyboard.press('Escape');
    await drop(JSON.stringify({ ...setup, command: 'rm' }, null, 2));
    await main.page.getByRole('heading', { level: 1, name: 'This cannot be used' }).waitFor();
    await camera.shoot('setup-file-broken');
    await main.page.keyboard.press('Escape');
  });

  it('the form', async () => {
    await main.edit('University');
    await camera.shoot('form');
    await main.button('Advanced').click();
    await main.page.getByRole('textbox', { name: 'File of trusted servers' }).focus();
    await camera.shoot('form-advanced');
    await main.button('Cancel').click();
    await main.chooseFromMenu('University', 'Remove');
    await camera.shoot('undo');
  });
});

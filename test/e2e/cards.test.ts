import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountDraft } from '../../electron/shared/account';
import { describeAction, describeError, errorOf } from '../../electron/shared/messages';
import type { Translate } from '../../electron/shared/messages';
import type { TunnelError, TunnelErrorKind } from '../../electron/shared/tunnel-error';
import { keepApps, makeAppFolder, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import { giveKey, makeKnown, startMailWorld, type MailWorld } from '../support/mail-world';
import { inPage, type MainWindow } from '../support/pages';
import { DRAFT, FORWARD } from '../unit/support/snapshots';
import { englishWords } from '../unit/support/words';
import { startDovecot, type Dovecot } from '../world/dovecot';
import { startSshd, type Sshd } from '../world/sshd';
import { until } from '../world/wait';
import { freePort } from '../world/world-folder';

interface World {
  readonly mail: MailWorld;
  /** Speaks TLS with a certificate that nobody here trusts. */
  readonly tls: Dovecot;
  readonly revoked: Sshd;
  readonly old: Sshd;
  /** A port that nobody listens at. */
  readonly closed: number;
}

/** What of a mailbox that works makes it fail in this way; or where else the real application shows this card. */
type Provoked = ((world: World) => Partial<AccountDraft>) | `shown by ${string}`;

const through = (change: Partial<typeof FORWARD>) => ({ forwards: [{ ...FORWARD, ...change }] });
const on127 = { mailHost: '127.0.0.1' };

/** One way to each card; the compiler asks for one when a kind of error is added. */
const CARDS: { readonly [K in TunnelErrorKind]: Provoked } = {
  'port-in-use': 'shown by mailboxes.test.ts',
  // Not on a Linux that runs the tests as root, and whose loopback has every address.
  'port-forbidden': 'shown by views.test.ts',
  'address-unavailable': 'shown by views.test.ts',
  'no-network': 'shown by views.test.ts',
  'known-hosts-unusable': 'shown by views.test.ts',
  'host-not-found': () => ({ sshHost: 'nowhere.invalid' }),
  'connection-refused': ({ closed }) => ({ sshPort: closed }),
  unreachable: 'shown by views.test.ts',
  'timed-out': 'shown by views.test.ts',
  'proxy-failed': ({ mail }) => ({
    route: { kind: 'http', host: '127.0.0.1', port: mail.dovecot.ports.pop3, user: null },
  }),
  'not-ssh': ({ mail }) => ({ sshPort: mail.dovecot.ports.pop3 }),
  'no-common-algorithm': ({ old }) => ({ sshPort: old.port }),
  'host-key-changed': 'shown by troubles.test.ts',
  'host-key-revoked': ({ revoked }) => ({ sshPort: revoked.port }),
  'host-key-refused': 'shown by views.test.ts',
  'sign-in-refused': () => ({ sshUser: 'nobody-of-that-name' }),
  'no-way-to-sign-in': () => ({ signIn: { kind: 'password' } }),
  'key-unusable': () => ({ signIn: { kind: 'key-file', path: '/nowhere/id_ed25519' } }),
  // These two are no states of a mailbox: the wizard shows them.
  'key-not-made': 'shown by views.test.ts',
  'key-not-installed': 'shown by views.test.ts',
  'agent-unavailable': () => ({ signIn: { kind: 'agent', socket: '/nowhere/agent', key: null } }),
  'answer-needed': 'shown by troubles.test.ts',
  'cancelled-by-person': 'shown by prompts.test.ts',
  'connection-lost': 'shown by views.test.ts',
  'forward-refused': ({ closed }) => through({ ...on127, mailPort: closed }),
  'no-greeting': 'shown by views.test.ts',
  'wrong-greeting': ({ mail }) => through({ ...on127, mailPort: mail.sshd.port }),
  'certificate-refused': ({ tls }) =>
    through({ ...on127, mailPort: tls.ports.pop3s, tls: 'implicit' }),
  'tls-failed': ({ mail }) =>
    through({ ...on127, mailPort: mail.dovecot.ports.pop3, tls: 'starttls' }),
  'engine-stopped': 'shown by views.test.ts',
  unexpected: 'shown by views.test.ts',
};

const provoked = Object.entries(CARDS).filter(
  (entry): entry is [TunnelErrorKind, Exclude<Provoked, string>] => typeof entry[1] !== 'string',
);

describe('each error’s card, in the real application', () => {
  const apps = keepApps();
  let world: World;
  let app: TestApp;
  let main: MainWindow;
  let t: Translate;

  beforeAll(async () => {
    t = await englishWords();
    const mail = await startMailWorld();
    world = {
      mail,
      tls: await startDovecot(),
      revoked: await startSshd({ authorizedKeys: [mail.key] }),
      old: await startSshd({ authorizedKeys: [mail.key], oldAlgorithms: true }),
      closed: await freePort('127.0.0.1'),
    };
    const folder = await makeAppFolder();
    await giveKey(folder, mail.key);
    await makeKnown(folder, mail.sshd.knownHosts());
    await makeKnown(folder, world.revoked.knownHosts().replace(/^/gmu, '@revoked ').trimEnd());
    app = await apps.launch({ folder });
    main = await app.main();
  });
  afterAll(async () => {
    await world.mail.stop();
    for (const server of [world.tls, world.revoked, world.old]) await server.stop();
  });

  /** Adds a mailbox as the form does when it is saved. */
  async function add(name: string, change: Partial<AccountDraft>): Promise<void> {
    const { mail } = world;
    const works = through({ ...on127, mailPort: mail.dovecot.ports.pop3 });
    const forwards = (change.forwards ?? works.forwards).map(async (forward) => ({
      ...forward,
      id: name,
      localPort: await freePort('127.0.0.1'),
    }));
    const draft: AccountDraft = {
      ...DRAFT,
      ...{ name, sshHost: mail.sshd.host, sshPort: mail.sshd.port, sshUser: mail.sshd.user },
      ...change,
      ...{ mode: 'always-on', forwards: await Promise.all(forwards) },
    };
    const answer = await inPage(
      main.page,
      `window.mailmole.saveAccount(null, ${JSON.stringify(draft)})`,
    );
    expect(answer).toMatchObject({ ok: true, value: { ok: true } });
  }

  async function errorOfMailbox(name: string): Promise<TunnelError | null> {
    const { accounts } = await app.snapshot();
    const view = accounts.find(({ account }) => account.name === name);
    return view === undefined ? null : errorOf(view.state);
  }

  it.each(provoked)('%s', async (kind, change) => {
    await add(kind, change(world));
    const error = await until(
      `${kind} is told`,
      async () => {
        const told = await errorOfMailbox(kind);
        return told?.kind === kind ? told : null;
      },
      { timeoutMs: 40_000 },
    );
    const { title, body, actions } = describeError(error, t);
    const row = main.mailbox(kind);
    await row.trouble(title).waitFor();
    const card = row.root.locator('.error-card');
    await card.getByText(body, { exact: true }).waitFor();
    for (const action of actions.filter((each) => each !== 'try-again'))
      await card
        .getByRole('button', { name: describeAction(action, error, t), exact: true })
        .waitFor();
    await row.button('Details').click();
    await card.locator('.raw__text').filter({ hasText: kind }).waitFor();
  });

  it('hands on a text for whoever runs the server', async () => {
    const row = main.mailbox('wrong-greeting');
    await row.button('Copy text for my administrator').click();
    await row.root.getByText('Copied', { exact: true }).waitFor();
    const copied = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toContain('My mailbox “wrong-greeting” does not work in Mailmole ');
    expect(copied).toContain(`SSH server: 127.0.0.1, port ${world.mail.sshd.port}`);
    expect(copied).toContain(`Mail server: 127.0.0.1, port ${world.mail.sshd.port} (POP3)`);
    expect(copied).toContain('got: SSH-2.0-');
  });

  it('stands nobody in the way', async () => {
    await expectAccessible(main.page);
  });
});

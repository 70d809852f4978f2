import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Translate } from '../../electron/shared/messages';
import type { TunnelErrorKind } from '../../electron/shared/tunnel-error';
import { keepApps, type TestApp } from '../support/app';
import { expectAccessible } from '../support/axe';
import { addMailbox, expectCard, through, troubleOf, type Change } from '../support/cards';
import { familiarFolder, makeKnown, startMailWorld, type MailWorld } from '../support/mail-world';
import type { MainWindow } from '../support/pages';
import { englishWords } from '../unit/support/words';
import { startDovecot, type Dovecot } from '../world/dovecot';
import { startSshd, type Sshd } from '../world/sshd';
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
type Provoked = ((world: World) => Change) | `shown by ${string}`;

const on127 = { mailHost: '127.0.0.1' };

/** One way to each card; the compiler asks for one when a kind of error is added. */
const CARDS: { readonly [K in TunnelErrorKind]: Provoked } = {
  'port-in-use': 'shown by mailboxes.test.ts',
  'port-forbidden': 'shown by cards-mended.test.ts',
  'address-unavailable': 'shown by cards-mended.test.ts',
  // No card: the mailbox waits and says so in its row, and mail programs are told why.
  'no-network': 'shown by cards-mended.test.ts',
  'known-hosts-unusable': 'shown by cards-mended.test.ts',
  'host-not-found': () => ({ sshHost: 'nowhere.invalid' }),
  'connection-refused': ({ closed }) => ({ sshPort: closed }),
  unreachable: 'shown by cards-mended.test.ts',
  'timed-out': 'shown by cards-mended.test.ts',
  'proxy-failed': ({ mail }) => ({
    route: { kind: 'http', host: '127.0.0.1', port: mail.dovecot.ports.pop3, user: null },
  }),
  'not-ssh': ({ mail }) => ({ sshPort: mail.dovecot.ports.pop3 }),
  'no-common-algorithm': ({ old }) => ({ sshPort: old.port }),
  'host-key-changed': 'shown by troubles.test.ts',
  'host-key-revoked': ({ revoked }) => ({ sshPort: revoked.port }),
  'sign-in-refused': () => ({ sshUser: 'nobody-of-that-name' }),
  'no-way-to-sign-in': () => ({ signIn: { kind: 'password' } }),
  'key-unusable': () => ({ signIn: { kind: 'key-file', path: '/nowhere/id_ed25519' } }),
  // These two are no states of a mailbox: the wizard shows them.
  'key-not-made': 'shown by views.test.ts',
  'key-not-installed': 'shown by views.test.ts',
  'agent-unavailable': () => ({ signIn: { kind: 'agent', socket: '/nowhere/agent', key: null } }),
  'answer-needed': 'shown by troubles.test.ts',
  'cancelled-by-person': 'shown by prompts.test.ts',
  'connection-lost': 'shown by cards-mended.test.ts',
  'forward-refused': ({ closed }) => through({ ...on127, mailPort: closed }),
  'no-greeting': 'shown by cards-mended.test.ts',
  'wrong-greeting': ({ mail }) => through({ ...on127, mailPort: mail.sshd.port }),
  'certificate-refused': ({ tls }) =>
    through({ ...on127, mailPort: tls.ports.pop3s, tls: 'implicit' }),
  'tls-failed': ({ mail }) =>
    through({ ...on127, mailPort: mail.dovecot.ports.pop3, tls: 'starttls' }),
  'engine-stopped': 'shown by cards-mended.test.ts',
  unexpected: 'shown by cards-mended.test.ts',
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
    const folder = await familiarFolder(mail);
    await makeKnown(folder, world.revoked.knownHosts().replace(/^/gmu, '@revoked ').trimEnd());
    app = await apps.launch({ folder });
    main = await app.main();
  });
  afterAll(async () => {
    await world.mail.stop();
    for (const server of [world.tls, world.revoked, world.old]) await server.stop();
  });

  it.each(provoked)('%s', async (kind, change) => {
    await addMailbox(main, world.mail, kind, change(world));
    await expectCard(app, kind, await troubleOf(app, kind, kind), t);
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

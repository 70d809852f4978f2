import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepApps, makeAppFolder, type TestApp } from '../support/app';
import { filledFor } from '../support/mail-world';
import type { Mailbox } from '../support/pages';
import { startDovecot, type Dovecot } from '../world/dovecot';
import { compareDelivery, howtoRc, makeFetchmail, perfectDelivery } from '../world/fetchmail';
import type { Fetchmail } from '../world/fetchmail';
import { generateMessages } from '../world/messages';
import { makeKey, PASSPHRASE, writeKey } from '../world/ssh-keys';
import { startSshd, type Sshd } from '../world/sshd';
import { connect } from '../world/talk';
import { startTcpRelay, type TcpRelay } from '../world/tcp-relay';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder';

/** The second run is broken off after this many bytes: in the middle of an attachment of 5 MB. */
const BREAK_AFTER = 5_000_000;

describe('one mailbox, from the window to the mail', () => {
  const apps = keepApps();
  const messages = generateMessages();
  // Numbered on from the first ones, so that a report can tell which is which.
  const more = generateMessages({ count: 90, seed: 2 }).map((message) => ({
    ...message,
    index: messages.length + message.index,
  }));
  let keys: WorldFolder;
  let keyFile: string;
  let dovecot: Dovecot;
  let relay: TcpRelay;
  let sshd: Sshd;
  let fetchmail: Fetchmail;
  let app: TestApp;
  let row: Mailbox;
  let localPort: number;

  beforeAll(async () => {
    keys = await makeWorldFolder('keys');
    const key = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });
    keyFile = await writeKey(keys, key, 'id_university');
    dovecot = await startDovecot({ messages, tls: false });
    // Between the two servers, so that a test can say after which byte the line breaks.
    relay = await startTcpRelay({ host: dovecot.host, port: dovecot.ports.pop3 });
    sshd = await startSshd({ authorizedKeys: [key], access: 'no-sessions' });
    // Into a mail server, which keeps whole messages only: what is doubled is then really doubled.
    fetchmail = await makeFetchmail('lmtp');
    app = await apps.launch({ folder: await makeAppFolder() });
  });
  afterAll(async () => {
    for (const each of [fetchmail, sshd, relay, dovecot]) await each.stop();
    await keys.remove();
  });

  it('is added in the window, which switches it on', async () => {
    const main = await app.main();
    const form = await main.add();
    const filled = await filledFor({ sshd, dovecot }, { mailPort: relay.port, keyFile });
    localPort = filled.localPort;
    await form.fill({ ...filled, signIn: 'Key file' });
    await form.save();
    row = main.mailbox('University');
    expect(await row.switch.isChecked()).toBe(true);
    expect(await row.root.getByText(`localhost:${localPort}`).first().isVisible()).toBe(true);
  });

  it('asks who the server is, then for the passphrase, and is green once the mail server greets', async () => {
    const server = await app.question('Is this the right server?');
    expect(await server.text()).toContain(`You have not used 127.0.0.1 (port ${sshd.port})`);
    expect(await server.fingerprint()).toBe(sshd.hostKeys[0]?.fingerprint);
    expect(relay.received()).toBe(0);
    await server.press('Trust');

    const key = await app.question('Unlock your key');
    await key.type('Passphrase', 'not the passphrase');
    await key.press('Unlock');
    const again = await app.question('Unlock your key', /That was not it\. 2 tries left\./u);
    await again.type('Passphrase', PASSPHRASE);
    await again.press('Unlock');

    await row.isOn();
    await row.button('University').click();
    await row.root.getByText('+OK Dovecot ready.').waitFor();
    const [view] = (await app.snapshot()).accounts;
    expect(view?.state).toMatchObject({ proof: { greeting: { text: '+OK Dovecot ready.' } } });
    expect(view?.session).toMatchObject({ signedInBy: 'key', strictKeyExchange: true });
  });

  it("brings all 200 messages through fetchmail with the HOWTO's own .fetchmailrc", async () => {
    const run = await fetchmail.run(howtoRc(localPort));
    expect(run.output).toContain('200 messages');
    expect(run.code).toBe(0);
    expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
      perfectDelivery(messages),
    );
    expect((await fetchmail.run(howtoRc(localPort))).code).toBe(1);
  });

  it('stays connected from now on, after one change in the form', async () => {
    const main = await app.main();
    const form = await main.edit('University');
    await form.choose('Always');
    await form.save();
    await row.isOn();
  });

  it('resets its clients when the server goes, and comes back by itself', async () => {
    await dovecot.deliver(more);
    const idle = await connect(localPort);
    expect(await idle.line()).toBe('+OK Dovecot ready.');
    const started = relay.received();
    const run = fetchmail.run(howtoRc(localPort));
    await relay.whenReceived(started + BREAK_AFTER);
    // No byte more may pass while the server dies.
    relay.blackhole();
    await sshd.kill();
    relay.revive();
    expect(await idle.closed).toBe('ECONNRESET');
    const { code, output } = await run;
    expect(code).toBe(2);
    expect(output).toMatch(/socket error|Connection reset by peer/u);
    await row.says('Trying again');
    await row.trouble(/refused the connection|broke off/u).waitFor();
    // The switch says what is wanted, and a line that drops changes nothing about that.
    expect(await row.switch.isChecked()).toBe(true);
    const soFar = compareDelivery([...messages, ...more], await fetchmail.delivered());
    expect(soFar).toMatchObject({ doubled: [], brokenOff: [], wrong: [] });
    expect(soFar.missing.length).toBeGreaterThan(0);

    await sshd.start();
    await row.isOn(60_000);
    expect(app.electron.windows()).toHaveLength(1);
  });

  it('completes the mailbox with the next run, nothing lost and nothing doubled', async () => {
    const run = await fetchmail.run(howtoRc(localPort));
    expect(run.code).toBe(0);
    const all = [...messages, ...more];
    expect(compareDelivery(all, await fetchmail.delivered())).toEqual(perfectDelivery(all));
  });

  it('keeps the passphrase out of everything it writes', async () => {
    await app.expectNoTrace([PASSPHRASE, 'not the passphrase']);
    expect(readdirSync(app.folder.data)).toContain('accounts.json');
  });
});

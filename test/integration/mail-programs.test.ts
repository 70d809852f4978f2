import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsFor, settingsText, type Program } from '../../electron/client-setup/programs';
import type { Account, Forward } from '../../electron/shared/account';
import { isProven } from '../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine, type TestEngine } from '../support/engine';
import { sandboxObstacle } from '../support/normal-user';
import { englishWords } from '../unit/support/words';
import { startDovecot, type Dovecot } from '../world/dovecot';
import { compareDelivery, perfectDelivery } from '../world/fetchmail';
import { makeMailHome, type MailHome } from '../world/mail-home';
import { generateMessages } from '../world/messages';
import { startSmtpServer } from '../world/smtp';
import { makeKey, writeKey } from '../world/ssh-keys';
import { startSshd } from '../world/sshd';
import { isUp } from './engine/support';
import { keep, keepForFile, tidyUp } from './engine/tidy';

tidyUp();

const t = await englishWords();
const key = await makeKey({ type: 'ed25519' });
const messages = generateMessages({ count: 14 });
const sshd = await keepForFile(startSshd({ authorizedKeys: [key], access: 'no-sessions' }));
const smtp = await keepForFile(startSmtpServer({ certificateName: 'localhost' }));
const dovecot = await keepForFile(startDovecot({ messages, certificateName: 'localhost' }));

/** Why nobody but root can be anybody here; null when it is possible. */
const obstacle = await sandboxObstacle();

/** A mailbox that is on, as its owner sees it. */
interface Mailbox {
  readonly account: Account;
  readonly engine: TestEngine;
}

interface MailboxPlan {
  readonly name: string;
  /** Who speaks TLS with the mail servers, after STARTTLS: nobody, or Mailmole. */
  readonly tls: 'none' | 'starttls';
}

/** Switches on a mailbox with an address for each protocol. */
async function startMailbox({ name, tls }: MailboxPlan): Promise<Mailbox> {
  const host = tls === 'none' ? '127.0.0.1' : 'localhost';
  const to = async (port: number, protocol: Forward['protocol']) => ({
    ...(await forwardTo({ host, port }, protocol)),
    tls,
  });
  const forwards = [
    await to(dovecot.ports.pop3, 'pop3'),
    await to(dovecot.ports.imap, 'imap'),
    await to(smtp.ports.submission, 'submission'),
  ];
  const authorities = [dovecot.caFile, smtp.caFile].map((file) => readFileSync(file ?? '', 'utf8'));
  const extraCaFile = await smtp.folder.write(`authorities-${name}.pem`, authorities.join(''));
  const engine = await startEngine({ settings: { extraCaFile } });
  const signIn = { kind: 'key-file', path: await writeKey(engine.folder, key, 'id') } as const;
  const account = accountFor(sshd, forwards, { name, signIn });
  engine.host.setAccount(account, 'person');
  await engine.when(isProven, 'proven');
  // A person has one user name on both servers; here there are two.
  return { engine, account: { ...account, sshUser: dovecot.user } };
}

/** A home with what Mailmole prints for a program, word for word where the program looks for it. */
async function homeWith(program: Program, { account }: Mailbox): Promise<MailHome> {
  const home = await keep(makeMailHome());
  const settings = settingsFor(account, program, t);
  if (settings.kind !== 'files') throw new Error(`${program}: ${settings.kind}`);
  for (const { path, text } of settings.files) await home.install(path, text);
  return home;
}

/** Where mpop, msmtp and fetchmail find a password that they are not told. */
function netrc(home: MailHome, machine: string): Promise<void> {
  return home.install('~/.netrc', `machine ${machine} login msingh password ${dovecot.password}\n`);
}

/** The command that the comments in the printed text tell the person to run. */
function commandAfter(words: RegExp, program: Program, { account }: Mailbox): string {
  const line = new RegExp(`^# ${words.source}(.*)$`, 'm').exec(settingsText(account, program, t));
  if (line?.[1] === undefined) throw new Error(`${program} is not told ${words.source}`);
  return line[1];
}

const makeFolders = (program: Program, box: Mailbox) =>
  commandAfter(/Once, before the first time: /, program, box);

/** What lies in a folder, without the headers that programs add. */
async function arrived(home: MailHome, folder: string): Promise<Buffer[]> {
  const added = /^(?:Delivered-To|Received|X-TUID|X-getmail-[-a-z]+):.*\n(?:[ \t].*\n)*/gm;
  return (await home.mail(folder)).map((mail) => {
    const text = mail.toString('latin1');
    const body = text.indexOf('\n\n') + 1;
    return Buffer.from(text.slice(0, body).replace(added, '') + text.slice(body), 'latin1');
  });
}

async function expectAllIn(home: MailHome, folder: string): Promise<void> {
  const found = await arrived(home, folder);
  expect(compareDelivery(messages, found)).toEqual(perfectDelivery(messages));
}

/** Without a mail server on this computer it must be told where to put the mail. */
const FETCHMAIL = '--nosyslog --mda ~/mda';

/**
 * A home for fetchmail. There is no application here that its `preconnect` could ask: preconnect.test.ts has one, and
 * fetchmail as a daemon.
 */
async function fetchmailHome(box: Mailbox): Promise<MailHome> {
  const home = await homeWith('fetchmail', box);
  await netrc(home, box.account.forwards[0]?.mailHost ?? '');
  await home.folder.write('mda', '#!/bin/sh -C\nexec cat > ~/Mail/new/$$\n', 0o700);
  await home.sh("sed -i '/ preconnect /d' ~/.fetchmailrc && mkdir -p ~/Mail/new");
  return home;
}

describe.each([
  { name: 'Work', short: 'work', tls: 'none' },
  { name: `Frank's "mail" \\ $box`, short: 'frank-s-mail-box', tls: 'starttls' },
] as const)('what is printed for $name is used as it is (TLS by Mailmole: $tls)', (plan) => {
  const { short } = plan;
  const folder = `Mail/${short}`;
  let box: Mailbox;
  beforeAll(async () => {
    box = await startMailbox(plan);
  });
  afterAll(() => box.engine.stop());

  it('by mpop', async () => {
    const home = await homeWith('mpop', box);
    await netrc(home, 'localhost');
    await home.sh(makeFolders('mpop', box));
    const first = await home.sh(`mpop --quiet ${short}`);
    expect(first).toEqual({ code: 0, output: '' });
    await expectAllIn(home, folder);
    // The second time there is nothing new, and nothing comes twice.
    expect(await home.sh(`mpop --quiet ${short}`)).toEqual({ code: 0, output: '' });
    await expectAllIn(home, folder);
  });

  it.skipIf(obstacle !== null)('by getmail, with a file for each address', async () => {
    const home = await homeWith('getmail', box);
    const { password } = dovecot;
    const files = { [short]: folder, [`${short}-2`]: `${folder}-2` };
    for (const [file, into] of Object.entries(files)) {
      await home.sh(`mkdir -p ~/${into}/cur ~/${into}/new ~/${into}/tmp`);
      const line = `getmail --rcfile ${file}`;
      const { code, output } = await home.sh(line, { password, notAsRoot: true });
      expect([code, output]).toEqual([0, expect.stringContaining('14 messages')]);
      await expectAllIn(home, into);
    }
    const again = await home.sh(`getmail --rcfile ${short}`, { password, notAsRoot: true });
    expect(again.output).toContain('0 messages (0 bytes) retrieved, 14 skipped');
  });

  it('by fetchmail, from each address', async () => {
    const home = await fetchmailHome(box);
    const { code, output } = await home.sh(`fetchmail ${FETCHMAIL} --keep --all`);
    expect([code, output.match(/14 messages/g)]).toEqual([0, ['14 messages', '14 messages']]);
    const all = { ...perfectDelivery(messages), doubled: messages.map(({ index }) => index) };
    expect(compareDelivery(messages, await arrived(home, 'Mail'))).toEqual(all);
  });

  it('by mbsync', async () => {
    const home = await homeWith('mbsync', box);
    await home.sh(makeFolders('mbsync', box));
    const { code, output } = await home.sh(`mbsync ${short}`, { password: dovecot.password });
    expect([code, output]).toEqual([0, expect.not.stringContaining('rror')]);
    await expectAllIn(home, folder);
  });

  it('by msmtp', async () => {
    const home = await homeWith('msmtp', box);
    await netrc(home, 'localhost');
    const before = (await smtp.delivered()).length;
    const letter = `From: msingh@example.test\nTo: you@example.test\nSubject: by ${short}\n\nHi.\n`;
    const line = `msmtp --account=${short} --read-envelope-from -t`;
    expect(await home.sh(line, { input: letter })).toEqual({ code: 0, output: '' });
    const sent = (await smtp.whenDelivered(before + 1)).map((mail) => mail.toString());
    const mine = sent.find((mail) => mail.includes(`Subject: by ${short}\n\nHi.\n`));
    // Signed in; and under TLS from Mailmole on.
    expect(mine).toContain(plan.tls === 'none' ? ' with esmtpa ' : ' with esmtpsa ');
  });
});

describe.skipIf(obstacle !== null)('a program that speaks TLS itself', () => {
  let mail: Dovecot;
  let box: Mailbox;
  beforeAll(async () => {
    mail = await startDovecot({ messages: messages.slice(0, 2) });
    const engine = await startEngine();
    const signIn = { kind: 'key-file', path: await writeKey(engine.folder, key, 'id') } as const;
    const forward = await forwardTo({ host: '127.0.0.1', port: mail.ports.pop3s }, 'pop3s');
    const account = accountFor(sshd, [forward], { signIn });
    engine.host.setAccount(account, 'person');
    await engine.when(isUp, 'up');
    box = { engine, account: { ...account, sshUser: mail.user } };
  });
  afterAll(async () => {
    await box.engine.stop();
    await mail.stop();
  });

  it.each(['fetchmail', 'mpop', 'getmail'] as const)('%s checks the real name', async (program) => {
    const fetchFrom = async (mailHost: string) => {
      // Only the program hears this name: the SSH server could not look it up.
      const forwards = box.account.forwards.map((forward) => ({ ...forward, mailHost }));
      const shown = { ...box, account: { ...box.account, forwards } };
      const home = await (program === 'fetchmail'
        ? fetchmailHome(shown)
        : homeWith(program, shown));
      if (program === 'mpop') await netrc(home, 'localhost');
      await home.sh('mkdir -p ~/Mail/work/cur ~/Mail/work/new ~/Mail/work/tmp');
      const command = {
        fetchmail: `fetchmail ${FETCHMAIL}`,
        mpop: 'mpop --quiet work',
        getmail: 'getmail --rcfile work',
      }[program];
      const password = program === 'getmail' ? { password: mail.password } : {};
      await home.sh(command, { trusting: mail.caFile ?? '', ...password });
      return (await home.mail('Mail')).length;
    };
    expect(await fetchFrom('another.example.test')).toBe(0);
    // The program before this one may have taken away what was there.
    await mail.deliver(messages.slice(2, 3));
    expect(await fetchFrom(mail.certificateName)).toBeGreaterThan(0);
  });
});

import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenPrompt } from '../../../electron/shared/prompt';
import type { Account } from '../../../electron/shared/account';
import type { AppFolder } from '../../support/app';
import { accountFor, forwardTo } from '../../support/engine';
import {
  folderWith,
  logOf,
  startHeadless,
  type HeadlessOptions,
  type TestHeadless,
} from '../../support/headless';
import { giveKey, makeKnown } from '../../support/mail-world';
import { startDovecot, type Dovecot } from '../../world/dovecot';
import { makeKey, PASSPHRASE } from '../../world/ssh-keys';
import { oneTimeCodeSignIn, passwordSignIn } from '../../world/sshd-pam';
import { startSshd, type Sshd } from '../../world/sshd';
import { until } from '../../world/wait';
import { connections } from '../engine/support';
import { keep, keepForFile, tidyUp } from '../engine/tidy';

tidyUp();

const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });
const FOREGROUND_END = '\u0003';

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await keepForFile(startDovecot({ tls: false }));
});

async function mailbox(sshd: Sshd, more: Partial<Account> = {}): Promise<Account> {
  return accountFor(sshd, [await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 })], more);
}

/** A person with a locked key where OpenSSH looks for one, and these mailboxes. */
async function person(...accounts: Account[]): Promise<AppFolder> {
  const folder = await folderWith(...accounts);
  await keep(Promise.resolve({ stop: () => folder.world.remove() }));
  await giveKey(folder, locked);
  return folder;
}

async function start(folder: AppFolder, options: HeadlessOptions = {}): Promise<TestHeadless> {
  const headless = startHeadless(folder, options);
  await keep(
    Promise.resolve({
      stop: async () => {
        if (options.terminal === true) headless.type(FOREGROUND_END);
        await headless.stop().catch(() => 0);
      },
    }),
  );
  return headless.ready();
}

/** An askpass program that keeps what it was asked, and answers by the kind of question. */
async function askpass(folder: AppFolder, answers: Readonly<Record<string, string>>) {
  const cases = Object.entries(answers).map(([kind, answer]) => `${kind}) echo '${answer}';;`);
  const asked = folder.world.file('asked');
  const script = [
    '#!/bin/sh',
    `printf '%s\\n' "$MAILMOLE_ASKS" >> '${asked}'`,
    `printf '%s\\n' "$1" >> '${asked}.text'`,
    `case "$MAILMOLE_ASKS" in ${cases.join(' ')} *) exit 1;; esac`,
    '',
  ].join('\n');
  const program = await folder.world.write('askpass', script, 0o700);
  const lines = (file: string) =>
    readFile(file, 'utf8').then(
      (text) => text.trimEnd().split('\n'),
      () => [],
    );
  return {
    env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force' },
    asked: () => lines(asked),
    text: async () => (await lines(`${asked}.text`)).join('\n'),
  };
}

describe('a headless Mailmole with a terminal', () => {
  it('asks there, whatever its standard input is, shows no secret, and ends with Ctrl-C', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const folder = await person(await mailbox(sshd));
    const headless = await start(folder, { terminal: true });
    const says = (text: string) =>
      until(`the terminal says ${text}`, () => headless.said().includes(text), {
        detail: headless.said,
      });
    await says('the fingerprint itself:');
    expect(headless.said()).toContain('For Work');
    expect(headless.said()).toContain(sshd.hostKeys[0]?.fingerprint);
    headless.type('y\r');
    await says('Please type yes, no, or the fingerprint itself:');
    headless.type('yes\r');
    await says('Passphrase of the key');
    headless.type('wrong\r');
    await says('That was not it. 2 tries left.');
    headless.type(`${PASSPHRASE}\r`);
    await headless.when('connected');
    await says('Work: On.');
    expect(headless.said()).toContain('yes');
    for (const secret of [PASSPHRASE, 'wrong']) {
      expect(headless.said()).not.toContain(secret);
      expect(logOf(folder)).not.toContain(secret);
    }
    headless.type(FOREGROUND_END);
    expect(await headless.ended).toBe(0);
  });

  it('takes Ctrl-D for a no, and Ctrl-C at a question for the end', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const folder = await person(await mailbox(sshd));
    await makeKnown(folder, sshd.knownHosts());
    const headless = await start(folder, { terminal: true });
    const asked = () => headless.said().split('Passphrase of the key').length - 1;
    await until('it asks', () => asked() === 1);
    headless.type('\u0004');
    expect(await headless.when('needs-attention')).toMatchObject({
      error: { kind: 'cancelled-by-person' },
    });
    await headless.ask('up', { names: ['Work'], ask: true });
    await until('it asks again', () => asked() === 2);
    headless.type(FOREGROUND_END);
    expect(await headless.ended).toBe(0);
  });
});

describe('a headless Mailmole with an askpass program', () => {
  it.skipIf(!oneTimeCodeSignIn().available)(
    'has one program answer host key, passphrase, password and code',
    async () => {
      const password = 'p4ss w0rd';
      const authentication = 'publickey,keyboard-interactive';
      const sshd = await keep(
        startSshd({ authorizedKeys: [locked], authentication, password, oneTimeCode: true }),
      );
      const other = await keep(startSshd({ authentication: 'password', password: 'another' }));
      const folder = await person(
        await mailbox(sshd),
        await mailbox(other, { id: 'b', name: 'Home', signIn: { kind: 'password' } }),
      );
      await makeKnown(folder, other.knownHosts());
      const program = await askpass(folder, {
        'host-key': sshd.hostKeys[0]?.fingerprint ?? '',
        passphrase: PASSPHRASE,
        password: 'another',
        // The server's module asks for the password and the code in questions of its own.
        code: password,
      });
      const headless = await start(folder, { env: program.env });
      await headless.when('connected', 'Home');
      await until('the server asks for the code', async () =>
        (await program.text()).includes('code'),
      );
      expect(new Set(await program.asked())).toEqual(
        new Set(['host-key', 'passphrase', 'password', 'code']),
      );
      expect(await program.text()).toContain('For Work\n');
      expect(await program.text()).toContain('For Home\n');
      for (const secret of [PASSPHRASE, password, 'another']) {
        expect(logOf(folder) + headless.said()).not.toContain(secret);
      }
    },
  );

  it('lets a program that is forced on it answer a reconnect that nobody started', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const folder = await person(await mailbox(sshd));
    const program = await askpass(folder, { 'host-key': 'yes', passphrase: PASSPHRASE });
    const headless = await start(folder, { env: program.env });
    await headless.when('connected');
    await headless.ask('lock', {});
    const before = connections(sshd);
    await sshd.restart();
    await until('it has come back', () => connections(sshd) > before, {
      detail: () => logOf(folder),
    });
    await headless.when('connected');
    expect(await program.asked()).toEqual(['host-key', 'passphrase', 'passphrase']);
  });

  it('never lets it accept a changed key, however willingly it says yes', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const folder = await person(await mailbox(sshd));
    const { publicKey } = await makeKey({ type: 'ed25519', name: 'another server' });
    await makeKnown(folder, `[127.0.0.1]:${sshd.port} ${publicKey}\n`);
    const program = await askpass(folder, { 'host-key': 'yes', passphrase: PASSPHRASE });
    const headless = await start(folder, { env: program.env });
    expect(await headless.when('needs-attention')).toMatchObject({
      error: { kind: 'host-key-changed' },
    });
    expect(await program.asked()).toEqual([]);
    // Only a person who types the fingerprint itself does that.
    const trust = (fingerprint: string) => headless.ask('trust', { name: 'Work', fingerprint });
    await expect(trust('SHA256:something')).rejects.toThrow('does not wait for you to trust');
    await trust(sshd.hostKeys[0]?.fingerprint ?? '');
    await headless.when('connected');
  });

  it('takes a status other than 0 for a no, and a missing program for nobody', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const folder = await person(await mailbox(sshd));
    await makeKnown(folder, sshd.knownHosts());
    const headless = await start(folder, { env: (await askpass(folder, {})).env });
    expect(await headless.when('needs-attention')).toMatchObject({
      error: { kind: 'cancelled-by-person' },
    });
    expect(await headless.stop()).toBe(0);
    const env = { SSH_ASKPASS: '/nowhere/askpass', SSH_ASKPASS_REQUIRE: 'force' };
    const again = await start(folder, { env });
    expect(await again.when('needs-attention')).toMatchObject({ error: { kind: 'answer-needed' } });
    expect(logOf(folder)).toContain('Nobody could be asked: spawn /nowhere/askpass ENOENT');
  });
});

describe('a headless Mailmole with neither', () => {
  it('waits, says what for, and asks at the terminal of the command that is typed then', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const folder = await person(await mailbox(sshd));
    const headless = await start(folder);
    expect(await headless.when('needs-attention')).toMatchObject({
      needsPerson: true,
      error: {
        kind: 'answer-needed',
        details: expect.stringContaining('what: host-key') as string,
      },
    });
    const client = await headless.call();
    const asked = async () => {
      const answer = await client.ask('question', { names: ['Work'] });
      if (!answer.ok || answer.value.question === null) throw new Error('no question');
      return answer.value.question;
    };
    const kinds: OpenPrompt['request']['kind'][] = [];
    let next = asked();
    const waited = client.ask('wait', { name: 'Work', ask: true, timeoutMs: 20_000 });
    for (const answer of [{ kind: 'trust' }, { kind: 'secret', secret: PASSPHRASE }] as const) {
      const { id, request } = await next;
      kinds.push(request.kind);
      next = asked();
      next.catch(() => undefined);
      await client.ask('answer', { id, answer });
    }
    expect(await waited).toMatchObject({ ok: true, value: { greeting: '+OK Dovecot ready.' } });
    expect(kinds).toEqual(['host-key', 'passphrase']);
    expect(logOf(folder)).not.toContain(PASSPHRASE);
  });

  it('has nobody any more when that command hangs up', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const folder = await person(await mailbox(sshd));
    await makeKnown(folder, sshd.knownHosts());
    const headless = await start(folder);
    await headless.when('needs-attention');
    const client = await headless.call();
    const question = client.ask('question', { names: [] });
    await client.ask('up', { names: ['Work'], ask: true });
    expect(await question).toMatchObject({
      ok: true,
      value: { question: { accountName: 'Work' } },
    });
    await headless.when('waiting-for-user');
    client.close();
    expect(await headless.when('needs-attention')).toMatchObject({
      error: { kind: 'answer-needed' },
    });
  });

  it('asks nobody what came of a script, and tells the script that a person is needed', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const folder = await person(await mailbox(sshd, { wanted: false }));
    const headless = await start(folder);
    await headless.ask('up', { names: ['Work'], ask: false });
    const client = await headless.call();
    const waited = await client.ask('wait', { name: 'Work', ask: false, timeoutMs: 20_000 });
    expect(waited).toMatchObject({ ok: false, error: { kind: 'needs-person' } });
    expect(headless.said()).not.toContain('Is it the same?');
  });
});

it.skipIf(!passwordSignIn().available)('is told what the password is for', async () => {
  const sshd = await keep(startSshd({ authentication: 'password', password: 'right' }));
  const folder = await person(await mailbox(sshd, { signIn: { kind: 'password' } }));
  await makeKnown(folder, sshd.knownHosts());
  const program = await askpass(folder, { password: 'right' });
  const headless = await start(folder, { env: program.env });
  await headless.when('connected');
  expect(await program.text()).toBe(`For Work\nPassword of ${sshd.user} on 127.0.0.1: `.trimEnd());
});

import { readFile, rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Account, SignIn } from '../../../electron/shared/account';
import { accountFor, forwardTo, secretly, type TestEngine } from '../../support/engine';
import { startDovecot, type Dovecot } from '../../world/dovecot';
import { puttyKey } from '../../unit/tunnel/putty-keys';
import { startSshAgent } from '../../world/ssh-agent';
import { everyKey, KEY_TYPES, makeKey, PASSPHRASE, writeKey } from '../../world/ssh-keys';
import { oneTimeCodeSignIn, passwordSignIn } from '../../world/sshd-pam';
import { startSshd, type Sshd } from '../../world/sshd';
import { connections, count, engineFor, failures, greetingOf, isUp, keyFile } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await keepForFile(startDovecot({ tls: false }));
});

const plain = await makeKey({ type: 'ed25519' });
const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });
const stranger = await makeKey({ type: 'ed25519', name: 'stranger' });

async function account(sshd: Sshd, signIn: SignIn, more: Partial<Account> = {}): Promise<Account> {
  const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
  return accountFor(sshd, [forward], { signIn, ...more });
}

const keyAccount = async (engine: TestEngine, sshd: Sshd, key = locked) =>
  account(sshd, await keyFile(engine, key));

/** Every key of the running agent. */
const ANY_AGENT = { kind: 'agent', socket: null, key: null } as const;

describe('key files', () => {
  it('of every type, in every form, with and without a passphrase', async () => {
    const keys = await Promise.all(KEY_TYPES.map((type) => makeKey({ type })));
    const sshd = await keep(
      startSshd({ authorizedKeys: keys, config: { MaxStartups: '100:30:200' } }),
    );
    const engine = await engineFor({ answers: secretly(PASSPHRASE) });
    const rows = everyKey();
    const results = await Promise.all(
      rows.map(async (request, index) => {
        const id = `${request.type} ${request.form} ${request.passphrase === null ? '' : 'locked'}`;
        const path = await writeKey(engine.folder, await makeKey(request), `key-${index}`);
        engine.host.setAccount(await account(sshd, { kind: 'key-file', path }, { id }), 'person');
        await engine.when(isUp, `${id} is in`, id);
        return `${id}: ${engine.session(id)?.signedInBy ?? 'nothing'}`;
      }),
    );
    expect(results).toHaveLength(34);
    expect(results.filter((result) => !result.endsWith(': key'))).toEqual([]);
    const asked = engine.prompts.filter((request) => request.kind === 'passphrase');
    expect(asked).toHaveLength(rows.filter((row) => row.passphrase !== null).length);
    expect(count(sshd.log(), /Accepted publickey/g)).toBe(34);
    // All of them asked about the server at the same time; it is written down once.
    expect(await readFile(engine.folder.file('known_hosts'), 'utf8')).toMatch(/^[^\n]+\n$/);
    expect(failures(sshd)).toBe(0);
  });

  it("in PuTTY's form, of both versions, with and without a passphrase", async () => {
    const rows = (['ed25519', 'ecdsa-256', 'rsa-2048'] as const).flatMap((type) =>
      ([2, 3] as const).flatMap((version) =>
        [null, PASSPHRASE].map((passphrase) => ({ type, version, passphrase })),
      ),
    );
    // PuTTY's own choice of Argon2 for one of them, a quick one for the others.
    const argon2 = (index: number) => (index === 3 ? { argon2: 'time=100' } : {});
    const keys = await Promise.all(
      rows.map((row, index) => puttyKey({ ...row, ...argon2(index) })),
    );
    const authorizedKeys = keys.map(({ publicLine }) => publicLine);
    const sshd = await keep(startSshd({ authorizedKeys, config: { MaxStartups: '100:30:200' } }));
    const engine = await engineFor({ answers: secretly(PASSPHRASE) });
    for (const [index, key] of keys.entries()) {
      const id = `putty-${index}`;
      const path = await engine.folder.write(`${id}.ppk`, key.file);
      engine.host.setAccount(await account(sshd, { kind: 'key-file', path }, { id }), 'person');
    }
    for (const index of keys.keys()) {
      const id = `putty-${index}`;
      await engine.when(isUp, `${id} is in`, id);
      expect(engine.session(id)).toMatchObject({ signedInBy: 'key' });
    }
    const asked = engine.prompts.filter((request) => request.kind === 'passphrase');
    expect(asked).toHaveLength(rows.filter((row) => row.passphrase !== null).length);
    expect(failures(sshd)).toBe(0);
  });

  it.each(['pem', 'pkcs8'] as const)('in form %s without a public half beside it', async (form) => {
    const key = await makeKey({ type: 'rsa-2048', form, passphrase: PASSPHRASE });
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const engine = await engineFor({ answers: secretly(PASSPHRASE) });
    const path = await writeKey(engine.folder, key, 'id');
    await rm(`${path}.pub`);
    engine.host.setAccount(await account(sshd, { kind: 'key-file', path }), 'person');
    await engine.when(isUp, 'in');
    expect(engine.session()).toMatchObject({ signedInBy: 'key' });
  });

  it('whose passphrase is wrong three times are unusable, and the server never hears of it', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const engine = await engineFor({ answers: secretly('wrong') });
    const wanted = await keyAccount(engine, sshd);
    engine.host.setAccount(wanted, 'person');
    expect(await engine.trouble()).toMatchObject({
      kind: 'key-unusable',
      why: 'wrong-passphrase',
      path: engine.folder.file('id-ed25519'),
    });
    const asked = engine.prompts.filter((request) => request.kind === 'passphrase');
    expect(asked).toMatchObject([
      { wrongBefore: false, triesLeft: 3 },
      { wrongBefore: true, triesLeft: 2 },
      { wrongBefore: true, triesLeft: 1 },
    ]);
    expect(await greetingOf(wanted)).toMatch(/^-ERR \[SYS\/TEMP\] Mailmole: /);
    expect([connections(sshd), failures(sshd)]).toEqual([1, 0]);
  });

  it.each([
    ['rsa-sha2-512', true],
    ['rsa-sha2-512,rsa-sha2-256', true],
    // It names SHA-512 all the same, so that OpenSSH's own client is refused, too: one try a key, the better one.
    ['rsa-sha2-256', false],
    ['ssh-rsa', false],
  ])('of RSA sign by %s: %s', async (algorithm, getsIn) => {
    const rsa = await makeKey({ type: 'rsa-2048' });
    const config = { PubkeyAcceptedAlgorithms: algorithm };
    const sshd = await keep(startSshd({ authorizedKeys: [rsa], config }));
    const engine = await engineFor();
    engine.host.setAccount(await keyAccount(engine, sshd, rsa), 'person');
    if (getsIn) await engine.when(isUp, 'in');
    // A signature over SHA-1 is not given to anybody.
    else expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused', tried: ['key'] });
    expect(connections(sshd)).toBe(1);
  });

  it('that are not on the server end the attempt without a question', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [plain] }));
    const engine = await engineFor();
    const other = await makeKey({ type: 'ed25519', name: 'other', passphrase: PASSPHRASE });
    engine.host.setAccount(await keyAccount(engine, sshd, other), 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused', tried: ['key'] });
    expect(engine.prompts.map((request) => request.kind)).toEqual(['host-key']);
    expect(connections(sshd)).toBe(1);
  });
});

describe('the agent', () => {
  it('gets in by its eighth key on a server that ends the connection after three', async () => {
    const agent = await keep(startSshAgent());
    for (let index = 1; index < 8; index++)
      await agent.add(await makeKey({ type: 'ed25519', name: `spare-${index}` }));
    await agent.add(plain);
    const sshd = await keep(startSshd({ authorizedKeys: [plain], config: { MaxAuthTries: 3 } }));
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    engine.host.setAccount(await account(sshd, ANY_AGENT), 'person');
    await engine.when(isUp, 'in');
    expect(engine.session()).toMatchObject({ signedInBy: 'agent' });
    // The key that opened the door is the first one offered from then on.
    const before = sshd.log().length;
    await sshd.restart();
    await engine.when((s) => s.kind !== 'connected', 'the line is lost');
    await engine.when(isUp, 'in again');
    expect(sshd.log().slice(before)).not.toMatch(/Failed publickey/);
  });

  it('is passed over by an automatic sign-in once it is gone', async () => {
    const agent = await keep(startSshAgent());
    await agent.add(plain);
    const sshd = await keep(startSshd({ authorizedKeys: [plain] }));
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    const path = await writeKey(engine.folder, plain, 'id_ed25519');
    engine.change({ defaultKeyFiles: [engine.folder.file('id_none'), path] });
    engine.host.setAccount(await account(sshd, { kind: 'automatic' }), 'person');
    await engine.when(isUp, 'in by the agent');
    expect(engine.session()).toMatchObject({ signedInBy: 'agent' });
    await agent.kill();
    await sshd.restart();
    await engine.when((s) => s.kind !== 'connected', 'the line is lost');
    await engine.when(isUp, 'in by the file');
    expect(engine.session()).toMatchObject({ signedInBy: 'key' });
  });

  it('that was chosen and is gone is named, and no other way is tried', async () => {
    const agent = await keep(startSshAgent());
    await agent.add(plain);
    const sshd = await keep(startSshd({ authorizedKeys: [plain] }));
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    engine.host.setAccount(await account(sshd, ANY_AGENT), 'person');
    await engine.when(isUp, 'in by the agent');
    await agent.kill();
    await sshd.restart();
    expect(await engine.trouble()).toMatchObject({ kind: 'agent-unavailable' });
    // A killed agent leaves its socket behind.
    await rm(agent.socket, { force: true });
    await agent.start();
    await agent.add(plain);
    engine.host.tryNow('a');
    await engine.when(isUp, 'in again');
  });

  it('without the right key is refused, and without any key is of no use', async () => {
    const agent = await keep(startSshAgent());
    await agent.add(stranger);
    const sshd = await keep(startSshd({ authorizedKeys: [plain] }));
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    engine.host.setAccount(await account(sshd, ANY_AGENT), 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused', tried: ['agent'] });
    await agent.removeAll();
    engine.host.tryNow('a');
    await engine.when((s) => s.kind === 'connecting', 'another try');
    expect(await engine.trouble()).toMatchObject({
      kind: 'no-way-to-sign-in',
      offered: ['publickey'],
    });
  });
});

describe.skipIf(!passwordSignIn().available)('passwords', () => {
  const password = 'Pa55 wörd "%s"';

  it.each(['password', 'keyboard-interactive'] as const)(
    'by %s are asked for once and kept until they are locked away',
    async (authentication) => {
      const sshd = await keep(startSshd({ authentication, password }));
      const engine = await engineFor({ answers: secretly(password) }, password);
      engine.host.setAccount(await account(sshd, { kind: 'password' }), 'person');
      await engine.when(isUp, 'in');
      expect(engine.session()).toMatchObject({ signedInBy: authentication });
      const questions = ['host-key', 'password'];
      expect(engine.prompts.map((request) => request.kind)).toEqual(questions);

      await sshd.restart();
      await engine.when((s) => s.kind !== 'connected', 'the line is lost');
      await engine.when(isUp, 'in again');
      expect(engine.prompts).toHaveLength(2);

      engine.host.lock();
      await sshd.restart();
      expect(await engine.trouble()).toEqual({
        kind: 'answer-needed',
        what: 'password',
        host: '127.0.0.1',
      });
      expect(engine.prompts).toHaveLength(2);
      expect(failures(sshd)).toBe(0);
    },
  );

  it('that are wrong three times are not tried a fourth', async () => {
    const sshd = await keep(startSshd({ authentication: 'password', password }));
    const engine = await engineFor({ answers: secretly('nonsense') }, 'nonsense');
    const wanted = await account(sshd, { kind: 'password' });
    engine.host.setAccount(wanted, 'person');
    expect(await engine.trouble()).toMatchObject({
      kind: 'sign-in-refused',
      tried: ['password', 'password', 'password'],
    });
    const asked = engine.prompts.filter((request) => request.kind === 'password');
    expect(asked).toMatchObject([
      { wrongBefore: false },
      { wrongBefore: true },
      { wrongBefore: true },
    ]);
    expect(await greetingOf(wanted)).toMatch(/^-ERR /);
    expect([connections(sshd), failures(sshd)]).toEqual([1, 3]);
  });

  it('may be right at the second try', async () => {
    const sshd = await keep(startSshd({ authentication: 'password', password }));
    const engine = await engineFor({
      answers: (request) =>
        request.kind === 'password'
          ? { kind: 'secret', secret: request.wrongBefore ? password : 'mistyped' }
          : { kind: 'trust' },
    });
    engine.host.setAccount(await account(sshd, { kind: 'password' }), 'person');
    await engine.when(isUp, 'in');
    expect(failures(sshd)).toBe(1);
  });

  it('come after a key where the server wants both, never before it', async () => {
    const options = { authentication: 'publickey,password', authorizedKeys: [locked], password };
    const sshd = await keep(startSshd(options));
    const engine = await engineFor({
      answers: (request) =>
        request.kind === 'passphrase'
          ? { kind: 'secret', secret: PASSPHRASE }
          : secretly(password)(request, 'a'),
    });
    engine.host.setAccount(await keyAccount(engine, sshd), 'person');
    await engine.when(isUp, 'in');
    const kinds = engine.prompts.map((request) => request.kind);
    expect(kinds).toEqual(['host-key', 'passphrase', 'password']);
    const log = sshd.log();
    expect(log.indexOf('Partial publickey')).toBeGreaterThan(0);
    expect(log.indexOf('Accepted password')).toBeGreaterThan(log.indexOf('Partial publickey'));
    expect(failures(sshd)).toBe(0);
    // Both secrets are kept, so that a lost line is no new question.
    await sshd.restart();
    await engine.when((s) => s.kind !== 'connected', 'the line is lost');
    await engine.when(isUp, 'in again');
    expect(engine.prompts).toHaveLength(3);
  });

  it('come after the keys where the server would take either', async () => {
    const sshd = await keep(
      startSshd({ authentication: 'any', authorizedKeys: [plain], password }),
    );
    const engine = await engineFor({ answers: secretly(password) }, password);
    engine.host.setAccount(await keyAccount(engine, sshd, stranger), 'person');
    await engine.when(isUp, 'in');
    const order = [...sshd.log().matchAll(/^(Failed|Accepted) (\S+) for/gm)].map((m) => m[2]);
    expect(order).toEqual(['publickey', 'keyboard-interactive/pam']);
  });

  it.skipIf(!oneTimeCodeSignIn().available)('and a code come after a key', async () => {
    const sshd = await keep(
      startSshd({
        authentication: 'publickey,keyboard-interactive',
        authorizedKeys: [plain],
        oneTimeCode: true,
        password,
      }),
    );
    const code = sshd.oneTimeCode();
    const engine = await engineFor(
      {
        answers: (request) =>
          request.kind === 'code'
            ? { kind: 'answers', answers: [sshd.oneTimeCode()] }
            : secretly(password)(request, 'a'),
      },
      password,
      code,
    );
    engine.host.setAccount(await keyAccount(engine, sshd, plain), 'person');
    await engine.when(isUp, 'in');
    expect(engine.prompts).toMatchObject([
      { kind: 'host-key' },
      { kind: 'password' },
      { kind: 'code', questions: [{ text: 'Verification code:', echo: false }] },
    ]);
    expect(sshd.log()).toMatch(/Partial publickey[^]*Accepted keyboard-interactive/);
    expect(failures(sshd)).toBe(0);
    // A code is good once: the next connection needs a person, and nothing is tried without one.
    await sshd.restart();
    expect(await engine.trouble()).toMatchObject({ kind: 'answer-needed', what: 'code' });
  });

  it('that the server wants twice are typed once', async () => {
    const authentication = 'password,keyboard-interactive';
    const sshd = await keep(startSshd({ authentication, password }));
    const engine = await engineFor({ answers: secretly(password) }, password);
    engine.host.setAccount(await account(sshd, { kind: 'password' }), 'person');
    await engine.when(isUp, 'in');
    expect(engine.prompts.map((request) => request.kind)).toEqual(['host-key', 'password']);
    expect(sshd.log()).toMatch(/Partial password[^]*Accepted keyboard-interactive/);
  });

  it('of an account that the server refuses bring up the reason it gives', async () => {
    const accountRefusal = 'Your account has expired; please contact your administrator.';
    const sshd = await keep(startSshd({ authorizedKeys: [plain], accountRefusal }));
    const engine = await engineFor();
    engine.host.setAccount(await keyAccount(engine, sshd, plain), 'person');
    expect(await engine.trouble()).toMatchObject({
      kind: 'sign-in-refused',
      serverSays: accountRefusal,
    });
    // What a server says before its first answer may be said to everybody, so it is asked once more, step by step.
    expect(connections(sshd)).toBe(2);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../../electron/shared/account';
import { accountFor, forwardTo, secretly, trusting, type TestEngine } from '../../support/engine';
import { makeKey, PASSPHRASE } from '../../world/ssh-keys';
import { passwordSignIn } from '../../world/sshd-pam';
import { startSshd, type Sshd } from '../../world/sshd';
import { startTcpRelay } from '../../world/tcp-relay';
import { until } from '../../world/wait';
import { startBulkServer, type BulkServer } from './bulk';
import { connections, engineFor, failures, isUp, keyFile, secret } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });

let mail: BulkServer;
beforeAll(async () => {
  mail = await keepForFile(startBulkServer());
});

async function keyAccount(
  engine: TestEngine,
  sshd: Sshd,
  key = locked,
  more: Partial<Account> = {},
): Promise<Account> {
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  return accountFor(sshd, [forward], { signIn: await keyFile(engine, key), ...more });
}

describe('a person', () => {
  it('is never asked by an attempt that no person started', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const engine = await engineFor({ answers: secretly(PASSPHRASE) });
    const wanted = await keyAccount(engine, sshd);
    engine.host.setAccount(wanted, 'background');
    expect(await engine.trouble()).toMatchObject({ kind: 'answer-needed', what: 'host-key' });
    engine.host.setAccount({ ...wanted, wanted: false }, 'background');
    await engine.when((s) => s.kind === 'off', 'off');
    // With the host key known, it gets as far as the passphrase.
    await engine.folder.write('known_hosts', sshd.knownHosts());
    engine.host.setAccount(wanted, 'background');
    expect(await engine.trouble()).toMatchObject({ kind: 'answer-needed', what: 'passphrase' });
    expect(engine.prompts).toEqual([]);
    expect([connections(sshd), failures(sshd)]).toEqual([2, 0]);
    // A person who comes along may be asked.
    engine.host.tryNow('a');
    await engine.when(isUp, 'in');
  });

  it('may be slower than the server waits', async () => {
    // Opening the key takes longer than the new connection, which must wait for it and not ask again.
    const slow = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE, rounds: 100 });
    const sshd = await keep(startSshd({ authorizedKeys: [slow], config: { LoginGraceTime: 1 } }));
    const relay = await keep(startTcpRelay(sshd));
    const engine = await engineFor({ answers: () => null });
    const wanted = await keyAccount(engine, sshd, slow, { sshPort: relay.port });
    engine.host.setAccount(wanted, 'person');
    const answers = { 'host-key': { kind: 'trust' }, passphrase: secret(PASSPHRASE) } as const;
    for (const kind of ['host-key', 'passphrase'] as const) {
      const [id, request] = await engine.question();
      expect(request.kind).toBe(kind);
      await until('the server has given up', () => relay.lines() === 0);
      engine.host.answer(id, answers[kind]);
      await until('the question is closed', () => !engine.open.has(id));
    }
    await engine.when(isUp, 'in');
    expect(engine.prompts).toHaveLength(2);
    expect(connections(sshd)).toBe(3);
  });

  it.skipIf(!passwordSignIn().available)('may be slow with a password too', async () => {
    const authentication = 'keyboard-interactive';
    const sshd = await keep(startSshd({ authentication, config: { LoginGraceTime: 1 } }));
    const relay = await keep(startTcpRelay(sshd));
    const slow = (kind: string) => (kind === 'host-key' ? ({ kind: 'trust' } as const) : null);
    const engine = await engineFor({ answers: ({ kind }) => slow(kind) }, sshd.password);
    const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
    const at = { ...sshd, port: relay.port };
    engine.host.setAccount(accountFor(at, [forward], { signIn: { kind: 'password' } }), 'person');
    const [id] = await engine.question();
    await until('the server has given up', () => relay.lines() === 0);
    engine.host.answer(id, secret(sshd.password));
    await engine.when(isUp, 'in');
    expect(engine.prompts.map((request) => request.kind)).toEqual(['host-key', 'password']);
  });

  it.skipIf(!passwordSignIn().available)(
    'who trusts a server and mistypes the password is not asked about the server again',
    async () => {
      const sshd = await keep(startSshd({ authentication: 'password' }));
      const engine = await engineFor({ answers: secretly('mistyped') }, 'mistyped', sshd.password);
      const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
      const wanted = accountFor(sshd, [forward], { signIn: { kind: 'password' } });
      engine.host.setAccount(wanted, 'person');
      expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused' });
      engine.answerWith(secretly(sshd.password));
      engine.host.tryNow('a');
      await engine.when(isUp, 'in');
      const kinds = engine.prompts.map((request) => request.kind);
      expect(kinds).toEqual(['host-key', 'password', 'password', 'password', 'password']);
    },
  );

  it('may cancel, which is the end of the attempt', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const engine = await engineFor({ answers: trusting });
    const wanted = await keyAccount(engine, sshd);
    engine.host.setAccount(wanted, 'person');
    expect(await engine.trouble()).toEqual({ kind: 'cancelled-by-person', what: 'passphrase' });
    engine.answerWith(secretly(PASSPHRASE));
    engine.host.tryNow('a');
    await engine.when(isUp, 'in at the second try');
  });

  it('takes the question away by switching off', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [locked] }));
    const engine = await engineFor({
      answers: (request) => (request.kind === 'host-key' ? { kind: 'trust' } : null),
    });
    const wanted = await keyAccount(engine, sshd);
    engine.host.setAccount(wanted, 'person');
    const [id] = await engine.question();
    await engine.when((s) => s.kind === 'waiting-for-user', 'waiting');
    engine.host.setAccount({ ...wanted, wanted: false }, 'person');
    await engine.when((s) => s.kind === 'off', 'off');
    await until('the question is gone', () => engine.open.size === 0);
    // An answer that comes too late belongs to nobody.
    engine.host.answer(id, { kind: 'secret', secret: PASSPHRASE });
    await sshd.waitForLog(/Connection (closed|reset) by/);
    engine.answerWith(secretly(PASSPHRASE));
    engine.host.setAccount(wanted, 'person');
    await engine.when(isUp, 'on again');
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { SignIn } from '../../../electron/shared/account';
import { accountFor, forwardTo, trusting, type TestEngine } from '../../support/engine';
import { startDovecot, type Dovecot } from '../../world/dovecot';
import { startSshAgent } from '../../world/ssh-agent';
import { startPastServer } from '../../world/past-server';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd, type Sshd, type SshdOptions } from '../../world/sshd';
import { connections, engineFor, failures, greetingOf, isUp } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'rsa-2048', name: 'old' });

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await keepForFile(startDovecot({ tls: false }));
});

/** It tells of rsa-sha2 whatever it is set to, as no server of the past does; so it must take that from a key. */
const old = (config: SshdOptions['config'] = {}): Promise<Sshd> =>
  keep(
    startSshd({
      oldAlgorithms: true,
      authorizedKeys: [key],
      config: { PubkeyAcceptedAlgorithms: 'ssh-rsa,rsa-sha2-512', ...config },
    }),
  );

const ANY_AGENT: SignIn = { kind: 'agent', socket: null, key: null };

async function account(
  sshd: Pick<Sshd, 'host' | 'port' | 'user'>,
  engine: TestEngine,
  oldServer: boolean,
  signIn?: SignIn,
) {
  const path = await writeKey(engine.folder, key, 'id_rsa');
  const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
  return accountFor(sshd, [forward], {
    signIn: signIn ?? { kind: 'key-file', path },
    oldServer,
  });
}

describe('a server of the past', () => {
  it('is refused with a word of the switch, and let in by the switch', async () => {
    const sshd = await old();
    const engine = await engineFor({ answers: trusting });
    const wanted = await account(sshd, engine, false);
    engine.host.setAccount(wanted, 'person');
    expect(await engine.trouble()).toMatchObject({
      kind: 'no-common-algorithm',
      oldServerHelps: true,
    });
    expect([engine.prompts, connections(sshd)]).toEqual([[], 1]);

    engine.host.setAccount({ ...wanted, oldServer: true }, 'person');
    await engine.when(isUp, 'in');
    expect(await greetingOf(wanted)).toMatch(/^\+OK /);
    expect(engine.session()).toMatchObject({
      keyExchange: 'diffie-hellman-group14-sha1',
      hostKeyAlgorithm: 'ssh-rsa',
      cipher: 'aes128-cbc',
      signedInBy: 'key',
    });
    expect(failures(sshd)).toBe(0);
    // The key is known now, under the same name as with a better signature.
    await sshd.restart();
    await engine.when((s) => s.kind !== 'connected', 'the line is lost');
    await engine.when(isUp, 'in again');
    expect(engine.prompts.map((request) => request.kind)).toEqual(['host-key']);
  });

  it('takes the signature of an agent', async () => {
    const agent = await keep(startSshAgent());
    await agent.add(key);
    const sshd = await old();
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    engine.host.setAccount(await account(sshd, engine, true, ANY_AGENT), 'person');
    await engine.when(isUp, 'in');
    expect(engine.session()).toMatchObject({ signedInBy: 'agent' });
  });

  it.each(['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group-exchange-sha256'])(
    'with nothing but %s is let in, too',
    async (KexAlgorithms) => {
      const sshd = await old({ KexAlgorithms });
      const engine = await engineFor({ settings: { waits: { verify: 60_000 } } });
      engine.host.setAccount(await account(sshd, engine, true), 'person');
      await engine.when(isUp, 'in');
      expect(engine.session()).toMatchObject({ keyExchange: KexAlgorithms });
    },
  );

  it('that is older still is told of as such', async () => {
    const sshd = await old({ Ciphers: '3des-cbc' });
    const engine = await engineFor();
    engine.host.setAccount(await account(sshd, engine, true), 'person');
    expect(await engine.trouble()).toMatchObject({
      ...{ kind: 'no-common-algorithm', what: 'C->S cipher', offers: ['3des-cbc'] },
      oldServerHelps: false,
    });
  });
});

describe('a server with nothing that Mailmole can use, such as TinySSH', () => {
  it.each([
    ['C->S cipher', 'Ciphers', 'chacha20-poly1305@openssh.com'],
    ['key exchange algorithm', 'KexAlgorithms', 'sntrup761x25519-sha512@openssh.com'],
  ])('is told of with all it offers, and with no setting: %s', async (what, keyword, name) => {
    const sshd = await keep(startSshd({ authorizedKeys: [key], config: { [keyword]: name } }));
    const engine = await engineFor();
    engine.host.setAccount(await account(sshd, engine, false), 'person');
    const expected = { what, offers: [name], oldServerHelps: false };
    expect(await engine.trouble()).toMatchObject({ kind: 'no-common-algorithm', ...expected });
  });
});

describe.each(['silent', 'telling'] as const)(
  'a server that takes SHA-1 signatures only, and is %s of it',
  (manner) => {
    it.each(['key', 'agent'] as const)(
      'is given none, until its account says that it is old (%s)',
      async (by) => {
        const past = await keep(startPastServer(key, key, manner));
        const agent = await keep(startSshAgent());
        await agent.add(key);
        const engine = await engineFor({ settings: { agentSocket: agent.socket } });
        const signIn = by === 'key' ? undefined : ANY_AGENT;
        const wanted = await account(past, engine, false, signIn);
        engine.host.setAccount(wanted, 'person');
        expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused' });
        engine.host.setAccount({ ...wanted, oldServer: true }, 'person');
        await engine.when(isUp, 'in');
        expect(await greetingOf(wanted)).toMatch(/^\+OK /);
        expect(engine.session()).toMatchObject({ signedInBy: by, strictKeyExchange: false });
      },
    );
  },
);

describe('a server of today', () => {
  it('that takes the better signature of an RSA key only is given that', async () => {
    const config = { PubkeyAcceptedAlgorithms: 'rsa-sha2-512' };
    const sshd = await keep(startSshd({ authorizedKeys: [key], config }));
    const agent = await keep(startSshAgent());
    await agent.add(key);
    const engine = await engineFor({ settings: { agentSocket: agent.socket } });
    const byFile = await account(sshd, engine, false);
    engine.host.setAccount(byFile, 'person');
    await engine.when(isUp, 'in by a file');
    engine.host.setAccount({ ...byFile, signIn: ANY_AGENT }, 'person');
    await engine.when((s) => isUp(s) && engine.session()?.signedInBy === 'agent', 'by an agent');
    expect(failures(sshd)).toBe(0);
  });

  it('is spoken to as well as ever, though the switch is on', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const engine = await engineFor();
    engine.host.setAccount(await account(sshd, engine, true), 'person');
    await engine.when(isUp, 'in');
    expect(engine.session()).toMatchObject({
      keyExchange: 'curve25519-sha256',
      cipher: 'aes128-gcm@openssh.com',
      hostKeyAlgorithm: 'ssh-ed25519',
    });
  });
});

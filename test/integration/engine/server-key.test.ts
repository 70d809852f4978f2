import { stat } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { Secret } from '../../../electron/secrets/secret';
import { accountFor, forwardTo, type Answerer } from '../../support/engine';
import { startDovecot, type Dovecot } from '../../world/dovecot';
import { makeKey, PASSPHRASE, writeKey } from '../../world/ssh-keys';
import type { Sshd } from '../../world/sshd';
import { startHome, wayIn } from './key-world';
import { engineFor, greetingOf, isUp } from './support';
import { keepForFile, tidyUp } from './tidy';

tidyUp();

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await keepForFile(startDovecot({ tls: false }));
});

/** The person knows the server's password and the new key's passphrase. */
const knowing =
  (sshd: Sshd): Answerer =>
  (request) => {
    if (request.kind === 'host-key') return { kind: 'trust' };
    return { kind: 'secret', secret: request.kind === 'passphrase' ? PASSPHRASE : sshd.password };
  };

it('a key is made, installed and used from then on, by commands to the tunnel host', async () => {
  const { sshd } = await startHome('sftp');
  const engine = await engineFor({ answers: knowing(sshd) }, sshd.password);
  const signIn = await wayIn(engine.folder);
  const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
  const account = accountFor(sshd, [forward], { signIn });

  const path = engine.folder.file('keys', 'mail');
  const made = await engine.host.makeKey(path, new Secret(PASSPHRASE), 'mail@laptop');
  expect(made).toMatchObject({ ok: true, value: { path } });
  expect(await engine.host.makeKey(path, null, '')).toMatchObject({
    ok: false,
    error: { kind: 'key-not-made', why: 'exists' },
  });

  const first = await engine.host.installKey(account, path);
  expect(first).toMatchObject({ ok: true, value: { how: 'added', over: 'sftp' } });
  const second = await engine.host.installKey(account, path);
  expect(second).toMatchObject({ ok: true, value: { how: 'already' } });

  const withKey = { ...account, signIn: { kind: 'key-file', path } as const };
  engine.host.setAccount(withKey, 'person');
  await engine.when(isUp, 'the key carries mail');
  expect(engine.session()?.signedInBy).toBe('key');
  expect(await greetingOf(withKey)).toMatch(/^\+OK/);
  // The key is open since the first proof, and the ring keeps it.
  expect(engine.prompts.filter(({ kind }) => kind === 'passphrase')).toHaveLength(1);
});

it('an installation ends with the person’s patience, and with the tunnel host', async () => {
  const { sshd, home } = await startHome('sftp');
  const engine = await engineFor({ answers: () => null }, sshd.password);
  const key = await makeKey({ type: 'ed25519', name: 'fresh' });
  const path = await writeKey(engine.folder, key, 'fresh');
  const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
  const account = accountFor(sshd, [forward], { signIn: { kind: 'password' } });

  const abort = new AbortController();
  const taken = engine.host.installKey(account, path, abort.signal);
  await engine.question();
  abort.abort();
  expect(await taken).toMatchObject({ ok: false, error: { kind: 'connection-lost' } });
  expect(engine.open.size).toBe(0);

  const crashed = engine.host.installKey(account, path);
  await engine.question();
  engine.crash();
  expect(await crashed).toMatchObject({ ok: false, error: { kind: 'engine-stopped' } });
  await expect(stat(home.file('.ssh'))).rejects.toThrow('ENOENT');
});

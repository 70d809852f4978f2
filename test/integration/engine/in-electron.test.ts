import { expect, it } from 'vitest';
import { electronExecutable } from '../../support/app';
import { accountFor, forwardTo, secretly } from '../../support/engine';
import { makeKey, PASSPHRASE, type KeyRequest } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { exchange, startBulkServer } from './bulk';
import { engineFor, isUp, keyFile, portOf } from './support';
import { keep, tidyUp } from './tidy';

tidyUp();

interface Row {
  readonly kex: string;
  readonly cipher: string;
  /** The ciphers with GCM have none. */
  readonly mac?: string;
  readonly host: KeyRequest['type'];
  readonly key: KeyRequest;
  readonly old?: boolean;
}

/** Every key exchange, cipher, code, host key and form of key that is offered or read, each at least once. */
const MATRIX: readonly Row[] = [
  {
    kex: 'curve25519-sha256',
    cipher: 'aes128-gcm@openssh.com',
    host: 'ed25519',
    key: { type: 'ed25519', passphrase: PASSPHRASE },
  },
  {
    kex: 'curve25519-sha256@libssh.org',
    cipher: 'aes256-gcm@openssh.com',
    host: 'ecdsa-256',
    key: { type: 'ecdsa-256', form: 'pkcs8', passphrase: PASSPHRASE },
  },
  {
    kex: 'ecdh-sha2-nistp256',
    cipher: 'aes128-ctr',
    mac: 'hmac-sha2-256-etm@openssh.com',
    host: 'ecdsa-384',
    key: { type: 'ecdsa-384', form: 'pem' },
  },
  {
    kex: 'ecdh-sha2-nistp384',
    cipher: 'aes192-ctr',
    mac: 'hmac-sha2-512-etm@openssh.com',
    host: 'ecdsa-521',
    key: { type: 'ecdsa-521' },
  },
  {
    kex: 'ecdh-sha2-nistp521',
    cipher: 'aes256-ctr',
    mac: 'hmac-sha2-256',
    host: 'rsa-2048',
    key: { type: 'rsa-2048', form: 'pem', passphrase: PASSPHRASE },
  },
  {
    kex: 'diffie-hellman-group14-sha256',
    cipher: 'aes256-ctr',
    mac: 'hmac-sha2-512',
    host: 'ed25519',
    key: { type: 'rsa-3072', form: 'pkcs8' },
  },
  {
    kex: 'diffie-hellman-group14-sha1',
    cipher: 'aes256-cbc',
    mac: 'hmac-sha1',
    host: 'rsa-2048',
    key: { type: 'rsa-2048' },
    old: true,
  },
];

it('in Electron everything is agreed on that is in Node', async () => {
  const electron = await electronExecutable();
  const mail = await keep(startBulkServer());
  const engine = await engineFor({ electron, answers: secretly(PASSPHRASE) });
  for (const [index, row] of MATRIX.entries()) {
    const { kex, cipher, mac = 'hmac-sha2-256', old = false } = row;
    const key = await makeKey(row.key);
    const sshd = await keep(
      startSshd({
        authorizedKeys: [key],
        hostKeys: [await makeKey({ type: row.host, name: 'host' })],
        oldAlgorithms: old,
        config: {
          KexAlgorithms: kex,
          Ciphers: cipher,
          MACs: mac,
          // This server names SHA-512 whatever it is set to.
          ...(old ? { PubkeyAcceptedAlgorithms: 'ssh-rsa,rsa-sha2-512' } : {}),
        },
      }),
    );
    const id = `row-${index}`;
    const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
    const signIn = await keyFile(engine, key);
    const account = accountFor(sshd, [forward], { id, signIn, oldServer: old });
    engine.host.setAccount(account, 'person');
    await engine.when(isUp, `${kex} with ${cipher}`, id);
    const agreed = { keyExchange: kex, cipher, signedInBy: 'key' };
    expect(engine.session(id)).toMatchObject(agreed);
    const size = 256 * 1024;
    expect(await exchange(portOf(account), size, size)).toEqual({
      upWhole: true,
      downWhole: true,
    });
  }
});

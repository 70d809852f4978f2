import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Forward } from '../../../electron/shared/account';
import { accountFor, forwardTo, startEngine } from '../../support/engine';
import { needProgram } from '../../world/child';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { isRoot, testAccount } from '../../world/test-account';
import { until } from '../../world/wait';
import { exchange, startBulkServer } from './bulk';
import { connections, portOf } from './support';
import { keep, tidyUp } from './tidy';

tidyUp();

const run = promisify(execFile);
const key = await makeKey({ type: 'ed25519' });
const canTell = process.platform === 'linux';

/** What another user of this computer gets to read on a local port. */
async function heardByAnother(host: string, port: number): Promise<string> {
  const { uid, gid } = await testAccount();
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const talk = `exec 3<>/dev/tcp/${host}/${port}; printf 'USER me\\r\\n' >&3; cat <&3`;
  const { stdout } = await run(needProgram('setpriv', 'util-linux'), [...ids, 'bash', '-c', talk]);
  return stdout;
}

/** A mailbox that rests until a mail program comes. */
async function resting(protocol: Forward['protocol'] = 'pop3') {
  const sshd = await keep(startSshd({ authorizedKeys: [key] }));
  const mail = await keep(startBulkServer());
  const engine = await keep(startEngine());
  await engine.folder.write('known_hosts', sshd.knownHosts());
  const path = await writeKey(engine.folder, key, 'id');
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port }, protocol);
  const signIn = { kind: 'key-file', path } as const;
  const account = accountFor(sshd, [forward], { signIn, mode: 'on-demand' });
  engine.host.setAccount(account, 'background');
  await engine.when((state) => state.kind === 'ready', 'resting');
  return { sshd, mail, engine, port: portOf(account) };
}

describe('a forward', () => {
  it.runIf(canTell && isRoot())('is closed to other users, who do not even dial', async () => {
    const { sshd, mail, engine, port } = await resting();
    const words = '-ERR [SYS/TEMP] Mailmole: only the user who runs Mailmole may use this port\r\n';
    for (const host of ['127.0.0.1', '::1']) expect(await heardByAnother(host, port)).toBe(words);
    await until('it is in the log', () => engine.log.join('\n').includes('refused connections'));
    expect(connections(sshd)).toBe(0);
    expect(engine.states().map((state) => state.kind)).not.toContain('retrying');
    expect(engine.state()).toMatchObject({ kind: 'ready' });
    expect(engine.traffic().totalConnections).toBe(0);
    // The same user dials, and is served.
    expect(await exchange(port, 1000, 1000)).toEqual({ upWhole: true, downWhole: true });
    expect(connections(sshd)).toBe(1);
    // Another user stays out while the tunnel is up, too.
    expect(await heardByAnother('127.0.0.1', port)).toBe(words);
    await until('nothing is open there', () => mail.open() === 0);
    await until('nothing is open here', () => engine.traffic().openConnections === 0);
    expect(engine.traffic().totalConnections).toBe(1);
  });

  it.runIf(canTell && isRoot())('resets other users where they expect TLS', async () => {
    const { sshd, port } = await resting('imaps');
    await expect(heardByAnother('127.0.0.1', port)).rejects.toThrow(/reset by peer/);
    expect(connections(sshd)).toBe(0);
  });

  it('takes five hundred connections of the same user at once', async () => {
    const { engine, port } = await resting();
    const all = Array.from({ length: 500 }, () => exchange(port, 100, 100));
    for (const one of await Promise.all(all))
      expect(one).toEqual({ upWhole: true, downWhole: true });
    await until('all are counted', () => engine.traffic().totalConnections === 500);
  });
});

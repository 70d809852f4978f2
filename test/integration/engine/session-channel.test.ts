import { rm, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../../electron/shared/account';
import { isProven } from '../../../electron/shared/tunnel-state';
import { restrictions } from '../../../electron/tunnel/authorized-keys';
import { installKey } from '../../../electron/tunnel/key-installer';
import { accountFor, forwardTo, type TestEngine } from '../../support/engine';
import { startDropbear } from '../../world/dropbear';
import { startPastServer } from '../../world/past-server';
import type { ServerHandle } from '../../world/server';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd, type SshdOptions } from '../../world/sshd';
import { until } from '../../world/wait';
import { makeWorldFolder } from '../../world/world-folder';
import { exchange, startBulkServer, type BulkServer } from './bulk';
import { makeOwner, startHome } from './key-world';
import { count, engineFor, greetingOf, keyFile, portOf } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519', name: 'right' });
const rsa = await makeKey({ type: 'rsa-2048', name: 'right' });
const MB = 1024 * 1024;
/** What sshd says when it is asked for a session channel, and when it runs something. */
const ASKED = /server_input_channel_open: ctype session/g;
const RUN = /^Starting session: (forced-command|command)/gm;
/** What it says when it will hold back no small packet any more; of the mail server's socket it says so before that. */
const PROMPT = /Starting session: [^]*setting TCP_NODELAY/;

let mail: BulkServer;
beforeAll(async () => {
  mail = await keepForFile(startBulkServer());
});

interface Server extends ServerHandle {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

interface Setting {
  readonly engine: TestEngine;
  readonly account: Account;
}

/** An account at a server that is up and proven. */
async function provenAt(server: Server, more: Partial<Account> = {}): Promise<Setting> {
  const engine = await engineFor();
  const signIn = await keyFile(engine, more.oldServer === true ? rsa : key);
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  const account = accountFor(server, [forward], { signIn, sessionChannel: true, ...more });
  engine.host.setAccount(account, 'person');
  await engine.when(isProven, 'proven');
  return { engine, account };
}

const sshdFor = (options: SshdOptions = {}) =>
  keep(
    startSshd({
      authorizedKeys: [key],
      access: 'shell',
      ...options,
      config: { LogLevel: 'DEBUG3', ...options.config },
    }),
  );

/** Mail goes both ways, whatever became of the session. */
async function mailFlows({ account }: Setting): Promise<void> {
  expect(await greetingOf(account)).toBe('+OK bulk');
  expect(await exchange(portOf(account), MB, MB)).toEqual({ upWhole: true, downWhole: true });
}

/** Off and on again: the next connection. */
async function reconnect({ engine, account }: Setting): Promise<void> {
  engine.host.setAccount({ ...account, wanted: false }, 'person');
  await engine.when((state) => state.kind === 'off', 'off');
  engine.host.setAccount(account, 'person');
  await engine.when(isProven, 'proven again');
}

const told = ({ engine }: Setting) => engine.log.filter((line) => line.includes('session channel'));

describe('a mailbox whose server may be asked for a session channel', () => {
  it('has it run one command a connection, after the greeting; from then on it holds nothing back', async () => {
    const sshd = await sshdFor();
    const setting = await provenAt(sshd);
    await until('nothing is held back', () => PROMPT.test(sshd.log()), {
      detail: () => sshd.log(),
    });
    await mailFlows(setting);
    expect([count(sshd.log(), ASKED), count(sshd.log(), RUN)]).toEqual([1, 1]);
    expect(sshd.log().search(ASKED)).toBeGreaterThan(sshd.log().indexOf('ctype direct-tcpip'));
    setting.engine.host.check('a', 'person');
    await reconnect(setting);
    await until('the next command', () => count(sshd.log(), RUN) === 2);
    expect(told(setting)).toEqual([]);
    expect(setting.engine.states().map(({ kind }) => kind)).not.toContain('retrying');
  });

  it('asks for none when it is not allowed, or no longer', async () => {
    const sshd = await sshdFor();
    const setting = await provenAt(sshd, { sessionChannel: false });
    await mailFlows(setting);
    expect(sshd.log()).not.toMatch(/Starting session|ctype session|server_input_channel_req/);
    const allowed = { ...setting.account, sessionChannel: true };
    setting.engine.host.setAccount(allowed, 'person');
    await until('it is asked for', () => count(sshd.log(), RUN) === 1);
    await setting.engine.when(isProven, 'proven');
    setting.engine.host.setAccount(setting.account, 'person');
    await until('a third connection', () => count(sshd.log(), /^Accepted publickey/gm) === 3);
    await setting.engine.when(isProven, 'proven');
    await mailFlows(setting);
    expect(count(sshd.log(), ASKED)).toBe(1);
  });

  it('does not wait for a forced command that goes on and on', async () => {
    const folder = await makeWorldFolder('forced');
    await keep(Promise.resolve({ stop: () => folder.remove() }));
    const running = folder.file('running');
    await writeFile(running, '');
    const command = `yes; while [ -e ${running} ]; do sleep 0.1; done`;
    const sshd = await sshdFor({ authorizedKeys: [`command="${command}" ${key.publicKey}`] });
    const setting = await provenAt(sshd);
    await until('nothing is held back', () => PROMPT.test(sshd.log()), {
      detail: () => sshd.log(),
    });
    await mailFlows(setting);
    setting.engine.host.setAccount({ ...setting.account, wanted: false }, 'person');
    await setting.engine.when((state) => state.kind === 'off', 'off');
    expect([count(sshd.log(), RUN), told(setting)]).toEqual([1, []]);
    await rm(running);
  });

  it('has no more of it by a key of its own than the command that stands for all', async () => {
    const probe = await sshdFor();
    const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
    const options = restrictions([forward], 'OpenSSH_9.2p1');
    await probe.authorize([`${options} ${key.publicKey}`]);
    const setting = await provenAt(probe, { forwards: [forward] });
    await until('nothing is held back', () => PROMPT.test(probe.log()), {
      detail: () => probe.log(),
    });
    await mailFlows(setting);
    expect(probe.log()).toMatch(/Starting session: forced-command \(key-option\) 'false'/);
  });

  it('is refused once, and carries mail without', async () => {
    const sshd = await sshdFor({ access: 'no-sessions' });
    const setting = await provenAt(sshd);
    await until('it is refused', () => told(setting).length === 1);
    await mailFlows(setting);
    for (let i = 0; i < 2; i++) await reconnect(setting);
    await mailFlows(setting);
    expect(count(sshd.log(), ASKED)).toBe(1);
    expect(told(setting)).toEqual([expect.stringMatching(/^debug: no session channel: /)]);
    expect(setting.engine.states().map(({ kind }) => kind)).not.toContain('retrying');
  });

  it.each<[string, () => Promise<Server>, boolean]>([
    ['Dropbear', () => startDropbear([key]), false],
    ['Dropbear with a forced command', () => startDropbear([key], '/bin/false'), false],
    ['Paramiko without sessions', () => startPastServer(rsa, rsa, 'telling'), true],
  ])('carries mail by %s', async (_name, start, refuses) => {
    const setting = await provenAt(await keep(start()), { oldServer: refuses });
    if (refuses) await until('it is refused', () => told(setting).length === 1);
    await mailFlows(setting);
    await reconnect(setting);
    await mailFlows(setting);
    expect(told(setting)).toHaveLength(refuses ? 1 : 0);
    expect(setting.engine.states().map(({ kind }) => kind)).not.toContain('retrying');
  });
});

it('the installation of a key asks for no more sessions than without', async () => {
  const server = await startHome('sftp', { config: { LogLevel: 'DEBUG1' } });
  const owner = await makeOwner(server.sshd);
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  const account = { ...owner.account(server.sshd, [forward]), sessionChannel: true };
  const keyPath = await writeKey(owner.folder, key, 'fresh');
  const signal = new AbortController().signal;
  const { how, greeting } = await installKey({ account, keyPath }, owner.deps, signal);
  expect([how, greeting]).toEqual(['added', '+OK bulk']);
  // One for SFTP; the connection that proves the key has none.
  expect(count(server.sshd.log(), ASKED)).toBe(1);
});

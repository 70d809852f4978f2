import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { wayToAsk } from '../../../electron/asking/ask-way';
import type { Account } from '../../../electron/shared/account';
import { DEFAULT_CONNECTION } from '../../../electron/shared/account';
import type { AppFolder } from '../../support/app';
import { accountFor, forwardTo } from '../../support/engine';
import {
  environmentOf,
  folderWith,
  startHeadless,
  type TestHeadless,
} from '../../support/headless';
import { runCommand } from '../../support/control';
import { giveKey, makeKnown } from '../../support/mail-world';
import { startDovecot, type Dovecot } from '../../world/dovecot';
import { endFamily, processesWith, type ProcessRef } from '../../world/processes';
import { makeKey } from '../../world/ssh-keys';
import { startSshd, type Sshd } from '../../world/sshd';
import { connect } from '../../world/talk';
import { connections } from '../engine/support';
import { keep, keepForFile, tidyUp } from '../engine/tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
const nothing = (): void => undefined;

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await keepForFile(startDovecot({ tls: false }));
});

async function mailbox(sshd: Sshd, more: Partial<Account> = {}): Promise<Account> {
  return accountFor(sshd, [await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 })], more);
}

async function person(...accounts: Account[]): Promise<AppFolder> {
  const folder = await folderWith(...accounts);
  await keep(Promise.resolve({ stop: () => folder.world.remove() }));
  await giveKey(folder, key);
  return folder;
}

async function start(folder: AppFolder, ...args: string[]): Promise<TestHeadless> {
  const options = args.length === 0 ? {} : { args };
  const headless = startHeadless(folder, options);
  await keep(Promise.resolve({ stop: () => headless.stop().then(nothing, nothing) }));
  return headless;
}

/** Every Mailmole that has this person's profile, whoever started it; its engine, in a process of its own, not counted. */
function servingIn({ data }: AppFolder): ProcessRef[] {
  return processesWith(
    (words) => words.some((word) => word.endsWith('headless.js')) && words.join(' ').includes(data),
  );
}

describe('one program for one profile', () => {
  it('lets no second one in, and a fresh one after a crash', async () => {
    const folder = await person();
    const first = await (await start(folder)).ready();
    const second = await start(folder);
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain('Another Mailmole runs with this folder of data');
    await first.stop('SIGKILL').catch(nothing);
    const third = await (await start(folder)).ready();
    expect(await third.stop()).toBe(0);
  });

  it('lets one of several in that start at the same moment', async () => {
    const folder = await person();
    const all = await Promise.all([1, 2, 3].map(() => start(folder)));
    const codes = all.map(({ ended }) =>
      ended.then(
        (code) => code,
        () => 'killed',
      ),
    );
    const [firstToEnd] = await Promise.all([Promise.race(codes), all[0]?.ready()]);
    expect(firstToEnd).toBe(1);
    const others = () => all.filter(({ said }) => said().includes('Another Mailmole runs'));
    await expect.poll(() => others().length, { timeout: 20_000 }).toBe(2);
    const [winner] = all.filter((each) => !others().includes(each));
    expect(await winner?.stop()).toBe(0);
  });

  it('is the one that a command talks to which is called in the same moment', async () => {
    const folder = await person();
    const env = environmentOf(folder);
    const headless = await start(folder);
    // Each finds none running, or one that only just begins, and may start another.
    const list = () => runCommand(['--profile', folder.data, 'list'], { env });
    const ran = await Promise.all([list(), list(), list()]);
    await keep(Promise.resolve({ stop: () => endFamily(() => servingIn(folder), 10_000) }));
    const none = { code: 0, out: '', err: expect.stringContaining('no mailbox') as string };
    expect(ran).toEqual([none, none, none]);
    await expect.poll(() => servingIn(folder).length, { timeout: 20_000 }).toBe(1);
    await headless.ready();
    expect(servingIn(folder)).toHaveLength(1);
  });

  it.each([
    [['--headless', '--hidden'], 2, '--hidden is no option of “mailmole --headless”.'],
    [['--headless', '--profile'], 2, 'Name a folder after “--profile”.'],
    [['--profile', '/dev/null/nowhere'], 1, 'ENOTDIR'],
  ])('%o ends with %d and one sentence', async (args, code, text) => {
    const headless = await start(await person(), ...args);
    expect(await headless.ended).toBe(code);
    expect(headless.said()).toContain(text);
    expect(headless.said().trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('every setting counts without a window', () => {
  it('a known-hosts file of its own, an old server, on demand', async () => {
    const config = { PubkeyAcceptedAlgorithms: 'ssh-rsa,rsa-sha2-512' };
    const rsa = await makeKey({ type: 'rsa-2048' });
    const sshd = await keep(startSshd({ authorizedKeys: [rsa], oldAlgorithms: true, config }));
    const folder = await person();
    const knownHostsFile = await folder.world.write('its_known_hosts', sshd.knownHosts());
    const path = await folder.world.write('rsa', rsa.privateKey);
    const headless = await (await start(folder)).ready();
    const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
    const { protocol, localPort, mailHost, mailPort } = forward;
    const box = {
      name: 'Work',
      ...{ sshHost: sshd.host, sshPort: sshd.port, sshUser: sshd.user },
      signIn: { kind: 'key-file', path },
      forwards: [{ protocol, localPort, mailHost, mailPort }],
      mode: 'on-demand',
      oldServer: true,
      connection: { ...DEFAULT_CONNECTION, knownHostsFile, keepaliveSeconds: 1 },
    };
    await headless.ask('add', { mailboxes: [box], on: true, ask: false });
    await headless.when('ready');
    expect(connections(sshd)).toBe(0);
    const talk = await keep(connect(localPort));
    expect(await talk.line()).toBe('+OK Dovecot ready.');
    const status = await headless.when('connected');
    expect(status.session).toMatchObject({ hostKeyAlgorithm: 'ssh-rsa' });
    const listed = await headless.ask('list', { names: [] });
    expect(listed.mailboxes).toMatchObject([{ connection: box.connection, oldServer: true }]);
  });

  it('a manual one stays off after a start, one that is always on does not', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const folder = await person(
      await mailbox(sshd),
      await mailbox(sshd, { id: 'b', name: 'Home', mode: 'manual' }),
    );
    await makeKnown(folder, sshd.knownHosts());
    const headless = await (await start(folder)).ready();
    await headless.when('connected');
    await headless.when('off', 'Home');
    expect(await headless.stop()).toBe(0);
    const file = path.join(folder.data, 'accounts.json');
    const kept = JSON.parse(await readFile(file, 'utf8')) as { accounts: Account[] };
    expect(kept.accounts.map(({ name, wanted }) => [name, wanted])).toEqual([
      ['Work', true],
      ['Home', false],
    ]);
  });
});

describe('the rules for SSH_ASKPASS without a terminal', () => {
  it('are those of the real ssh', async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const folder = await person();
    const program = await folder.world.write('askpass', `#!/bin/sh\necho yes\n`, 0o700);
    const theirs = async (env: NodeJS.ProcessEnv): Promise<boolean> => {
      const target = `${sshd.user}@${sshd.host}`;
      const options = [`UserKnownHostsFile=/dev/null`, 'GlobalKnownHostsFile=/dev/null'];
      const flags = [...options, `IdentityFile=${folder.home}/.ssh/id_ed25519`];
      const args = [
        '-F',
        'none',
        '-v',
        '-p',
        String(sshd.port),
        ...flags.flatMap((f) => ['-o', f]),
      ];
      const ran = promisify(execFile)('setsid', ['--wait', 'ssh', ...args, target], {
        env: { ...environmentOf(folder), ...env },
      });
      const { stderr } = await ran.catch((error: unknown) => error as { stderr: string });
      // The program is the only one that could have said yes to the host key.
      return stderr.includes('Authenticated to');
    };
    for (const display of ['', ':9'])
      for (const required of ['', 'never', 'prefer', 'force', 'FORCE', 'perhaps']) {
        const env = { DISPLAY: display, SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: required };
        const ours = wayToAsk({ env, hasTerminal: false, usualAskpass: null }).kind === 'askpass';
        expect([display, required, ours]).toEqual([display, required, await theirs(env)]);
      }
  });
});

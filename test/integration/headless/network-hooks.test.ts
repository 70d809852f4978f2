import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith, startHeadless, type TestHeadless } from '../../support/headless';
import type { AppFolder } from '../../support/app';
import { findProgram } from '../../world/child';
import { leftBehind } from '../../world/left-behind';
import { isRoot } from '../../world/test-account';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { keep, keepForFile, tidyUp } from '../engine/tidy';

tidyUp();

const run = promisify(execFile);
const HOOKS = path.resolve('build/linux');
const hook = (name: string): string => path.join(HOOKS, name);
const RUN_TIME = ['run', '1000'];

let world: WorldFolder;
let command: string;
beforeAll(async () => {
  world = await makeWorldFolder('hooks');
  await keepForFile(Promise.resolve({ stop: () => world.remove() }));
  await mkdir(world.file('tmp'));
  await mkdir(world.file(...RUN_TIME), { recursive: true });
  await chmod(world.file(...RUN_TIME), 0o700);
  const cli = path.resolve('out/cli/cli.cjs');
  command = await world.write(
    'mailmole',
    `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`,
    0o755,
  );
});

const nothing = (): void => undefined;

/** A Mailmole without mailboxes, in the run-time folder that the hooks look into. */
async function started(): Promise<{ headless: TestHeadless; folder: AppFolder }> {
  const folder = await folderWith();
  await keep(Promise.resolve({ stop: () => folder.world.remove() }));
  const env = { XDG_RUNTIME_DIR: world.file(...RUN_TIME) };
  const headless = startHeadless(folder, { env });
  await keep(Promise.resolve({ stop: () => headless.stop().then(nothing, nothing) }));
  return { headless: await headless.ready(), folder };
}

/** Calls a hook as the system would; `unplugged` in a network of its own, which has no routes. */
function call(name: string, args: readonly string[], { unplugged = false, env = {} } = {}) {
  const [program, first] = unplugged ? ['unshare', ['--net', hook(name)]] : [hook(name), []];
  return run(program, [...first, ...args], {
    env: {
      PATH: process.env['PATH'],
      MAILMOLE: command,
      MAILMOLE_RUN: world.file('run'),
      TMPDIR: world.file('tmp'),
      ...env,
    },
  });
}

const online = async ({ headless }: { headless: TestHeadless }): Promise<boolean> =>
  (await headless.ask('status', { names: [] })).online;

describe.skipIf(!isRoot())('the hooks for the network, called as the system calls them', () => {
  it('pppd: down and up', async () => {
    const one = await started();
    const other = await started();
    const ppp = ['ppp0', '/dev/ttyS0', '115200', '192.0.2.1', '192.0.2.2', ''];
    await call('ip-down', ppp, { unplugged: true });
    expect([await online(one), await online(other)]).toEqual([false, false]);
    await call('ip-up', ppp);
    expect([await online(one), await online(other)]).toEqual([true, true]);
  });

  it('NetworkManager: by its action, whatever the interface', async () => {
    const one = await started();
    const unplugged = { unplugged: true };
    const story: [string, boolean, object?][] = [
      ['pre-up', true],
      ['down', false],
      ['hostname', false],
      ['connectivity-change', false, { env: { CONNECTIVITY_STATE: 'LIMITED' } }],
      ['connectivity-change', true, { env: { CONNECTIVITY_STATE: 'FULL' } }],
      ['vpn-down', false],
      ['vpn-up', true],
      ['down', false],
      ['dhcp4-change', true],
    ];
    for (const [action, expected, more] of story) {
      await call('nm-dispatcher', ['wlan0', action], { ...unplugged, ...more });
      expect([action, await online(one)]).toEqual([action, expected]);
    }
  });

  it('knows that one network of several is not all of them', async () => {
    const one = await started();
    await call('network-changed', ['down'], { unplugged: true });
    expect(await online(one)).toBe(false);
    const { stdout } = await run('cat', ['/proc/net/route']);
    // On a machine without a network nothing is left either.
    const stillOne = /^\S+\s+00000000\s/mu.test(stdout);
    await call('network-changed', ['down']);
    expect(await online(one)).toBe(stillOne);
  });

  it('passes by what was left by a crash, and where none runs', async () => {
    const { headless } = await started();
    const ended = headless.ended.catch((error: unknown) => String(error));
    await headless.stop('SIGKILL').catch(() => 0);
    expect(await ended).toContain('SIGKILL');
    await until('its helpers have ended with it', () =>
      leftBehind().every((each) => !each.startsWith('process')),
    );
    expect(await call('network-changed', ['up'])).toEqual({ stdout: '', stderr: '' });
  });

  it('says how it is used', async () => {
    await expect(call('network-changed', ['sideways'])).rejects.toMatchObject({
      code: 2,
      stderr: 'network-changed: say up or down\n',
    });
  });
});

describe('what stands in build/linux', () => {
  it.each(['network-changed', 'ip-up', 'ip-down', 'nm-dispatcher'])(
    '%s is sound to the shell, and to shellcheck where there is one',
    async (name) => {
      await run('sh', ['-n', hook(name)]);
      if (findProgram('shellcheck') !== null) await run('shellcheck', [hook(name)]);
    },
  );

  it.skipIf(findProgram('systemd-analyze') === null)('is a unit that systemd reads', async () => {
    // Verifying looks for the program too, which is not installed here.
    const text = await readFile(hook('mailmole.service'), 'utf8');
    expect(text).toContain('ExecStart=/usr/bin/mailmole --headless\n');
    const unit = await world.write('mailmole.service', text.replace('/usr/bin/mailmole', command));
    const env = { PATH: process.env['PATH'], XDG_RUNTIME_DIR: world.file('tmp') };
    const { stderr } = await run('systemd-analyze', ['verify', '--user', '--man=no', unit], {
      env,
    });
    expect(stderr).toBe('');
  });
});

import { execFile } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { needProgram } from './child.ts';
import { makeServer, withFreePorts } from './server.ts';
import type { ServerHandle } from './server.ts';
import type { TestKey } from './ssh-keys.ts';
import { testAccount } from './test-account.ts';
import { until } from './wait.ts';
import { freePort, inWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

/** Dropbear, the SSH server of routers and small computers. */
export interface Dropbear extends ServerHandle {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  /** Replaces the keys that open the account; takes effect with the next sign-in. */
  authorize(keys: readonly TestKey[]): Promise<void>;
}

/**
 * Starts a real Dropbear on a free port of 127.0.0.1, which takes keys only. It looks for them in the account's home
 * and nowhere else, so it is told of a home in its own folder, by a list of accounts of its own (Debian's nss_wrapper).
 *
 * @param forced the command that is run in place of whatever is asked for
 */
export function startDropbear(keys: readonly TestKey[], forced?: string): Promise<Dropbear> {
  return withFreePorts(() => inWorldFolder('dropbear', (folder) => startIn(folder, keys, forced)));
}

async function startIn(
  folder: WorldFolder,
  keys: readonly TestKey[],
  forced: string | undefined,
): Promise<Dropbear> {
  const port = await freePort();
  const { name: user } = await testAccount();
  const hostKey = folder.file('host-key');
  await promisify(execFile)(needProgram('dropbearkey', 'dropbear-bin'), [
    ...['-t', 'ed25519', '-f', hostKey],
  ]);
  const authorize = async (some: readonly TestKey[]) => {
    const lines = some.map((key) => `${key.publicKey}\n`).join('');
    await folder.write('home/.ssh/authorized_keys', lines, 0o644);
  };
  await mkdir(folder.file('home', '.ssh'), { recursive: true });
  for (const part of [['home'], ['home', '.ssh']]) await chmod(folder.file(...part), 0o755);
  await authorize(keys);
  const server = makeServer({
    name: 'dropbear',
    folder,
    command: needProgram('dropbear', 'dropbear-bin'),
    args: [
      ...['-F', '-E', '-s', '-r', hostKey, '-p', `127.0.0.1:${port}`],
      ...['-P', folder.file('pid')],
      ...(forced === undefined ? [] : ['-c', forced]),
    ],
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...(await homeHere(folder)) },
    ready: (child, log) =>
      until('dropbear listens', () => {
        const ending = child.ending();
        if (ending !== null) throw new Error(`${ending}\n${log()}`);
        return log().includes('Not backgrounding');
      }).then(() => undefined),
  });
  await server.start();
  return { ...server, host: '127.0.0.1', port, user, authorize };
}

/** The environment in which the account that people sign in to lives in the folder. */
async function homeHere(folder: WorldFolder): Promise<NodeJS.ProcessEnv> {
  const { name, uid, gid } = await testAccount();
  const me = userInfo();
  const all = new Map([
    [me.username, `${me.username}:x:${me.uid}:${me.gid}::${me.homedir}:/bin/sh\n`],
    [name, `${name}:x:${uid}:${gid}::${folder.file('home')}:/bin/sh\n`],
  ]);
  return {
    LD_PRELOAD: 'libnss_wrapper.so',
    NSS_WRAPPER_PASSWD: await folder.write('accounts', [...all.values()].join(''), 0o644),
    NSS_WRAPPER_GROUP: await folder.write('groups', `${name}:x:${gid}:\n`, 0o644),
  };
}

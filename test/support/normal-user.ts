import { execFile } from 'node:child_process';
import { chown, copyFile, cp, mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { needProgram } from '../world/child.ts';
import { isRoot, testAccount, type TestAccount } from '../world/test-account.ts';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder.ts';
import { builtApp, electronExecutable, makeAppFolder, type LaunchOptions } from './app.ts';

const run = promisify(execFile);

/** A start as a person would start it: not as root, and so with Chromium's sandbox. */
export interface NormalStart {
  readonly options: LaunchOptions;
  readonly uid: number;
  /** Removes what was set up for it. */
  remove(): Promise<void>;
}

/** Why a sandbox cannot be had here, as a sentence; null when it can. */
export async function sandboxObstacle(): Promise<string | null> {
  const account = isRoot() ? await testAccount() : {};
  const probe = run('unshare', ['--user', 'true'], account);
  return probe.then(
    () => null,
    () => 'this system gives normal users no namespaces of their own',
  );
}

/** Sets up a start as a normal user: as the user of the tests, or when that is root, as the test account. */
export async function startAsNormalUser(desktopEnv: NodeJS.ProcessEnv): Promise<NormalStart> {
  const folder = await makeAppFolder();
  const uid = process.getuid?.() ?? 0;
  if (!isRoot()) return { options: { folder }, uid, remove: () => Promise.resolve() };
  const account = await testAccount();
  const stage = await makeWorldFolder('stage');
  await stageApp(stage);
  const setpriv = needProgram('setpriv', 'util-linux');
  const drop = `--reuid=${account.uid} --regid=${account.gid} --clear-groups`;
  const executable = await stage.write(
    'start',
    `#!/bin/sh\nexec ${setpriv} ${drop} -- '${stage.file('electron', 'electron')}' "$@"\n`,
    0o755,
  );
  const env = await ownEnvironment(folder.home, account, desktopEnv);
  await own(folder.home, account);
  await own(folder.data, account);
  return {
    options: { folder, env, runner: { executable, appFolder: stage.path, sandbox: true } },
    uid: account.uid,
    remove: () => stage.remove(),
  };
}

/** Copies the application and its run-time to where everybody may read it: a root user's home is closed to others. */
async function stageApp(stage: WorldFolder): Promise<void> {
  const { appFolder } = await builtApp();
  const runtime = path.dirname(await electronExecutable());
  // Links where the file system allows it: the run-time is large.
  const link = run('cp', ['-al', runtime, stage.file('electron')]);
  await link.catch(() => cp(runtime, stage.file('electron'), { recursive: true }));
  const lock = await readFile(path.join(appFolder, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, Record<string, unknown>> };
  const needed = Object.entries(packages)
    .filter(([name, { dev, optional }]) => name !== '' && dev !== true && optional !== true)
    .map(([name]) => name);
  for (const part of ['package.json', 'out', ...needed]) {
    await cp(path.join(appFolder, part), stage.file(part), { recursive: true });
  }
}

/** What of the desktop another user may use: its screen. The session bus lets nobody else in. */
async function ownEnvironment(
  home: string,
  account: TestAccount,
  { XAUTHORITY }: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const places = ['CONFIG_HOME', 'CACHE_HOME', 'DATA_HOME', 'STATE_HOME', 'RUNTIME_DIR'];
  const folders = places.map((name) => [`XDG_${name}`, path.join(home, name)] as const);
  for (const [, folder] of folders) await mkdir(folder, { mode: 0o700 });
  const authority = path.join(home, 'xauthority');
  if (XAUTHORITY !== undefined) await copyFile(XAUTHORITY, authority);
  return {
    ...Object.fromEntries(folders),
    XAUTHORITY: authority,
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    USER: account.name,
    LOGNAME: account.name,
  };
}

async function own(folder: string, { uid, gid }: TestAccount): Promise<void> {
  await chown(folder, uid, gid);
  for (const name of await readdir(folder, { recursive: true })) {
    await chown(path.join(folder, name), uid, gid);
  }
}

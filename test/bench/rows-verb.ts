import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createPackage } from '@electron/asar';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder.ts';
import { until } from '../world/wait.ts';
import { startOpenSsh } from './carriers.ts';
import { median } from './figures.ts';
import { ended, startTarget } from './place.ts';
import { interleave, measureOf, onStage, type Outcome, type Row } from './rounds.ts';

/** Longest answer of a verb, in milliseconds, as issues and manual promise it. */
const GOAL_MS = 150;

/** How long a command takes from its start to its end, in milliseconds. @throws Error when it fails */
function timeOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  const before = process.hrtime.bigint();
  const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  const ms = Number(process.hrtime.bigint() - before) / 1e6;
  if (status !== 0) throw new Error(`${path.basename(command)} ended with ${status}: ${stderr}`);
  return ms;
}

/** The command as the packages have it: a script, the program, and what we wrote in one archive. Gives the script. */
async function layOut(folder: WorldFolder, electron: string): Promise<string> {
  const resources = folder.file('opt', 'resources');
  await mkdir(path.join(resources, 'bin'), { recursive: true });
  await symlink(electron, folder.file('opt', 'mailmole'));
  const launcher = path.join(resources, 'bin', 'mailmole');
  await cp('build/linux/mailmole.sh', launcher);
  const app = folder.file('app');
  await cp('out', path.join(app, 'out'), { recursive: true });
  await cp('package.json', path.join(app, 'package.json'));
  await createPackage(app, path.join(resources, 'app.asar'));
  return launcher;
}

/** Runs `work` beside a Mailmole without windows that keeps ten mailboxes, none of them switched on. */
async function withMailmole<T>(
  folder: WorldFolder,
  launcher: string,
  work: (env: NodeJS.ProcessEnv, profile: string) => Promise<T>,
): Promise<T> {
  const profile = folder.file('profile');
  const env = { PATH: process.env['PATH'], HOME: folder.path, XDG_RUNTIME_DIR: folder.path };
  const built = path.resolve('out/main/headless.js');
  const child = spawn(process.execPath, [built, '--headless', `--profile=${profile}`], {
    env,
    stdio: 'ignore',
  });
  try {
    const pointer = path.join(profile, 'control-socket');
    await until('Mailmole serves its profile', () => existsSync(pointer), { timeoutMs: 60_000 });
    for (let i = 1; i <= 10; i++)
      timeOf(
        launcher,
        ['--profile', profile, 'add', `Box ${i}`, '-s', 'me@h', '-L', 'pop3', '--off'],
        env,
      );
    return await work(env, profile);
  } finally {
    await ended(child);
  }
}

function measure(rounds: number, say: (text: string) => void): Promise<Outcome> {
  return onStage(null, async (stage) => {
    const folder = await makeWorldFolder('bench-verb');
    const electron = path.join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '', 'electron');
    const launcher = await layOut(folder, electron);
    const target = await startTarget();
    const socket = folder.file('ssh.sock');
    const peer = await startOpenSsh(stage.task([target.port]), ['-M', '-S', socket]);
    const nothing = folder.file('nothing.cjs');
    await writeFile(nothing, '');
    const bare: number[] = [];
    try {
      return await withMailmole(folder, launcher, async (env, profile) => {
        const taken = await interleave(rounds, say, {
          peer: () => {
            const ms = timeOf('ssh', ['-F', 'none', '-S', socket, '-O', 'check', 'peer'], env);
            return Promise.resolve({ ms });
          },
          mailmole: () => {
            bare.push(timeOf(electron, [nothing], { ...env, ELECTRON_RUN_AS_NODE: '1' }));
            return Promise.resolve({
              ms: timeOf(launcher, ['--profile', profile, 'list'], env),
            });
          },
        });
        const goal = { ownAtMost: GOAL_MS };
        return {
          notes: [
            `The run-time alone, told to do nothing, takes ${median(bare).toFixed(0)} ms of it.`,
          ],
          measures: [measureOf(taken, 'ms', { what: 'time', unit: 'ms', goal })],
        };
      });
    } finally {
      await peer.stop();
      await target.stop();
      await folder.remove();
    }
  });
}

/** What a script waits for when it asks a program that runs. */
export const VERB_ROW: Row = {
  name: 'verb',
  title: '`mailmole list` on a running Mailmole',
  peer: 'OpenSSH ssh -O check',
  rounds: 15,
  run: measure,
};

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { withDesktop } from '../../build/lib/display.mjs';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** The arguments for a Node that runs this text as a module beside the scripts in build/. */
function moduleText(text: string): string[] {
  const imports = ['lock', 'leftovers', 'run', 'display', 'processes', 'script'].map(
    (name) => `import * as ${name} from './build/lib/${name}.mjs';`,
  );
  return ['--input-type=module', '--eval', `${imports.join('\n')}\n${text}`];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailmole-build-scripts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('lets one process at a time hold a lock, and takes over one whose owner is gone', async () => {
  const lock = join(folder, 'held.lock');
  const log = join(folder, 'log');
  const gone = await run(process.execPath, ['--print', 'process.pid']);
  await writeFile(lock, gone.stdout.trim());
  const holdTenTimes = moduleText(`
    import fs from 'node:fs';
    for (let i = 0; i < 10; i += 1) {
      await lock.withLock(${JSON.stringify(lock)}, 'testing', async () => {
        fs.appendFileSync(${JSON.stringify(log)}, process.pid + ' in\\n');
        await new Promise(setImmediate);
        fs.appendFileSync(${JSON.stringify(log)}, process.pid + ' out\\n');
      });
    }`);
  await Promise.all([1, 2, 3].map(() => run(process.execPath, holdTenTimes, { cwd: root })));

  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(60);
  for (let i = 0; i < lines.length; i += 2) {
    expect(lines[i + 1]).toBe(lines[i]?.replace('in', 'out'));
  }
  expect(existsSync(lock)).toBe(false);
});

it.each(['SIGINT', 'SIGTERM'] as const)('gives a lock back when it gets %s', async (signal) => {
  const file = join(folder, `interrupted-${signal}.lock`);
  const holding = moduleText(`
    setInterval(() => {}, 1000);
    await lock.withLock(${JSON.stringify(file)}, 'testing', async () => {
      console.log('held');
      await new Promise(() => {});
    });`);
  const child = spawn(process.execPath, holding, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout), 'line');
  expect(existsSync(file)).toBe(true);
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([null, signal]);
  expect(existsSync(file)).toBe(false);
});

it.each([
  ['ENOSPC', '/big', 'The disk has no room left for /big. Make some, then try again.'],
  ['EACCES', '/cache/x', 'You may not use /cache/x. Name a folder that you may write to in'],
  ['EROFS', '/cdrom', 'You may not use /cdrom. Become its owner, or work in a copy'],
  ['EBUSY', '/x', 'raw'],
])('says what %s means, without a trace', async (code, path, words) => {
  const failing = moduleText(`
    script.script(async () => {
      throw Object.assign(new Error('raw'), ${JSON.stringify({ code, path })});
    });`);
  const env = { ...process.env, MAILMOLE_CACHE: '/cache' };
  const failed = run(process.execPath, failing, { cwd: root, env });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(new RegExp(`^\\n${words}[^\\n]*\\n$`)) as string,
  });
});

it('finds and ends what a test run leaves behind, also without its environment', async () => {
  const child = `
    const { spawn } = require('node:child_process');
    const quiet = { detached: true, stdio: 'ignore' };
    spawn('sleep', ['311'], quiet).unref();
    spawn('env', ['-i', 'sleep', '312'], quiet).unref();
    setInterval(() => {}, 1000);`;
  const { stdout } = await run(
    process.execPath,
    moduleText(`
      import { setTimeout as delay } from 'node:timers/promises';
      const watch = new leftovers.ProcessWatch();
      const endOnceSeen = async (pid) => {
        watch.follow(pid);
        while (watch.followed < 3) await delay(20);
        process.kill(pid);
      };
      await run.run(process.execPath, ['--eval', ${JSON.stringify(child)}], {
        env: { ...process.env, ...watch.env },
        onStart: endOnceSeen,
      });
      console.log(JSON.stringify([await watch.finish(), await watch.finish()]));`),
    { cwd: root },
  );
  const [found, later] = JSON.parse(stdout) as { command: string }[][];
  expect(found?.map(({ command }) => command).sort()).toEqual(['sleep 311', 'sleep 312']);
  expect(later).toEqual([]);
});

it('gives a desktop of its own, with a tray, and takes it away when the work fails', async () => {
  let home = '';
  const work = withDesktop({ panel: true }, async (env) => {
    home = env.HOME ?? '';
    expect(existsSync(home)).toBe(true);
    expect(env.DISPLAY).toMatch(/^:\d+$/);
    const ask = ['--dest', 'org.kde.StatusNotifierWatcher', '--object-path'];
    const watcher = await run(
      'gdbus',
      ['introspect', '--session', ...ask, '/StatusNotifierWatcher'],
      { env },
    );
    expect(watcher.stdout).toContain('RegisteredStatusNotifierItems');
    throw new Error('the work failed');
  });
  await expect(work).rejects.toThrow('the work failed');
  expect(existsSync(dirname(home))).toBe(false);
});

it.each(['SIGTERM', 'SIGKILL'] as const)('ends its desktop when it gets %s', async (signal) => {
  const script = moduleText(`
    const keepAlive = setInterval(() => {}, 1000);
    await display.withDesktop({}, async (env) => {
      console.log(JSON.stringify([env.HOME, env.MAILMOLE_DESKTOP]));
      await new Promise(() => {});
    });`);
  const child = spawn(process.execPath, script, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const [home, mark] = JSON.parse(line) as [string, string];
  expect(existsSync(home)).toBe(true);
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([null, signal]);
  const left = moduleText(`console.log(processes.markedProcesses('MAILMOLE_DESKTOP', '${mark}'));`);
  await vi.waitFor(async () => {
    expect((await run(process.execPath, left, { cwd: root })).stdout.trim()).toBe('[]');
  }, 10_000);
  // Only the folder stays behind after a kill, since nobody is left to remove it.
  expect(existsSync(home)).toBe(signal === 'SIGKILL');
  await rm(dirname(home), { recursive: true, force: true });
});

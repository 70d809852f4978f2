import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { check, compile } from '../../build/lib/code-cache.mjs';
import { builtApp, keepApps, type AppRunner } from '../support/app';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder';

const apps = keepApps();
let folder: WorldFolder;
let runner: AppRunner;
let script: string;
/** Where the application looks for what was compiled. */
let cache: string;

/** In a copy of the application, whose compiled code can be spoilt. */
beforeAll(async () => {
  runner = await builtApp();
  folder = await makeWorldFolder('compiled');
  for (const part of ['package.json', 'out'])
    cpSync(path.join(runner.appFolder, part), folder.file(part), { recursive: true });
  symlinkSync(path.join(runner.appFolder, 'node_modules'), folder.file('node_modules'));
  script = folder.file('out/app/main.cjs');
  const version = execFileSync(runner.executable, ['-p', 'process.versions.electron'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
  });
  cache = `${script}.${process.platform}-${process.arch}-${version.trim()}.cache`;
});
afterAll(() => folder.remove());

it('was compiled ahead for this very Electron, wherever it lies', async () => {
  expect(await check(runner.executable, script, cache)).toBeNull();
});

it('starts all the same when what lies there was compiled from something else', async () => {
  expect(await compile(runner.executable, folder.file('out/app/start.cjs'), cache)).toBeNull();
  expect(await check(runner.executable, script, cache)).not.toBeNull();
  const app = await apps.launch({ runner: { ...runner, appFolder: folder.path } });
  const main = await app.main();
  expect(await main.page.title()).toBe('Mailmole');
});

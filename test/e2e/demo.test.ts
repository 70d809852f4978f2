import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterDesktop, type AppDesktop } from '../support/app-desktop';
import { deathBound } from '../world/child';
import { familyOf } from '../world/processes';
import { until } from '../world/wait';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder';

const DEMO = path.resolve(import.meta.dirname, '../../build/demo.mjs');

describe('npm run demo', () => {
  let desktop: AppDesktop;
  let folder: WorldFolder;

  beforeAll(async () => {
    desktop = await enterDesktop();
    folder = await makeWorldFolder('demo');
    await mkdir(folder.file('pictures'));
  });
  afterAll(async () => {
    await folder.remove();
    await desktop.stop();
  });

  /** Plays it in the desktop of the tests. All its temporary files go into our folder. */
  function play(): { demo: ChildProcess; told: () => string; left: () => number } {
    const [command, args] = deathBound(process.execPath, [DEMO, '--display']);
    const env = { ...desktop.env, MAILMOLE_PICTURES: folder.file('pictures'), TMPDIR: folder.path };
    const demo = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let told = '';
    for (const stream of [demo.stdout, demo.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (told += text));
    }
    const left = (): number => familyOf(demo.pid ?? 0, folder.path).length;
    return { demo, told: () => told, left };
  }

  it('plays the whole story, line by line, and leaves its pictures', async () => {
    const { demo, told, left } = play();
    const [code] = (await once(demo, 'close')) as [number | null];
    expect(code, told()).toBe(0);
    const lines = told().match(/^ +\d+\.\d s {2}.+$/gmu) ?? [];
    expect(lines).toHaveLength(11);
    expect(told()).toMatch(
      / s {2}Fetched the mail.*: 5 messages, \d+ bytes, from localhost:\d+$/mu,
    );
    expect(told()).toMatch(/ s {2}Switched off: in the menu of the tray/mu);
    const pictures = await readdir(folder.file('pictures'));
    // The one of the tray needs programs that are not everywhere.
    expect(pictures.filter((name) => name !== 'tray.png').sort()).toEqual([
      'details.png',
      'empty.png',
      'error-card.png',
      'mailbox-form.png',
      'main-dark.png',
      'main-light.png',
      'prompt-host-key.png',
      'prompt-passphrase.png',
    ]);
    expect(left()).toBe(0);
    expect(await temporary()).toEqual([]);
  });

  it('ends everything it started when it is interrupted', async () => {
    const { demo, told, left } = play();
    await until('the story is under way', () => told().includes('Added the practice mailbox'), {
      timeoutMs: 40_000,
      detail: told,
    });
    demo.kill('SIGINT');
    await once(demo, 'close');
    expect(demo.signalCode).toBe('SIGINT');
    expect(told()).not.toContain('went wrong');
    expect(left()).toBe(0);
    expect(await temporary()).toEqual([]);
  });

  /** What the demonstration has left in the folder for temporary files. */
  async function temporary(): Promise<string[]> {
    return (await readdir(folder.path)).filter((name) => name.startsWith('mailmole-'));
  }
});

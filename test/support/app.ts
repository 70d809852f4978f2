import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { _electron, type ElectronApplication } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { AppSnapshot } from '../../electron/shared/app-snapshot';
import type { IpcAnswer } from '../../electron/shared/ipc-contract';
import { lastLines } from '../world/child.ts';
import { leftBehind } from '../world/left-behind.ts';
import { endFamily, familyOf, type ProcessRef } from '../world/processes.ts';
import { until } from '../world/wait.ts';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder.ts';
import { enterDesktop, type AppDesktop } from './app-desktop.ts';
import { inPage, mainWindow, question, type MainWindow, type Question } from './pages.ts';
import { trayOf, type Tray } from './tray.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** `--disable-gpu` since there is none: failing over to software would spoil the first picture of a window. */
const SWITCHES = ['--disable-gpu', '--password-store=basic'];

/** How an application is started. */
export interface LaunchOptions {
  /** Where an earlier one kept its data, to go on with them. */
  readonly folder?: AppFolder;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** As a normal user with the sandbox on; see normal-user.ts. */
  readonly runner?: AppRunner;
}

/** What is executed, and which application it runs. */
export interface AppRunner {
  readonly executable: string;
  readonly appFolder: string;
  readonly sandbox: boolean;
}

/** Everything one person's application may touch. */
export interface AppFolder {
  readonly world: WorldFolder;
  /** Where `~/.ssh` is. */
  readonly home: string;
  /** Its user data. */
  readonly data: string;
}

/** Makes the folders of one person. */
export async function makeAppFolder(): Promise<AppFolder> {
  const world = await makeWorldFolder('app');
  const folder = { world, home: world.file('home'), data: world.file('data') };
  for (const each of [folder.home, path.join(folder.home, '.ssh'), folder.data]) {
    await mkdir(each, { mode: 0o700 });
  }
  return folder;
}

/** The applications of one test file. */
export interface AppKeeper {
  readonly desktop: () => AppDesktop;
  launch(options?: LaunchOptions): Promise<TestApp>;
}

/**
 * Keeps the applications that a test file starts: they are ended with it, and their folders go; of a test that
 * fails, what the log says last and the pictures of the windows are kept.
 */
export function keepApps(): AppKeeper {
  let desktop: AppDesktop | null = null;
  const apps: TestApp[] = [];
  const here = (): AppDesktop => {
    if (desktop === null) throw new Error('the desktop is there only while tests run');
    return desktop;
  };
  beforeAll(async () => {
    desktop = await enterDesktop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const app of apps) await app.showTrouble(task.name);
  });
  afterAll(async () => {
    // This hook runs after those of the test file, which has stopped its servers by now.
    // The last first: a restarted application shares its folder with the one before.
    for (const app of apps.splice(0).reverse()) await app.stop();
    await desktop?.stop();
    expect(leftBehind()).toEqual([]);
  });
  return {
    desktop: here,
    launch: async (options = {}) => {
      const app = await launch(here().env, options);
      apps.push(app);
      return app;
    },
  };
}

let executable: Promise<string> | null = null;

/** The run-time that `npm start` would take. */
export function electronExecutable(): Promise<string> {
  const script = path.join(ROOT, 'build/lib/electron-runtime.mjs');
  executable ??= promisify(execFile)(process.execPath, [script, '--print']).then(({ stdout }) =>
    stdout.trim(),
  );
  return executable;
}

/** The application as it was built, in the run-time of the tests; root cannot have the sandbox. */
export async function builtApp(): Promise<AppRunner> {
  if (!existsSync(path.join(ROOT, 'out/app/main.cjs'))) {
    throw new Error('out/ is missing: run `npm run build`');
  }
  const sandbox = process.getuid?.() !== 0;
  return { executable: await electronExecutable(), appFolder: ROOT, sandbox };
}

/** The command line and the environment of a start, for those that do not go through Playwright. */
export async function commandLine(
  env: NodeJS.ProcessEnv,
  folder: AppFolder,
  { args = [], runner, env: more = {} }: LaunchOptions,
): Promise<{ executable: string; args: string[]; env: Record<string, string>; sandbox: boolean }> {
  const { executable: command, appFolder, sandbox } = runner ?? (await builtApp());
  const all = { ...env, HOME: folder.home, ...more };
  const given = Object.entries<string | undefined>(all).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    executable: command,
    args: [
      ...(sandbox ? [] : ['--no-sandbox']),
      ...SWITCHES,
      `--user-data-dir=${folder.data}`,
      appFolder,
      ...args,
    ],
    env: Object.fromEntries(given),
    sandbox,
  };
}

async function launch(desktopEnv: NodeJS.ProcessEnv, options: LaunchOptions): Promise<TestApp> {
  const folder = options.folder ?? (await makeAppFolder());
  const {
    executable: executablePath,
    args,
    env,
    sandbox,
  } = await commandLine(desktopEnv, folder, options);
  const electron = await _electron.launch({
    executablePath,
    args,
    env,
    cwd: folder.world.path,
    chromiumSandbox: sandbox,
    timeout: 60_000,
    colorScheme: null,
  });
  return new TestApp(electron, folder, env);
}

/** One running application, as a person and a panel see it. */
export class TestApp {
  readonly electron: ElectronApplication;
  readonly folder: AppFolder;
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
  /** Resolves with its exit code when it has ended. */
  readonly exited: Promise<number | null>;
  #hasExited = false;
  #output = '';

  constructor(electron: ElectronApplication, folder: AppFolder, env: NodeJS.ProcessEnv) {
    this.electron = electron;
    this.folder = folder;
    this.env = env;
    const child = electron.process();
    this.pid = child.pid ?? 0;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code) => {
        this.#hasExited = true;
        resolve(code);
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => (this.#output += bytes.toString()));
    }
  }

  main(): Promise<MainWindow> {
    return mainWindow(this.electron);
  }

  question(title: string | RegExp, saying?: RegExp): Promise<Question> {
    return question(this.electron, title, saying);
  }

  tray(): Promise<Tray> {
    return trayOf(this.pid, this.env);
  }

  /** What the main process says is true, asked by the main window as it does itself. */
  async snapshot(): Promise<AppSnapshot> {
    const { page } = await this.main();
    const answer = await inPage<IpcAnswer<'getSnapshot'>>(page, 'window.mailmole.getSnapshot()');
    if (!answer.ok) throw new Error(`no snapshot: ${answer.error.kind}`);
    return answer.value;
  }

  /** Adds the practice mailbox, which switches it on. */
  async addPractice(): Promise<void> {
    const main = await this.main();
    await main.button('Try it with a practice mailbox').click();
  }

  /** Answers what the practice mailbox asks, with the passphrase that the window shows. */
  async answerPractice(): Promise<void> {
    const server = await this.question('Is this the right server?');
    await server.press('Trust');
    const { practicePassphrase } = await this.snapshot();
    const key = await this.question('Unlock your key');
    await key.type('Passphrase', practicePassphrase ?? '');
    await key.press('Unlock');
  }

  /** All processes that belong to it. */
  processes(): ProcessRef[] {
    return familyOf(this.pid, this.folder.world.path);
  }

  /** The process id of the tunnel host. */
  async tunnelHost(): Promise<number> {
    return until('the tunnel host runs', () =>
      this.electron.evaluate(
        ({ app }) =>
          app.getAppMetrics().find(({ name }) => name === 'Mailmole tunnels')?.pid ?? null,
      ),
    );
  }

  log(): string {
    try {
      return readFileSync(path.join(this.folder.data, 'logs', 'mailmole.log'), 'utf8');
    } catch {
      return '';
    }
  }

  /** What it wrote to its standard output and error. */
  output(): string {
    return this.#output;
  }

  /** Closes the main window as a person does by its frame. */
  async closeMain(): Promise<void> {
    const { page } = await this.main();
    await this.electron.evaluate(({ BrowserWindow }) => {
      const main = BrowserWindow.getAllWindows().find(({ webContents }) =>
        webContents.getURL().endsWith('/index.html'),
      );
      main?.close();
    });
    await until('the main window is closed', () => page.isClosed());
  }

  /** Quits it and waits until all its processes are gone. The data stay. */
  async quit(): Promise<number | null> {
    if (!this.#hasExited) void this.electron.close().catch(() => undefined);
    await until('the application has ended', () => this.#hasExited, { timeoutMs: 15_000 });
    await until('none of its processes is left', () => this.processes().length === 0);
    return this.exited;
  }

  /** Ends it, by force if it must be, and removes its folders. */
  async stop(): Promise<void> {
    await this.quit().catch(() => undefined);
    await endFamily(() => this.processes(), 0);
    await this.folder.world.remove();
  }

  /** Everything the application has kept on disk, by path. */
  async files(): Promise<Map<string, Buffer>> {
    const kept = new Map<string, Buffer>();
    for (const top of [this.folder.data, this.folder.home]) {
      for (const entry of await readdir(top, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath, entry.name);
        if (entry.isFile()) kept.set(file, await readFile(file));
      }
    }
    return kept;
  }

  /**
   * Proves that secrets typed into it stand nowhere: in no file, in nothing it printed, not in the snapshot that the
   * windows get, and on no process's command line.
   */
  async expectNoTrace(secrets: readonly string[]): Promise<void> {
    const places = new Map<string, Buffer>(await this.files());
    places.set('snapshot', Buffer.from(JSON.stringify(await this.snapshot())));
    places.set('output', Buffer.from(this.#output));
    for (const { pid } of this.processes()) {
      for (const what of ['cmdline', 'environ']) {
        places.set(
          `${what} of ${pid}`,
          await readFile(`/proc/${pid}/${what}`).catch(() => Buffer.alloc(0)),
        );
      }
    }
    const forms = secrets.flatMap((secret) => [
      Buffer.from(secret),
      Buffer.from(secret, 'utf16le'),
      Buffer.from(JSON.stringify(secret).slice(1, -1)),
      Buffer.from(Buffer.from(secret).toString('base64').replace(/=*$/u, '')),
    ]);
    const found = [...places].filter(([, bytes]) => forms.some((form) => bytes.includes(form)));
    expect(found.map(([place]) => place)).toEqual([]);
  }

  /** Tells what is known, for a test that failed: the log's end, and pictures of the windows. */
  async showTrouble(test: string): Promise<void> {
    if (this.#hasExited) return;
    console.error(`${test}\n${lastLines(this.log())}\n${lastLines(this.#output, 10)}`);
    const folder = path.join(ROOT, 'test', '.cache', 'failures');
    await mkdir(folder, { recursive: true });
    for (const [index, page] of this.electron.windows().entries()) {
      const name = `${test.replaceAll(/\W+/gu, '-').slice(0, 80)}-${index}.png`;
      const file = path.join(folder, name);
      const shot = page.screenshot({ path: file, timeout: 5_000 });
      await shot.then(() => console.error(`see ${file}`)).catch(() => undefined);
    }
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { callControl, type ControlClient } from '../../electron/control/control-client';
import { profilePaths } from '../../electron/control/profile-paths';
import type { Answer, Params, Reply, Verb } from '../../electron/control/protocol';
import { CURRENT_VERSION } from '../../electron/accounts/account-migrations';
import type { Account } from '../../electron/shared/account';
import { deathBound, needProgram } from '../world/child.ts';
import { until } from '../world/wait.ts';
import { makeAppFolder, type AppFolder } from './app.ts';

const SCRIPT = path.resolve('out/main/headless.js');

/** How a headless Mailmole is started. */
export interface HeadlessOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Give it a terminal of its own; its standard input is another thing all the same. */
  readonly terminal?: boolean;
  readonly args?: readonly string[];
}

/** A `mailmole --headless` that was started; everything it says is kept. */
export interface TestHeadless {
  /** What it has printed on its standard error, or on its terminal. */
  readonly said: () => string;
  /** Types at its terminal. */
  type(text: string): void;
  /** Resolves with its exit code when it has ended. */
  readonly ended: Promise<number>;
  /** Waits until it answers on its socket. */
  ready(): Promise<TestHeadless>;
  /** One request on a line of its own; throws when the answer is a failure. */
  ask<V extends Verb>(verb: V, params: Params<V>): Promise<Reply<V>>;
  /** A line that stays open until the test is over. */
  call(): Promise<ControlClient>;
  /** Waits until a mailbox's state is as wanted; gives its row of `status`. */
  when(state: string, name?: string): Promise<Reply<'status'>['mailboxes'][number]>;
  /** Tells it to end, and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

/** A person's folders, with these mailboxes in the file; the engine's own `accounts.json`, whoever wrote it. */
export async function folderWith(...accounts: readonly Account[]): Promise<AppFolder> {
  const folder = await makeAppFolder();
  const text = JSON.stringify({ version: CURRENT_VERSION, accounts });
  await writeFile(path.join(folder.data, 'accounts.json'), text, { mode: 0o600 });
  return folder;
}

/** What a command of this person finds in its environment: nothing of the test's own desktop or agent. */
export function environmentOf({ home, world }: AppFolder): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    LC_ALL: 'C.UTF-8',
    HOME: home,
    XDG_RUNTIME_DIR: world.path,
    // So that the rules for what is left behind find it.
    MAILMOLE_TEST: world.path,
  };
}

/** Starts it; it ends with the test process at the latest. */
export function startHeadless(folder: AppFolder, options: HeadlessOptions = {}): TestHeadless {
  if (!existsSync(SCRIPT)) throw new Error('out/main/headless.js is missing: run `npm run build`');
  const { args = ['--headless', '--profile', folder.data] } = options;
  const plain = [process.execPath, SCRIPT, ...args];
  const inTerminal = `exec ${plain.map((each) => `'${each}'`).join(' ')} </dev/null`;
  const [command = '', ...rest] =
    options.terminal === true
      ? [needProgram('script', 'bsdutils'), '-qfec', inTerminal, '/dev/null']
      : plain;
  const [program, bound] = deathBound(command, rest);
  const child = spawn(program, bound, {
    cwd: folder.world.path,
    // A session of its own, and so no terminal but the one it is given.
    detached: true,
    stdio: 'pipe',
    env: { ...environmentOf(folder), ...options.env },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([code, signal]) => {
    for (const client of clients) client.close();
    return typeof code === 'number' ? code : Promise.reject(new Error(String(signal)));
  });
  ended.catch(() => undefined);
  const clients = new Set<ControlClient>();
  const paths = profilePaths(folder.data);
  const detail = () => `${said}\n${logOf(folder)}`;
  const call = async (): Promise<ControlClient> => {
    const client = await until('somebody answers at the socket', () => callControl(paths), {
      detail,
    });
    clients.add(client);
    return client;
  };
  const headless: TestHeadless = {
    said: () => said,
    ended,
    call,
    type: (text) => void child.stdin.write(text),
    ready: async () => {
      const client = await call();
      client.close();
      return headless;
    },
    ask: async (verb, params) => {
      const client = await call();
      try {
        return valueOf(await client.ask(verb, params));
      } finally {
        client.close();
        clients.delete(client);
      }
    },
    when: (state, name = 'Work') =>
      until(
        `${name} is ${state}`,
        async () => {
          const { mailboxes } = await headless.ask('status', { names: [name] });
          return mailboxes.find(
            (mailbox) => mailbox.state === state && (state !== 'connected' || mailbox.proven),
          );
        },
        { timeoutMs: 20_000, detail },
      ),
    stop: (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null)
        process.kill(-(child.pid ?? 0), signal);
      return ended;
    },
  };
  return headless;
}

function valueOf<V extends Verb>(answer: Answer<V>): Reply<V> {
  if (!answer.ok) throw new Error(`${answer.error.kind}: ${answer.error.text}`);
  return answer.value;
}

/** The log of a person's application. */
export function logOf({ data }: AppFolder): string {
  try {
    return readFileSync(path.join(data, 'logs', 'mailmole.log'), 'utf8');
  } catch {
    return '';
  }
}

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeKey, writeKey } from '../world/ssh-keys.ts';
import { startSshd } from '../world/sshd.ts';
import { until } from '../world/wait.ts';
import type { WorldFolder } from '../world/world-folder.ts';
import { kindOf, startApp, treeOf, type App } from './apps.ts';
import { describeAccount, knownHosts, type Task } from './carriers.ts';
import type { Measure } from './figures.ts';
import { HERE_ITSELF, startLoad, startTarget, type Load } from './place.ts';
import type { Outcome, Row } from './rounds.ts';

const GB = 1_000_000_000;
/** Of that of the bare application. */
const MEMORY_RATIO = 1.25;
/** The accounts file of this version is written before the start. */
const ACCOUNTS_VERSION = 3;
/** V8 collects the garbage of a program at rest about half a minute after its last work. */
const SETTLE_MS = 45_000;
const run = promisify(execFile);

type When = 'none' | 'idle' | 'carried';

/** The servers and the mail programs. No other Electron runs: what it shared would be counted in part only. */
interface Stage {
  readonly task: Task;
  readonly load: Load;
}

/** Closes the application's window as a person does, and waits until no page runs any more. */
async function closeWindow(app: App): Promise<void> {
  await run('xdotool', ['key', '--clearmodifiers', 'alt+F4']);
  await until(
    'the window is closed',
    () => !treeOf(app.pid).some((pid) => kindOf(pid) === 'renderer'),
    { timeoutMs: 60_000 },
  );
}

/** What it holds once it has come to rest. */
async function settled(app: App, what: string, say: (text: string) => void): Promise<number> {
  await sleep(SETTLE_MS);
  const kinds = Object.entries(app.memoryByKind()).map(
    ([kind, mib]) => `${kind} ${mib.toFixed(1)}`,
  );
  say(`${what}: ${app.memory().toFixed(1)} MiB: ${kinds.join(', ')}`);
  return app.memory();
}

async function withoutMailbox(kind: 'peer' | 'mailmole', say: (text: string) => void) {
  const app = await startApp(kind, 'window');
  try {
    await closeWindow(app);
    return await settled(app, kind, say);
  } finally {
    await app.stop();
  }
}

/** One mailbox that is on: proven and at rest, and again after a gigabyte has come through it. */
async function withMailbox({ task, load }: Stage, say: (text: string) => void) {
  let port = 0;
  const app = await startApp('mailmole', 'window', async (home: WorldFolder, data: string) => {
    for (const each of [data, home.file('.ssh')]) await mkdir(each, { mode: 0o700 });
    await home.write(path.join('.ssh', 'known_hosts'), knownHosts(task));
    const keyPath = await writeKey(home, task.key, 'key');
    const account = await describeAccount(task, { id: 'bench', mode: 'always-on', keyPath });
    port = account.forwards[0]?.localPort ?? 0;
    const document = { version: ACCOUNTS_VERSION, accounts: [{ ...account, wanted: true }] };
    await writeFile(path.join(data, 'accounts.json'), JSON.stringify(document), { mode: 0o600 });
  });
  try {
    const command = path.resolve('out/cli/cli.cjs');
    await run(process.execPath, [command, '--profile', app.data, 'wait', 'bench']);
    await closeWindow(app);
    const idle = await settled(app, 'one mailbox', say);
    await load.ask('down', { port, bytes: GB });
    return { idle, carried: await settled(app, 'after 1 GB', say) };
  } finally {
    await app.stop();
  }
}

async function measure(rounds: number, say: (text: string) => void): Promise<Outcome> {
  const key = await makeKey({ type: 'ed25519', name: 'bench' });
  const sshd = await startSshd({ authorizedKeys: [key] });
  const target = await startTarget();
  const load = startLoad(HERE_ITSELF);
  const task = { place: HERE_ITSELF, sshd, key, mail: [target.port] };
  const peer: number[] = [];
  const taken: Record<When, number>[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      peer.push(await withoutMailbox('peer', say));
      const none = await withoutMailbox('mailmole', say);
      taken.push({ none, ...(await withMailbox({ task, load }, say)) });
    }
  } finally {
    for (const each of [load, target, sshd]) await each.stop();
  }
  const held = (when: When, what: string): Measure => ({
    ...{ what, unit: 'MiB', goal: { ratioAtMost: MEMORY_RATIO }, peer },
    mailmole: taken.map((each) => each[when]),
  });
  return {
    notes: ['Proportional set size, 45 s after the window was closed or the gigabyte had come.'],
    measures: [
      held('none', 'no mailbox on'),
      held('idle', 'one mailbox on, at rest'),
      held('carried', 'the same after 1 GB came'),
    ],
  };
}

/** Both have had a window that was closed; nothing but their own processes has a hand in them. */
export const CLOSED_ROW: Row = {
  name: 'closed-window',
  title: 'Memory with the window closed again',
  peer: 'bare Electron application whose window was closed again',
  rounds: 3,
  run: measure,
};

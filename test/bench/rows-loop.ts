import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { IntervalHistogram } from 'node:perf_hooks';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { Account } from '../../electron/shared/account';
import type { AppSnapshot } from '../../electron/shared/app-snapshot';
import type { IpcAnswer } from '../../electron/shared/ipc-contract';
import { makeKey, PASSPHRASE, writeKey } from '../world/ssh-keys.ts';
import { startSshd } from '../world/sshd.ts';
import { until } from '../world/wait.ts';
import { makeWorldFolder } from '../world/world-folder.ts';
import { rest } from './apps.ts';
import { describeAccount, knownHosts } from './carriers.ts';
import type { Measure } from './figures.ts';
import { HERE_ITSELF, startLoad, startTarget } from './place.ts';
import type { Row, Taken } from './rounds.ts';

const GB = 1_000_000_000;
/** The key's bcrypt rounds: a second and more of work to open it. */
const ROUNDS = 200;
/** How often the loop is looked at, in milliseconds; what it is late beyond that is a stall. */
const LOOK_MS = 5;
/** The accounts file of this version is written before the start. */
const ACCOUNTS_VERSION = 4;
/** The largest group that Mailmole agrees to with a server of today; it offers no group 16. */
const LARGEST_GROUP = 'diffie-hellman-group14-sha256';

type Phase = 'rest' | 'exchange' | 'key' | 'flow';

/** The real application with one mailbox, its window open. */
interface Running {
  readonly electron: ElectronApplication;
  readonly page: Page;
  readonly account: Account;
}

/** The longest that the main process's loop stood still while `work` ran, in milliseconds. */
async function longestStall({ electron }: Running, work: () => Promise<unknown>): Promise<number> {
  await electron.evaluate((_electron, resolution) => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const monitor = monitorEventLoopDelay({ resolution });
    monitor.enable();
    Object.assign(globalThis, { benchMonitor: monitor });
  }, LOOK_MS);
  await work();
  const most = await electron.evaluate(() => {
    const { benchMonitor } = globalThis as unknown as { benchMonitor: IntervalHistogram };
    benchMonitor.disable();
    return benchMonitor.max / 1e6;
  });
  return Math.max(0, most - LOOK_MS);
}

async function snapshot({ page }: Running): Promise<AppSnapshot> {
  const answer = await page.evaluate<IpcAnswer<'getSnapshot'>>('window.mailmole.getSnapshot()');
  if (!answer.ok) throw new Error(`no snapshot: ${answer.error.kind}`);
  return answer.value;
}

/** Starts it with the mailbox in its file, and stops it after `work`. */
async function withApp<T>(
  account: Account,
  known: string,
  work: (running: Running) => Promise<T>,
): Promise<T> {
  const folder = await makeWorldFolder('bench-loop');
  const data = folder.file('data');
  for (const each of [data, folder.file('.ssh')]) await mkdir(each, { mode: 0o700 });
  await folder.write(path.join('.ssh', 'known_hosts'), known);
  const document = { version: ACCOUNTS_VERSION, accounts: [account] };
  await writeFile(path.join(data, 'accounts.json'), JSON.stringify(document), { mode: 0o600 });
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  const given = { ...process.env, HOME: folder.path };
  const env = Object.fromEntries(
    Object.entries<string | undefined>(given).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const electron = await _electron.launch({
    executablePath: path.join(dist, 'electron'),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--password-store=basic',
      `--user-data-dir=${data}`,
      process.cwd(),
    ],
    env,
    timeout: 60_000,
  });
  try {
    const page = await until(
      'the window is there',
      () => electron.windows().find((each) => each.url().endsWith('/index.html')),
      { timeoutMs: 60_000 },
    );
    await page.waitForLoadState();
    return await work({ electron, page, account });
  } finally {
    await electron.close();
    await folder.remove();
  }
}

/** One start: key exchange, opening of the key, a gigabyte. */
async function oneStart(running: Running, carry: () => Promise<unknown>): Promise<Taken<Phase>> {
  const { page, account } = running;
  const still = await longestStall(running, rest);
  const exchange = await longestStall(running, async () => {
    await page.evaluate(`window.mailmole.tryNow(${JSON.stringify(account.id)})`);
    await until('the passphrase is asked for', async () => (await snapshot(running)).prompts[0], {
      timeoutMs: 30_000,
    });
  });
  const key = await longestStall(running, async () => {
    const [prompt] = (await snapshot(running)).prompts;
    const answer = { kind: 'secret', secret: PASSPHRASE };
    const given = [prompt?.id, answer].map((each) => JSON.stringify(each)).join(', ');
    await page.evaluate(`window.mailmole.answerPrompt(${given})`);
    await until(
      'the mailbox is connected',
      async () => (await snapshot(running)).accounts[0]?.state.kind === 'connected',
      { timeoutMs: 60_000 },
    );
  });
  const flow = await longestStall(running, carry);
  return { rest: still, exchange, key, flow };
}

/** How long the main process stands still while the tunnel host works. */
export const LOOP_ROW: Row = {
  name: 'main-loop',
  title: "The main process's loop stands still",
  peer: 'the same Mailmole at rest',
  rounds: 5,
  run: async (rounds, say) => {
    const key = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE, rounds: ROUNDS });
    const sshd = await startSshd({
      authorizedKeys: [key],
      config: { KexAlgorithms: LARGEST_GROUP },
    });
    const target = await startTarget();
    const load = startLoad(HERE_ITSELF);
    const keys = await makeWorldFolder('bench-key');
    const keyPath = await writeKey(keys, key, 'key');
    const task = { place: HERE_ITSELF, sshd, key, mail: [target.port] };
    const taken: Taken<Phase>[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        const account = await describeAccount(task, { id: 'bench', mode: 'always-on', keyPath });
        const port = account.forwards[0]?.localPort;
        const carry = () => load.ask('down', { port, bytes: GB });
        const wanted = { ...account, wanted: true };
        taken.push(await withApp(wanted, knownHosts(task), (running) => oneStart(running, carry)));
        say(`round ${round + 1}: ${JSON.stringify(taken.at(-1))}`);
      }
    } finally {
      for (const stop of [
        () => load.stop(),
        () => target.stop(),
        () => sshd.stop(),
        () => keys.remove(),
      ])
        await stop();
    }
    // Never means never: the worst round counts.
    const worst = (phase: Phase) => [Math.max(...taken.map((round) => round[phase]))];
    const stall = (phase: Phase, what: string): Measure => ({
      ...{ what, unit: 'ms', goal: { ownAtMost: 50 } },
      ...{ peer: worst('rest'), mailmole: worst(phase) },
    });
    return {
      notes: [
        'The longest stall of all rounds, from perf_hooks in the main process.',
        `Mailmole offers no group 16; ${LARGEST_GROUP} is the largest group it agrees to.`,
      ],
      measures: [
        stall('flow', 'at most, while 1 GB comes'),
        stall('key', `at most, while a key of ${ROUNDS} rounds is opened`),
        stall('exchange', 'at most, in a key exchange with group 14'),
      ],
    };
  },
};

import { setTimeout as sleep } from 'node:timers/promises';
import { startOpenSsh, type Carrier } from './carriers.ts';
import { familyOf, signal } from '../world/processes.ts';
import { costOf, sumOf } from './costs.ts';
import type { Goal, Measure } from './figures.ts';
import { startTarget } from './place.ts';
import { interleave, measureOf, onStage, type Outcome, type Row, type Stage } from './rounds.ts';
import { warm, withBoth } from './rows-line.ts';

const OPENSSH = 'OpenSSH ssh -L';
const MB = 1_000_000;
const MIB = 1024 * 1024;
const IDLE_TUNNELS = 20;
const IDLE_SECONDS = 60;
/** Until what belongs to connecting is over, in milliseconds: half a minute later V8 collects its garbage once. */
const SETTLE_MS = 45_000;

/** Much at once, with no line but the loopback. */
function bulk(name: 'bulk-down' | 'bulk-up', title: string, goal: Goal): Row {
  const task = name === 'bulk-down' ? 'down' : 'up';
  const bytes = 150 * MB;
  return {
    name,
    title,
    peer: OPENSSH,
    rounds: 7,
    run: (rounds, say) =>
      onStage(null, async (stage) => {
        const target = await startTarget();
        return withBoth(stage, [target.port], {}, target.stop, async ({ peer, mailmole }) => {
          const carry = (port: number | undefined, pid: number) => async () => {
            const before = costOf(pid).cpuMs;
            const { ms } = await stage.load.ask<{ ms: number }>(task, { port, bytes });
            const cpu = (costOf(pid).cpuMs - before) / bytes;
            return { speed: bytes / 1000 / ms, cpu: cpu * 1e6 };
          };
          const ours = carry(mailmole.ports[0], stage.mailmole.pid);
          // The first time round, code is still being compiled.
          await ours();
          const taken = await interleave(rounds, say, {
            peer: carry(peer.ports[0], peer.pid),
            mailmole: ours,
          });
          return {
            notes: [],
            measures: [
              measureOf(taken, 'speed', { what: 'speed', unit: 'MB/s', goal }),
              measureOf(taken, 'cpu', { what: 'CPU time', unit: 's/GB', goal: {} }),
            ],
          };
        });
      }),
  };
}

/** A fresh tunnel for each round, since what a process has grown to it does not give back at once. */
async function fresh<T>(
  stage: Stage,
  who: 'peer' | 'mailmole',
  mail: number,
  work: (carrier: Pick<Carrier, 'ports' | 'pid'>) => Promise<T>,
): Promise<T> {
  const task = stage.task([mail]);
  if (who === 'peer') {
    const peer = await startOpenSsh(task);
    return work(peer).finally(() => peer.stop());
  }
  const account = await stage.mailmole.account(task, 'always-on');
  await account.up();
  const { pid } = stage.mailmole;
  return work({ ports: account.ports, pid }).finally(() => account.down());
}

const burst: Row = {
  name: 'burst',
  title: '1,000 connections opened at once',
  peer: OPENSSH,
  rounds: 5,
  run: async (rounds, say) => {
    const target = await startTarget();
    const count = 1_000;
    const once = (who: 'peer' | 'mailmole') => () =>
      onStage(null, (stage) =>
        fresh(stage, who, target.port, async ({ ports, pid }) => {
          const before = costOf(pid).memory;
          const { ms, failed } = await stage.load.ask<{ ms: number; failed: number }>('burst', {
            port: ports[0],
            count,
          });
          const each = (costOf(pid).memory - before) / (count - failed) / 1024;
          await stage.load.ask('release');
          return { ms, failed, each };
        }),
      );
    const taken = await interleave(rounds, say, { peer: once('peer'), mailmole: once('mailmole') });
    await target.stop();
    return {
      notes: ['A fresh process for every round.'],
      measures: [
        measureOf(taken, 'failed', { what: 'failed', unit: '', goal: { ownAtMost: 0 } }),
        measureOf(taken, 'ms', { what: 'time', unit: 's', goal: { ownAtMost: 5 } }, 1 / 1000),
        measureOf(taken, 'each', { what: 'memory each', unit: 'KiB', goal: { ownAtMost: 64 } }),
      ],
    };
  },
};

/** How much memory a process grows by, in MiB, while `begin` has nowhere to put what it moves. */
function stalled(
  name: string,
  title: string,
  goal: Goal,
  begin: (stage: Stage, port: number | undefined) => Promise<void>,
): Row {
  return {
    name,
    title,
    peer: OPENSSH,
    rounds: 5,
    run: async (rounds, say): Promise<Outcome> => {
      const target = await startTarget();
      const once = (who: 'peer' | 'mailmole') => () =>
        onStage(null, (stage) =>
          fresh(stage, who, target.port, async ({ ports, pid }) => {
            // Past what the first connection of a process costs.
            for (let i = 0; i < 20; i++) await stage.load.ask('greet', { port: ports[0] });
            const before = costOf(pid).memory;
            await begin(stage, ports[0]);
            let most = 0;
            for (let i = 0; i < 40; i++) {
              await sleep(250);
              most = Math.max(most, costOf(pid).memory - before);
            }
            thaw(stage);
            await stage.load.ask('release');
            return { grown: most / MIB };
          }),
        );
      const taken = await interleave(rounds, say, {
        peer: once('peer'),
        mailmole: once('mailmole'),
      });
      await target.stop();
      const grown: Measure = measureOf(taken, 'grown', {
        what: 'memory grown by',
        unit: 'MiB',
        goal,
      });
      return {
        notes: ['A fresh process for every round; the most of ten seconds.'],
        measures: [grown],
      };
    },
  };
}

/** Stops the SSH server with all its sessions where they are; the connections stay. */
function freeze({ sshd }: Stage): void {
  for (const one of familyOf(-1, sshd.folder.path)) signal(one, 'SIGSTOP');
}

function thaw({ sshd }: Stage): void {
  for (const one of familyOf(-1, sshd.folder.path)) signal(one, 'SIGCONT');
}

const idle: Row = {
  name: 'idle',
  title: `${IDLE_TUNNELS} idle tunnels for ${IDLE_SECONDS} s`,
  peer: `${IDLE_TUNNELS} × OpenSSH ssh -L`,
  rounds: 5,
  run: (rounds, say) =>
    onStage(null, async (stage) => {
      const target = await startTarget();
      const task = stage.task([target.port]);
      const peers: Carrier[] = [];
      for (let i = 0; i < IDLE_TUNNELS; i++) {
        peers.push(await startOpenSsh(task));
        await (await stage.mailmole.account(task, 'always-on')).up();
      }
      await sleep(SETTLE_MS);
      const theirs = () => sumOf(peers.map(({ pid }) => costOf(pid)));
      const ours = () => costOf(stage.mailmole.pid);
      const taken = { peer: [] as Idle[], mailmole: [] as Idle[] };
      for (let round = 0; round < rounds; round++) {
        // Neither does anything for the other to feel, so both are watched in the same minute.
        const before = { peer: theirs(), mailmole: ours() };
        await sleep(IDLE_SECONDS * 1000);
        const after = { peer: theirs(), mailmole: ours() };
        for (const who of ['peer', 'mailmole'] as const)
          taken[who].push({
            cpu: after[who].cpuMs - before[who].cpuMs,
            wakeUps: after[who].wakeUps - before[who].wakeUps,
          });
        say(
          `round ${round + 1}: ${JSON.stringify(taken.peer.at(-1))} ${JSON.stringify(taken.mailmole.at(-1))}`,
        );
      }
      for (const peer of peers) await peer.stop();
      await target.stop();
      return {
        notes: [],
        measures: [
          measureOf(taken, 'cpu', { what: 'CPU time', unit: 'ms', goal: { ratioAtMost: 2.5 } }),
          measureOf(taken, 'wakeUps', { what: 'wake-ups', unit: '', goal: { ratioAtMost: 1.1 } }),
        ],
      };
    }),
};

type Idle = Readonly<Record<'cpu' | 'wakeUps', number>>;

/** What needs no line. */
export const HERE_ROWS: readonly Row[] = [
  warm('greeting', 'Greeting on an open connection, loopback', null, 60, { ratioAtMost: 0.1 }),
  bulk('bulk-down', 'Bulk on loopback, down', { ratioAtLeast: 0.15 }),
  bulk('bulk-up', 'Bulk on loopback, up', { ratioAtLeast: 0.09 }),
  burst,
  stalled(
    'never-read',
    'A client that never reads while 500 MB come',
    { ownAtMost: 16 },
    async ({ load }, port) => {
      await load.ask('neverRead', { port, bytes: 500 * MB });
    },
  ),
  stalled(
    'stalled-uploads',
    '20 uploads, and the SSH server takes nothing any more',
    { ratioAtMost: 0.5 },
    async (stage, port) => {
      await stage.load.ask('hold', { port, count: 20 });
      freeze(stage);
      await stage.load.ask('uploadAll', { command: `SINK ${64 * MIB}` });
    },
  ),
  stalled(
    'deaf-uploads',
    '20 uploads to mail servers that do not read',
    { ratioAtMost: 0.5 },
    async ({ load }, port) => {
      await load.ask('hold', { port, count: 20 });
      await load.ask('uploadAll', { command: 'DEAF' });
    },
  ),
  idle,
];

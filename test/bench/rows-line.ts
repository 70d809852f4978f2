import { setTimeout as sleep } from 'node:timers/promises';
import { startDovecot } from '../world/dovecot.ts';
import { openSshCold, startOpenSsh, type Carrier, type Task } from './carriers.ts';
import type { Goal } from './figures.ts';
import { mailbox } from './mailbox.ts';
import { startTarget, type LineSpec } from './place.ts';
import { interleave, measureOf, onStage, type Row, type Stage } from './rounds.ts';

const OPENSSH = 'OpenSSH ssh -L';
const FAR: LineSpec = { roundTripMs: 150, rate: 0, queue: 0 };
const MODEM: LineSpec = { roundTripMs: 150, rate: 56_000, queue: 30_000 };
const HOTEL: LineSpec = { roundTripMs: 100, rate: 10_000_000, queue: 250_000 };
const THIN: LineSpec = { roundTripMs: 100, rate: 1_000_000, queue: 32_000 };
const WIDE: LineSpec = { roundTripMs: 100, rate: 0, queue: 0 };
const MESSAGES = 200;
/** Beside an upload this many are greeted, each after a longer pause than the one before, in steps of these milliseconds. */
const GREETINGS = 6;
const STAGGER_MS = 230;

/** From the first packet to the SSH server to the mail server's greeting at the mail program. */
function cold(
  name: string,
  title: string,
  line: LineSpec,
  limits: { bytes?: Goal; turns?: Goal },
): Row {
  return {
    name,
    title,
    peer: 'OpenSSH ssh -W',
    rounds: 7,
    run: (rounds, say) =>
      onStage(line, async ({ place, load, mailmole, task }) => {
        const target = await startTarget();
        const work = task([target.port]);
        const account = await mailmole.account(work, 'on-demand');
        const counted = async (greeted: () => Promise<number>) => {
          // What still travels from the round before is not to be counted.
          await sleep(Math.max(500, line.roundTripMs * 5));
          await place.carried();
          const at = await greeted();
          const { up, down, firstNs } = await place.carried();
          return { ms: at - firstNs / 1e6, bytes: up + down };
        };
        const ofMailmole = async () => {
          await account.up();
          const taken = await counted(async () => {
            const { at } = await load.ask<{ at: number }>('greet', { port: account.ports[0] });
            return at;
          });
          await account.down();
          return taken;
        };
        const taken = await interleave(rounds, say, {
          peer: () => counted(() => openSshCold(work)),
          mailmole: ofMailmole,
        });
        await target.stop();
        const turns = { what: 'in round trips', unit: '', goal: limits.turns ?? {} };
        return {
          notes: ['A running Mailmole; the account is switched on and its mail program asks.'],
          measures: [
            measureOf(taken, 'ms', { what: 'time', unit: 'ms', goal: { ratioAtMost: 0.55 } }),
            measureOf(taken, 'ms', turns, 1 / line.roundTripMs),
            measureOf(taken, 'bytes', {
              what: 'on the wire',
              unit: 'bytes',
              goal: limits.bytes ?? {},
            }),
          ],
        };
      }),
  };
}

/** Another connection's greeting on a tunnel that is up; each round the middle of several. */
export function warm(
  name: string,
  title: string,
  line: LineSpec | null,
  opens: number,
  goal: Goal,
  how: How = {},
): Row {
  return {
    name,
    title,
    peer: OPENSSH,
    rounds: 5,
    run: (rounds, say) =>
      onStage(line, async (stage) => {
        const target = await startTarget();
        return withBoth(stage, [target.port], how, target.stop, async (both) => {
          const greet = (carrier: Ports) => async () => {
            const times: number[] = [];
            for (let i = 0; i < opens; i++) {
              // The end of the one before crosses the line meanwhile: what is acknowledged with it would not wait.
              await sleep(5 * (line?.roundTripMs ?? 0));
              const { ms } = await stage.load.ask<{ ms: number }>('greet', {
                port: carrier.ports[0],
              });
              times.push(ms);
            }
            times.sort((a, b) => a - b);
            return { ms: times[times.length >> 1] ?? NaN };
          };
          const taken = await interleave(rounds, say, {
            peer: greet(both.peer),
            mailmole: greet(both.mailmole),
          });
          return {
            notes: [],
            measures: [measureOf(taken, 'ms', { what: 'median', unit: 'ms', goal })],
          };
        });
      }),
  };
}

/** What is not as it is by default. */
type How = Pick<Task, 'compression' | 'sessionChannel'>;

interface Ports {
  readonly ports: readonly number[];
}

/** Both tunnels up at the same time, for rows in which the one that does nothing costs nothing. */
export async function withBoth<T>(
  stage: Stage,
  mail: readonly number[],
  how: How,
  after: () => Promise<unknown>,
  work: (both: { peer: Carrier; mailmole: Ports }) => Promise<T>,
): Promise<T> {
  const task = stage.task(mail, how);
  const peer = await startOpenSsh(task);
  const account = await stage.mailmole.account(task, 'always-on');
  await account.up();
  try {
    return await work({ peer, mailmole: account });
  } finally {
    await account.down();
    await peer.stop();
    await after();
  }
}

/** A whole mailbox fetched by POP3. */
function pop3(
  name: string,
  title: string,
  line: LineSpec,
  how: { window: number; compression: boolean; goal: Goal },
): Row {
  return {
    name,
    title,
    peer: how.compression ? 'OpenSSH ssh -C -L' : OPENSSH,
    rounds: 5,
    run: (rounds, say) =>
      onStage(line, async (stage) => {
        const dovecot = await startDovecot({ messages: mailbox(MESSAGES), tls: false });
        const { user, password, ports } = dovecot;
        const { compression, window, goal } = how;
        const stop = () => dovecot.stop();
        return withBoth(stage, [ports.pop3], { compression }, stop, async (both) => {
          const fetch = (carrier: Ports) => async () => {
            await sleep(1_000);
            await stage.place.carried();
            const ask = { port: carrier.ports[0], user, password, messages: MESSAGES, window };
            const { ms } = await stage.load.ask<{ ms: number }>('pop3', ask);
            const { up, down } = await stage.place.carried();
            return { ms, bytes: up + down };
          };
          const taken = await interleave(rounds, say, {
            peer: fetch(both.peer),
            mailmole: fetch(both.mailmole),
          });
          const bytes = { what: 'on the wire', unit: 'bytes', goal: compression ? goal : {} };
          return {
            notes: [],
            measures: [
              measureOf(taken, 'ms', { what: 'time', unit: 's', goal }, 1 / 1000),
              measureOf(taken, 'bytes', bytes),
            ],
          };
        });
      }),
  };
}

const besideUpload: Row = {
  name: 'beside-upload',
  title: "Another connection's greeting during an upload, 1 Mbit/s",
  peer: OPENSSH,
  rounds: 5,
  run: (rounds, say) =>
    onStage(THIN, async (stage) => {
      const target = await startTarget();
      const both = { a: target.port, b: target.port };
      return withBoth(stage, [both.a, both.b], {}, target.stop, async ({ peer, mailmole }) => {
        const wait = (carrier: Ports) => async () => {
          const [first, second] = carrier.ports;
          await stage.load.ask('keepSending', { port: first, bytes: 6_000_000 });
          await sleep(4_000);
          const times: number[] = [];
          for (let i = 0; i < GREETINGS; i++) {
            // At the same beat as the kernel empties and fills its buffer, all would come at the same height of it.
            await sleep(i * STAGGER_MS);
            times.push((await stage.load.ask<{ ms: number }>('greet', { port: second })).ms);
          }
          await stage.load.ask('release');
          // Until the line is empty again, however much had been sent ahead.
          await quiet(stage);
          return { ms: times.reduce((a, b) => a + b) / times.length };
        };
        const taken = await interleave(rounds, say, { peer: wait(peer), mailmole: wait(mailmole) });
        const goal = { ratioAtMost: 1.3 };
        return {
          notes: [],
          measures: [
            measureOf(taken, 'ms', { what: `mean of ${GREETINGS}`, unit: 's', goal }, 1 / 1000),
          ],
        };
      });
    }),
};

async function quiet({ place }: Stage): Promise<void> {
  for (let still = 0; still < 3;) {
    await sleep(500);
    const { up, down } = await place.carried();
    still = up + down < 2_000 ? still + 1 : 0;
  }
}

const modemUpload: Row = {
  name: 'upload-56k',
  title: '900 KB upload at 56 kbit/s, keepalive 15 s × 3',
  peer: OPENSSH,
  rounds: 5,
  run: (rounds, say) =>
    onStage(MODEM, async (stage) => {
      const target = await startTarget();
      return withBoth(stage, [target.port], {}, target.stop, async ({ peer, mailmole }) => {
        const send = (carrier: Ports) => async () => {
          await quiet(stage);
          return stage.load.ask<{ ms: number }>('up', { port: carrier.ports[0], bytes: 900_000 });
        };
        const taken = await interleave(rounds, say, { peer: send(peer), mailmole: send(mailmole) });
        const goal = { ratioAtMost: 1.01 };
        const notes = ['No connection was lost: a lost one ends the bench with an error.'];
        return {
          notes,
          measures: [measureOf(taken, 'ms', { what: 'time', unit: 's', goal }, 1 / 1000)],
        };
      });
    }),
};

const wide: Row = {
  name: 'fat-line',
  title: 'Download on a long fat line, 100 ms',
  peer: OPENSSH,
  rounds: 5,
  run: (rounds, say) =>
    onStage({ ...WIDE, tcpBuffer: 32 * 1024 * 1024 }, async (stage) => {
      const target = await startTarget();
      return withBoth(stage, [target.port], {}, target.stop, async ({ peer, mailmole }) => {
        const bytes = 120_000_000;
        const fetch = (carrier: Ports) => async () => {
          const { ms } = await stage.load.ask<{ ms: number }>('down', {
            port: carrier.ports[0],
            bytes,
          });
          return { speed: bytes / 1000 / ms };
        };
        await fetch(peer)();
        await fetch(mailmole)();
        const taken = await interleave(rounds, say, {
          peer: fetch(peer),
          mailmole: fetch(mailmole),
        });
        const goal = { ratioAtLeast: 1.5 };
        return {
          notes: ["TCP's buffers may grow to 32 MB at both ends."],
          measures: [measureOf(taken, 'speed', { what: 'speed', unit: 'MB/s', goal })],
        };
      });
    }),
};

/** What needs a slow line. */
export const LINE_ROWS: readonly Row[] = [
  cold('cold', 'From nothing to the greeting, 150 ms round trip', FAR, {
    turns: { ownAtMost: 7.5 },
  }),
  cold('cold-56k', 'The same at 56 kbit/s', MODEM, { bytes: { ownAtMost: 5_000 } }),
  cold('cold-10m', 'The same at 10 Mbit/s and 100 ms', HOTEL, {}),
  warm('greeting-100ms', 'Greeting on an open connection, 100 ms', WIDE, 8, { ratioAtMost: 0.9 }),
  warm(
    'greeting-100ms-session',
    'The same with a session channel',
    WIDE,
    8,
    { ratioAtMost: 0.5 },
    { sessionChannel: true },
  ),
  pop3('pop3', '200 messages by POP3, a command at a time, 10 Mbit/s and 100 ms', HOTEL, {
    window: 1,
    compression: false,
    goal: { ratioAtMost: 1.02 },
  }),
  pop3('pop3-ahead', 'The same, 20 commands ahead', HOTEL, {
    window: 20,
    compression: false,
    goal: { ratioAtMost: 1.05 },
  }),
  pop3('pop3-56k', 'The same a command at a time at 56 kbit/s, compressed', MODEM, {
    window: 1,
    compression: true,
    goal: { ratioAtMost: 1.01 },
  }),
  besideUpload,
  modemUpload,
  wide,
];

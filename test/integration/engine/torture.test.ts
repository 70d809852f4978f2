import { readdir, readlink } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { isProven, type TunnelState } from '../../../electron/shared/tunnel-state';
import { tcpSockets } from '../../../electron/tunnel/proc-net';
import { accountFor, forwardTo, startEngine } from '../../support/engine';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { until } from '../../world/wait';
import { startBulkServer } from './bulk';
import { portOf } from './support';
import { keep, tidyUp } from './tidy';
import { transfer, type Fate } from './torture-client';

tidyUp();

const MB = 1024 * 1024;
/** `MAILMOLE_TORTURE=full` moves a gigabyte each way while the server dies ten times; it takes minutes. */
const FULL = process.env.MAILMOLE_TORTURE === 'full';
const PROGRAMS = 50;
const TOTAL = FULL ? 1024 * MB : 60 * MB;
const EACH = FULL ? 2 * MB : 256 * 1024;
const DEATHS = FULL ? 10 : 3;

const key = await makeKey({ type: 'ed25519' });

/** The TCP sockets that a process has open: how many listen, and how many are connections. */
async function tcpOf(pid: number): Promise<{ listening: number; connected: number }> {
  const fds = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(
    fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
  );
  const own = (await tcpSockets()).filter(({ inode }) => links.includes(`socket:[${inode}]`));
  const listening = own.filter((one) => one.listening).length;
  return { listening, connected: own.length - listening };
}

/** Of the connection that is up; 0 while there is none. */
const attemptOf = (state: TunnelState): number => (state.kind === 'connected' ? state.attempt : 0);

it(
  `what ends is whole and what breaks is reset: ${TOTAL / MB} MB each way through ${PROGRAMS} connections and ${DEATHS} deaths of the server`,
  { timeout: 15 * 60_000 },
  async () => {
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const mail = await keep(startBulkServer());
    const engine = await keep(startEngine({ watched: true }));
    const path = await writeKey(engine.folder, key, 'id');
    const signIn = { kind: 'key-file', path } as const;
    const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
    const account = accountFor(sshd, [forward], { signIn });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');

    const fates: Record<Fate, number> = { whole: 0, reset: 0, cut: 0, refused: 0 };
    let deaths = 0;
    let attempt = 0;
    const isUpAgain = (state: TunnelState) => attemptOf(state) > attempt;
    const isDone = () => fates.whole * EACH >= TOTAL && deaths === DEATHS;
    const program = async () => {
      while (!isDone()) fates[await transfer(portOf(account), EACH)]++;
    };
    const death = async () => {
      while (deaths < DEATHS) {
        const enough = (TOTAL * (deaths + 1)) / (DEATHS + 2);
        await until('mail has flowed', () => fates.whole * EACH >= enough, { timeoutMs: 300_000 });
        await engine.when(isUpAgain, 'up again');
        attempt = attemptOf(engine.state());
        const { bytesDown } = engine.traffic();
        await until('mail flows', () => engine.traffic().bytesDown > bytesDown);
        await sshd.kill();
        deaths++;
        await sshd.start();
      }
    };
    const since = performance.now();
    await Promise.all([death(), ...Array.from({ length: PROGRAMS }, program)]);
    const seconds = (performance.now() - since) / 1000;

    expect(fates).toMatchObject({ cut: 0, refused: 0 });
    expect(fates.whole * EACH).toBeGreaterThanOrEqual(TOTAL);
    // Nothing but the deaths broke anything, and they did.
    expect(fates.reset).toBeGreaterThanOrEqual(DEATHS);
    expect(fates.reset).toBeLessThanOrEqual(DEATHS * PROGRAMS);
    await engine.when((state) => isUpAgain(state) && isProven(state), 'proven in the end');
    await until('nothing is open there', () => mail.open() === 0);
    await until('nothing is open here', () => engine.traffic().openConnections === 0);
    const [pid = 0] = engine.pids;
    expect(engine.pids).toHaveLength(1);
    // `127.0.0.1`, `::1`, and the SSH connection.
    expect(await tcpOf(pid)).toEqual({ listening: 2, connected: 1 });
    // The rhythm of the keepalive: what is counted in the end can be seen.
    expect(await engine.resources()).toContain('Timeout');
    engine.host.setAccount({ ...account, wanted: false }, 'person');
    await engine.when((state) => state.kind === 'off', 'off');
    await until('no socket is left', async () => {
      const { listening, connected } = await tcpOf(pid);
      return listening + connected === 0;
    });
    await until('no timer is left', async () => !(await engine.resources()).includes('Timeout'));
    expect((await engine.resources()).filter((name) => name.startsWith('TCP'))).toEqual([]);
    expect(engine.log.filter((line) => line.startsWith('error'))).toEqual([]);
    if (FULL) console.log(JSON.stringify({ ...fates, seconds: Math.round(seconds), deaths }));
  },
);

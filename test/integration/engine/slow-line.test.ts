import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { expect, it } from 'vitest';
import { isProven } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine } from '../../support/engine';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startNarrowLine } from '../../world/narrow-line';
import { startSshd } from '../../world/sshd';
import { startTcpRelay } from '../../world/tcp-relay';
import { until } from '../../world/wait';
import { brokeOff, exchange, startBulkServer } from './bulk';
import { portOf } from './support';
import { keep, tidyUp } from './tidy';

tidyUp();

const KB = 1024;
/** Below what counts as a slow line, 512,000 bytes a second. */
const RATE = 30_000;
/** 4 KB, a piece of 8 KB more, and what SSH adds; on a fast line it is 64 KB and a piece of that. */
const LITTLE = 30 * KB;

/** How many bytes wait in this computer's kernel on the connection to a port (the column `tx_queue`, in proc(5)). */
async function inKernel(port: number): Promise<number> {
  const to = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile('/proc/net/tcp', 'latin1')).split('\n');
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields
    .filter(([, , remote, state]) => remote === to && state === '01')
    .reduce((sum, [, , , , queues = '']) => sum + parseInt(queues, 16), 0);
}

it('beside an upload on a slow line another connection is served soon, and the keepalive too', async () => {
  const key = await makeKey({ type: 'ed25519' });
  const mail = await keep(startBulkServer());
  const sshd = await keep(startSshd({ authorizedKeys: [key] }));
  const relay = await keep(startTcpRelay(sshd));
  const line = await keep(startNarrowLine(relay.port, RATE));
  const engine = await keep(startEngine({ settings: { waits: { keepalive: 2_000 } } }));
  const path = await writeKey(engine.folder, key, 'id');
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  const signIn = { kind: 'key-file', path } as const;
  const account = accountFor({ ...sshd, port: line.port }, [forward], { signIn });
  engine.host.setAccount(account, 'person');
  await engine.when(isProven, 'proven');

  const begun = relay.sent() - engine.traffic().bytesUp;
  const upload = brokeOff(exchange(portOf(account), 2 * KB * KB, 0));
  /** What waits in the engine at this moment; at most what was told half a second ago. */
  const waiting = async () => {
    const kernel = await inKernel(line.port);
    return engine.traffic().bytesUp - (relay.sent() - begun) - kernel;
  };
  // A fast line's limit would be reached again and again, each time that all which waited has gone.
  let [most, since] = [0, relay.sent()];
  const known = async () => {
    const now = await waiting();
    if (now > LITTLE) since = relay.sent();
    return relay.sent() - since > 100 * KB && relay.sent() - begun > 200 * KB;
  };
  await until('the line is known as slow', known, { timeoutMs: 90_000 });
  const program = connectTcp({ host: '127.0.0.1', port: portOf(account) });
  let heard = '';
  program.on('error', () => undefined).on('data', (bytes) => (heard += String(bytes)));
  const before = relay.sent();
  const ahead = await inKernel(line.port);
  const greeted = async () => {
    most = Math.max(most, await waiting());
    return heard.length > 0;
  };
  await until('the other is greeted', greeted, { timeoutMs: 60_000 });
  expect(heard).toBe('+OK bulk\r\n');
  expect(most).toBeLessThan(LITTLE);
  // Not behind the window of the server, which is 2 MB.
  expect(relay.sent() - before).toBeLessThan(ahead + 256 * KB);

  line.widen();
  expect(await upload).toBe(false);
  program.destroy();
  expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
}, 180_000);

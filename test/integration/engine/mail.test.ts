import { describe, expect, it } from 'vitest';
import { isProven } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine } from '../../support/engine';
import { startDovecot } from '../../world/dovecot';
import { compareDelivery, howtoRc, makeFetchmail, perfectDelivery } from '../../world/fetchmail';
import { generateMessages } from '../../world/messages';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { startTcpRelay } from '../../world/tcp-relay';
import { until } from '../../world/wait';
import { keep, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
const messages = generateMessages();

/** An account whose tunnel leads to a mail server, proven. */
async function tunnelTo(mailPort: number, compression = false) {
  const sshd = await keep(startSshd({ authorizedKeys: [key], access: 'no-sessions' }));
  const engine = await keep(startEngine());
  const path = await writeKey(engine.folder, key, 'id');
  const forward = await forwardTo({ host: '127.0.0.1', port: mailPort });
  const signIn = { kind: 'key-file', path } as const;
  engine.host.setAccount(accountFor(sshd, [forward], { signIn, compression }), 'person');
  await engine.when(isProven, 'proven');
  return { sshd, engine, port: forward.localPort };
}

describe('a mailbox of 200 messages', () => {
  it.each([false, true])('comes byte for byte (compression: %s)', async (compression) => {
    const dovecot = await keep(startDovecot({ messages, tls: false }));
    const { engine, port } = await tunnelTo(dovecot.ports.pop3, compression);
    expect(engine.session()).toMatchObject({ compressed: compression });
    const fetchmail = await keep(makeFetchmail(compression ? 'lmtp' : 'mda'));
    const { code, output } = await fetchmail.run(howtoRc(port));
    expect([code, output]).toEqual([0, expect.stringContaining('200 messages')]);
    expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
      perfectDelivery(messages),
    );
    const size = messages.reduce((sum, message) => sum + message.bytes.length, 0);
    await until('everything is counted', () => engine.traffic().bytesDown > size);
    expect((await fetchmail.run(howtoRc(port))).code).toBe(1);
    await until('nothing is open', () => engine.traffic().openConnections === 0);
    expect(engine.state()).toMatchObject({ kind: 'connected', attempt: 2 });
  });

  it('is complete, and nothing twice, when sshd dies in the middle', async () => {
    const dovecot = await keep(startDovecot({ messages, tls: false }));
    const relay = await keep(startTcpRelay({ host: '127.0.0.1', port: dovecot.ports.pop3 }));
    const { sshd, engine, port } = await tunnelTo(relay.port);
    const fetchmail = await keep(makeFetchmail('lmtp'));
    const first = fetchmail.run(howtoRc(port));
    await relay.whenReceived(5_000_000);
    // No byte more may pass while the server dies.
    relay.blackhole();
    await sshd.kill();
    relay.revive();
    const { code, output } = await first;
    expect([code, output]).toEqual([2, expect.stringMatching(/socket error/i)]);
    const soFar = compareDelivery(messages, await fetchmail.delivered());
    expect(soFar).toMatchObject({ doubled: [], brokenOff: [], wrong: [] });
    expect(soFar.missing.length).toBeGreaterThan(0);
    await sshd.start();
    // The next run need not wait for the line: it is held until the tunnel is back.
    expect((await fetchmail.run(howtoRc(port))).code).toBe(0);
    expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
      perfectDelivery(messages),
    );
    await engine.when(isProven, 'proven');
    expect(engine.prompts).toHaveLength(1);
    expect(engine.pids).toHaveLength(1);
  });
});

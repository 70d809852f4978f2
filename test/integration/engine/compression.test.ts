import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { isProven } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine } from '../../support/engine';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { until } from '../../world/wait';
import { plainServer } from './plain-server';
import { portOf } from './support';
import { keep, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
const MAIL = `+OK\r\n${'Received: from somewhere by somebody with ESMTP\r\n'.repeat(40_000)}`;

it.each([true, false])(
  'what a compressed connection saves is counted (compression: %s), over several sessions',
  async (compression) => {
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const mail = await plainServer((socket) => socket.end(MAIL));
    const engine = await keep(startEngine());
    const path = await writeKey(engine.folder, key, 'id');
    const signIn = { kind: 'key-file', path } as const;
    const account = accountFor(sshd, [await forwardTo(mail)], { signIn, compression });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    expect(engine.session()).toMatchObject({ compressed: compression });
    const fetch = async (): Promise<number> => {
      let got = 0;
      for await (const part of connect({ host: '127.0.0.1', port: portOf(account) }))
        got += (part as Buffer).length;
      return got;
    };
    expect(await fetch()).toBe(MAIL.length);
    await sshd.restart();
    expect(await fetch()).toBe(MAIL.length);
    await until('both are counted', () => engine.traffic().bytesDown === 2 * MAIL.length);
    const { beforeCompression, afterCompression } = engine.traffic();
    if (compression) {
      expect(beforeCompression).toBe(2 * MAIL.length);
      // Two sign-ins and the greetings cost some kilobytes.
      expect(afterCompression).toBeGreaterThan(5_000);
      expect(afterCompression).toBeLessThan(beforeCompression / 10);
    } else expect([beforeCompression, afterCompression]).toEqual([0, 0]);
  },
);

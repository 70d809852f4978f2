import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { isProven } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, startEngine } from '../../support/engine';
import { deathBound } from '../../world/child';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { until } from '../../world/wait';
import { PYTHON } from '../../world/python-server';
import { startBulkServer } from './bulk';
import { portOf } from './support';
import { keep, tidyUp } from './tidy';

tidyUp();

const MB = 1024 * 1024;
const SCRIPT = fileURLToPath(new URL('../../world/slow-reader.py', import.meta.url));

it.each(['the server dies', 'the mailbox is switched off', 'the forward is taken away'] as const)(
  'a mail program that was not reading when %s is told of the break, never of an end',
  async (what) => {
    const key = await makeKey({ type: 'ed25519' });
    const mail = await keep(startBulkServer());
    const sshd = await keep(startSshd({ authorizedKeys: [key] }));
    const engine = await keep(startEngine());
    const path = await writeKey(engine.folder, key, 'id');
    const signIn = { kind: 'key-file', path } as const;
    const account = accountFor(sshd, [await forwardTo({ host: '127.0.0.1', port: mail.port })], {
      signIn,
    });
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const wish = Buffer.alloc(8);
    wish.writeUInt32BE(64 * MB, 4);
    const args = [SCRIPT, String(portOf(account)), wish.toString('hex')];
    const program = spawn(...deathBound(PYTHON, args), { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    program.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await until('it stops reading', () => said.includes('stopped reading'));
    await until('more has come than it took', () => engine.traffic().bytesDown > MB);

    if (what === 'the server dies') await sshd.stop();
    else if (what === 'the mailbox is switched off')
      engine.host.setAccount({ ...account, wanted: false }, 'person');
    else engine.host.setAccount({ ...account, forwards: [] }, 'person');
    await until('its connection is over', () => engine.traffic().openConnections === 0);
    program.stdin.write('read on\n');
    await until('it hears how it ended', () => /^(?:reset|ended) \d+$/mu.test(said));
    expect(said).toMatch(/^reset \d+$/mu);
  },
);

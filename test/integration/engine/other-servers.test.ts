import { beforeAll, describe, expect, it } from 'vitest';
import { describeError, type Translate } from '../../../electron/shared/messages';
import { isProven } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo } from '../../support/engine';
import { englishWords } from '../../unit/support/words';
import { startDropbear } from '../../world/dropbear';
import { startHoldingRelay } from '../../world/holding-relay';
import type { ServerHandle } from '../../world/server';
import { makeKey, type TestKey } from '../../world/ssh-keys';
import { startSshd } from '../../world/sshd';
import { until } from '../../world/wait';
import { startBulkServer, type BulkServer } from './bulk';
import { count, engineFor, greetingOf, keyFile } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const right = await makeKey({ type: 'ed25519', name: 'right' });
const wrong = await makeKey({ type: 'ed25519', name: 'wrong' });
/** More than a request for the service comes to, and less than a signature. */
const ONE_STEP = 100;

let mail: BulkServer;
let t: Translate;
beforeAll(async () => {
  t = await englishWords();
  mail = await keepForFile(startBulkServer());
});

/** A server that lets in with a key. */
interface Server extends ServerHandle {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  authorize(keys: readonly TestKey[]): Promise<void>;
}

/** A server, and how often its log says that somebody was let in or refused. */
interface Kind {
  readonly start: (key: TestKey) => Promise<Server>;
  readonly letIn: RegExp;
  readonly refused: RegExp;
  /** Does it hang up when the key in front of a channel is wrong? */
  readonly hangsUp: boolean;
}

const OPENSSH = { letIn: /^Accepted publickey/gm, refused: /^Failed publickey/gm, hangsUp: false };
const DROPBEAR = { letIn: /Pubkey auth succeeded/g, refused: /Exit before auth/g, hangsUp: true };

const KINDS: Readonly<Record<string, Kind>> = {
  'OpenSSH with ForceCommand': {
    ...OPENSSH,
    start: (key) => startSshd({ authorizedKeys: [key], access: 'message' }),
  },
  'OpenSSH with a command in authorized_keys': {
    ...OPENSSH,
    start: async (key) => {
      const forced = (one: TestKey) => `command="/bin/false",no-pty ${one.publicKey}`;
      const sshd = await startSshd({ authorizedKeys: [forced(key)], access: 'shell' });
      return { ...sshd, authorize: (keys) => sshd.authorize(keys.map(forced)) };
    },
  },
  'OpenSSH without sessions': {
    ...OPENSSH,
    start: (key) => startSshd({ authorizedKeys: [key], access: 'no-sessions' }),
  },
  Dropbear: { ...DROPBEAR, start: (key) => startDropbear([key]) },
  'Dropbear with a forced command': {
    ...DROPBEAR,
    start: (key) => startDropbear([key], '/bin/false'),
  },
};

/** A server with a relay before it, and an account that is switched on by nobody yet. */
async function setting(kind: Kind, opens: TestKey) {
  const server = await keep(kind.start(opens));
  const relay = await keep(startHoldingRelay(server));
  const engine = await engineFor();
  const signIn = await keyFile(engine, right);
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  const account = accountFor({ ...relay, user: server.user }, [forward], { signIn });
  return { server, relay, engine, account };
}

describe.each(Object.entries(KINDS))('%s', (_, kind) => {
  it('is told everything at once, and takes it', async () => {
    const { server, relay, engine, account } = await setting(kind, right);
    relay.hold();
    engine.host.setAccount(account, 'person');
    // Nothing was heard of the server yet beyond the exchange of keys.
    await until('the mail server is dialled', () => mail.open() === 1, {
      detail: () => server.log(),
    });
    expect(engine.state()).toMatchObject({ kind: 'connecting' });
    relay.release();
    await engine.when(isProven, 'proven');
    expect(await greetingOf(account)).toBe('+OK bulk');
    expect([relay.lines(), count(server.log(), kind.letIn)]).toEqual([1, 1]);
    expect(count(server.log(), kind.refused)).toBe(0);
  });

  it('sees a wrong key once; and the right one later, step by step where it objected', async () => {
    const { server, relay, engine, account } = await setting(kind, wrong);
    engine.host.setAccount(account, 'person');
    const trouble = await engine.trouble();
    expect(trouble).toMatchObject({ kind: 'sign-in-refused', tried: ['key'] });
    expect(describeError(trouble, t).title).toBe('The server did not accept your key.');
    expect(relay.lines()).toBe(kind.hangsUp ? 2 : 1);
    await server.waitForLog(new RegExp(kind.refused));
    expect(count(server.log(), /^Failed publickey/gm)).toBe(kind.hangsUp ? 0 : 1);

    await server.authorize([right]);
    const before = relay.lines();
    relay.hold();
    engine.host.tryNow('a');
    await until('it speaks', () => relay.lines() > before && relay.sent() > 0);
    if (kind.hangsUp) expect(relay.sent()).toBeLessThan(ONE_STEP);
    relay.release();
    await engine.when(isProven, 'proven');
    expect(await greetingOf(account)).toBe('+OK bulk');
    expect(count(server.log(), kind.letIn)).toBe(1);
  });
});

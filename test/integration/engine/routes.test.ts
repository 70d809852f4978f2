import { beforeAll, describe, expect, it } from 'vitest';
import { isProven } from '../../../electron/shared/tunnel-state';
import { secretly, trusting } from '../../support/engine';
import { makeKey, PASSPHRASE } from '../../world/ssh-keys';
import { connect } from '../../world/talk';
import { until } from '../../world/wait';
import { brokeOff, exchange, startBulkServer, type BulkServer } from './bulk';
import {
  accountBy,
  carries,
  DIRECT,
  HOP,
  isRetrying,
  jump,
  key,
  known,
  MB,
  oneJump,
  server,
} from './route-support';
import { connections, engineFor, keyFile, portOf } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });

let mail: BulkServer;
beforeAll(async () => {
  mail = await keepForFile(startBulkServer());
});

describe('through another SSH server', () => {
  it('both are asked about by their own names, and every byte comes', async () => {
    const hop = await server();
    const sshd = await server();
    const engine = await engineFor({ answers: trusting });
    const signIn = await keyFile(engine, key);
    const account = await accountBy(mail, sshd, signIn, jump(hop, signIn));
    engine.host.setAccount(account, 'person');
    await carries(engine, account, 30 * MB);
    expect(engine.prompts).toMatchObject([
      { kind: 'host-key', host: HOP, port: hop.port },
      { kind: 'host-key', host: '127.0.0.1', port: sshd.port },
    ]);
    // What happens at the hop is, to a person, still the reaching of their server.
    const waits = engine.states().filter((state) => state.kind === 'waiting-for-user');
    expect(waits).toMatchObject([{ phase: 'reaching-server' }, { phase: 'verifying-host' }]);
    expect([connections(hop), connections(sshd)]).toEqual([1, 1]);
    engine.host.setAccount({ ...account, wanted: false }, 'person');
    await engine.when((state) => state.kind === 'off', 'off');
    await sshd.waitForLog(/Received disconnect from .*|Disconnected from user/);
    await hop.waitForLog(/Received disconnect from .*|Disconnected from user/);
  });

  it('and another, and another', async () => {
    const [a, b, c, sshd] = [await server(), await server(), await server(), await server()];
    const engine = await engineFor();
    const lines = [known(a), known(b, HOP), known(c), known(sshd)];
    await engine.folder.write('known_hosts', lines.join(''));
    const signIn = await keyFile(engine, key);
    const at = '127.0.0.1';
    const route = jump(c, signIn, jump(b, signIn, jump(a, signIn, DIRECT, at)), at);
    const account = await accountBy(mail, sshd, signIn, route);
    engine.host.setAccount(account, 'background');
    await carries(engine, account);
    expect([a, b, c, sshd].map(connections)).toEqual([1, 1, 1, 1]);
    // The one in the middle dies: everything after it is lost with it, and it is named.
    const broken = brokeOff(exchange(portOf(account), 0, 1024 * MB));
    const before = engine.traffic().bytesDown;
    await until('mail flows', () => engine.traffic().bytesDown > before + MB);
    await b.kill();
    expect(await broken).toBe(true);
    await engine.when(isRetrying, 'retrying');
    expect(engine.states().find(isRetrying)).toMatchObject({
      cause: { kind: 'connection-lost', host: HOP },
    });
    await b.start();
    await carries(engine, account);
  });

  it('a passphrase for both is asked once', async () => {
    const options = { authorizedKeys: [locked] };
    const [hop, sshd] = [await server(options), await server(options)];
    const engine = await engineFor({ answers: secretly(PASSPHRASE) });
    await engine.folder.write('known_hosts', known(hop, HOP) + known(sshd));
    const signIn = await keyFile(engine, locked);
    const account = await accountBy(mail, sshd, signIn, jump(hop, signIn));
    engine.host.setAccount(account, 'person');
    await carries(engine, account);
    expect(engine.prompts).toMatchObject([{ kind: 'passphrase' }]);
  });

  it.each(['hop', 'sshd'] as const)('the death of the %s is a reset, and is named', async (who) => {
    const { engine, account, ...both } = await oneJump(mail);
    engine.host.setAccount(account, 'person');
    await engine.when(isProven, 'proven');
    const transfer = brokeOff(exchange(portOf(account), 0, 1024 * MB));
    const program = await keep(connect(portOf(account)));
    expect(await program.line()).toBe('+OK bulk');
    await until('mail flows', () => engine.traffic().bytesDown > MB);
    await both[who].kill();
    expect(await program.closed).toBe('ECONNRESET');
    expect(await transfer).toBe(true);
    await engine.when(isRetrying, 'retrying');
    const host = who === 'hop' ? HOP : '127.0.0.1';
    expect(engine.states().find(isRetrying)).toMatchObject({
      cause: { kind: 'connection-lost', host },
    });
    await until('the mail server is rid of it', () => mail.open() === 0);
    await both[who].start();
    await carries(engine, account);
    expect(engine.prompts).toEqual([]);
  });
});

describe('a server on the way', () => {
  it('that is not known is not asked about in the background, but named', async () => {
    const { engine, account, sshd } = await oneJump(mail);
    await engine.folder.write('known_hosts', known(sshd));
    engine.host.setAccount(account, 'background');
    expect(await engine.trouble()).toEqual({
      kind: 'answer-needed',
      what: 'host-key',
      host: HOP,
    });
    expect(connections(sshd)).toBe(0);
  });

  it('that refuses the sign-in is named', async () => {
    const { engine, account, hop, sshd } = await oneJump(mail, { hop: { authorizedKeys: [] } });
    engine.host.setAccount(account, 'person');
    const { user } = hop;
    expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused', user, host: HOP });
    expect(connections(sshd)).toBe(0);
  });

  it('that leads no further is named', async () => {
    const { engine, account, hop } = await oneJump(mail, { hop: { allowForwarding: false } });
    engine.host.setAccount(account, 'person');
    expect(await engine.trouble()).toMatchObject({
      kind: 'proxy-failed',
      reason: 'no-forwarding',
      host: HOP,
      port: hop.port,
    });
    await hop.waitForLog(/Disconnected from user/);
  });

  it('says that the next is not there, which is tried until it is', async () => {
    const { engine, account, sshd } = await oneJump(mail);
    await sshd.halt();
    engine.host.setAccount(account, 'person');
    expect(await engine.when(isRetrying, 'retrying')).toMatchObject({
      cause: { kind: 'connection-refused', host: '127.0.0.1', port: sshd.port },
    });
    await sshd.start();
    await carries(engine, account);
  });

  it('whose changed key is taken vouches for no other, though it be the same key', async () => {
    const { engine, account, hop, sshd } = await oneJump(mail);
    const old = await makeKey({ type: 'ed25519', name: 'old' });
    const lines = [`[${HOP}]:${hop.port}`, `[127.0.0.1]:${sshd.port}`];
    await engine.folder.write(
      'known_hosts',
      lines.map((names) => `${names} ${old.publicKey}\n`).join(''),
    );
    engine.host.setAccount(account, 'person');
    const shown = hop.hostKeys[0]?.fingerprint ?? '';
    expect(await engine.trouble()).toMatchObject({ kind: 'host-key-changed', host: HOP });
    engine.host.acceptChangedKey('a', shown);
    await engine.when(
      (state) =>
        state.kind === 'needs-attention' &&
        state.error.kind === 'host-key-changed' &&
        state.error.host === '127.0.0.1',
      'the server is not trusted by the same word',
    );
    engine.host.acceptChangedKey('a', shown);
    await engine.when(isProven, 'proven');
  });

  it('is left at once when the account is switched off in the middle', async () => {
    const { engine, account, hop, sshd } = await oneJump(mail);
    await engine.folder.write('known_hosts', known(hop, HOP));
    engine.answerWith(() => null);
    engine.host.setAccount(account, 'person');
    const [id, request] = await engine.question();
    expect(request).toMatchObject({ kind: 'host-key', host: '127.0.0.1' });
    engine.host.setAccount({ ...account, wanted: false }, 'person');
    await engine.when((state) => state.kind === 'off', 'off');
    expect(engine.open.has(id)).toBe(false);
    await hop.waitForLog(/Disconnected from user/);
    await sshd.waitForLog(/Connection (closed|reset)/);
  });
});

describe('without a network', () => {
  /** The loopback interface under a name that does not look like it. */
  const far = '127.1';

  it('a way that begins on this computer is tried again', async () => {
    const { engine, account, hop, sshd } = await oneJump(mail);
    await engine.folder.write('known_hosts', known(hop, HOP) + known(sshd, far));
    engine.host.networkChanged(false);
    engine.host.setAccount({ ...account, sshHost: far }, 'background');
    await engine.when(isProven, 'proven');
    await hop.halt();
    await engine.when(isRetrying, 'retrying');
    await hop.start();
    await engine.when(isProven, 'proven again');
  });

  it('a way that begins elsewhere is not, wherever it leads', async () => {
    const { engine, account, hop, sshd } = await oneJump(mail);
    await engine.folder.write('known_hosts', known(hop, far) + known(sshd));
    const route = jump(hop, account.signIn, DIRECT, far);
    engine.host.setAccount({ ...account, route }, 'background');
    await engine.when(isProven, 'proven');
    engine.host.networkChanged(false);
    await hop.halt();
    await engine.when((state) => state.kind === 'offline', 'offline');
    await hop.start();
    engine.host.networkChanged(true);
    await engine.when(isProven, 'proven again');
  });
});

describe('over IPv6', () => {
  it('a server is reached, directly and from another', async () => {
    const sshd = await server({ config: { ListenAddress: ['127.0.0.1', '::1'] } });
    const hop = await server();
    const engine = await engineFor();
    await engine.folder.write('known_hosts', known(sshd, '::1') + known(hop, HOP));
    const signIn = await keyFile(engine, key);
    const account = await accountBy(mail, sshd, signIn, DIRECT);
    const far = { ...account, sshHost: '::1' };
    engine.host.setAccount(far, 'background');
    await carries(engine, far);
    await sshd.waitForLog(/Connection from ::1 /);
    engine.host.setAccount({ ...far, route: jump(hop, signIn) }, 'background');
    await until('the hop is used', () => connections(hop) === 1);
    await carries(engine, far);
  });
});

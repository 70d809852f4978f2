import { beforeAll, describe, expect, it } from 'vitest';
import type { Account, Route, SignIn } from '../../../electron/shared/account';
import { isProven, type TunnelState } from '../../../electron/shared/tunnel-state';
import { accountFor, forwardTo, secretly, trusting, type TestEngine } from '../../support/engine';
import { startDovecot } from '../../world/dovecot';
import { compareDelivery, howtoRc, makeFetchmail, perfectDelivery } from '../../world/fetchmail';
import { generateMessages } from '../../world/messages';
import { startHttpProxy, startSocksProxy } from '../../world/proxies';
import { makeKey, PASSPHRASE } from '../../world/ssh-keys';
import { startSshd, type Sshd, type SshdOptions } from '../../world/sshd';
import { connect } from '../../world/talk';
import { until } from '../../world/wait';
import { brokeOff, exchange, startBulkServer, type BulkServer } from './bulk';
import { connections, engineFor, keyFile, portOf, secret } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const key = await makeKey({ type: 'ed25519' });
const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });
const MB = 1024 * 1024;
const DIRECT = { kind: 'direct' } as const;
/** A name of the hop, so that it is told apart from the server at 127.0.0.1. */
const HOP = 'localhost';

let mail: BulkServer;
beforeAll(async () => {
  mail = await keepForFile(startBulkServer());
});

const server = (options: SshdOptions = {}): Promise<Sshd> =>
  keep(startSshd({ authorizedKeys: [key], ...options }));

/** A jump from an sshd, which is itself reached by `route`. */
function jump(from: Sshd, signIn: SignIn, route: Route = DIRECT, host = HOP): Route {
  return { kind: 'jump', host, port: from.port, user: from.user, signIn, route };
}

/** The line of known_hosts for an sshd under a name. */
function known(sshd: Sshd, host = '127.0.0.1'): string {
  return `[${host}]:${sshd.port} ${sshd.hostKeys[0]?.publicKey ?? ''}\n`;
}

async function accountBy(sshd: Sshd, signIn: SignIn, route: Route): Promise<Account> {
  const forward = await forwardTo({ host: '127.0.0.1', port: mail.port });
  return accountFor(sshd, [forward], { signIn, route });
}

/** Two sshds, an engine with their keys known, and an account that jumps from the one to the other. */
async function oneJump(options: { hop?: SshdOptions; server?: SshdOptions } = {}) {
  const hop = await server(options.hop);
  const sshd = await server(options.server);
  const engine = await engineFor();
  await engine.folder.write('known_hosts', known(hop, HOP) + known(sshd));
  const signIn = await keyFile(engine, key);
  const account = await accountBy(sshd, signIn, jump(hop, signIn));
  return { hop, sshd, engine, account };
}

const isRetrying = (state: TunnelState) => state.kind === 'retrying';

async function carries(engine: TestEngine, account: Account, bytes = 4 * MB): Promise<void> {
  await engine.when(isProven, 'proven');
  expect(await exchange(portOf(account), bytes, bytes)).toEqual({
    upWhole: true,
    downWhole: true,
  });
}

describe('through another SSH server', () => {
  it('both are asked about by their own names, and every byte comes', async () => {
    const hop = await server();
    const sshd = await server();
    const engine = await engineFor({ answers: trusting });
    const signIn = await keyFile(engine, key);
    const account = await accountBy(sshd, signIn, jump(hop, signIn));
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
    const account = await accountBy(sshd, signIn, route);
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
    const account = await accountBy(sshd, signIn, jump(hop, signIn));
    engine.host.setAccount(account, 'person');
    await carries(engine, account);
    expect(engine.prompts).toMatchObject([{ kind: 'passphrase' }]);
  });

  it.each(['hop', 'sshd'] as const)('the death of the %s is a reset, and is named', async (who) => {
    const { engine, account, ...both } = await oneJump();
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
    const { engine, account, sshd } = await oneJump();
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
    const { engine, account, hop, sshd } = await oneJump({ hop: { authorizedKeys: [] } });
    engine.host.setAccount(account, 'person');
    const { user } = hop;
    expect(await engine.trouble()).toMatchObject({ kind: 'sign-in-refused', user, host: HOP });
    expect(connections(sshd)).toBe(0);
  });

  it('that leads no further is named', async () => {
    const { engine, account, hop } = await oneJump({ hop: { allowForwarding: false } });
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
    const { engine, account, sshd } = await oneJump();
    await sshd.halt();
    engine.host.setAccount(account, 'person');
    expect(await engine.when(isRetrying, 'retrying')).toMatchObject({
      cause: { kind: 'connection-refused', host: '127.0.0.1', port: sshd.port },
    });
    await sshd.start();
    await carries(engine, account);
  });

  it('whose changed key is taken vouches for no other, though it be the same key', async () => {
    const { engine, account, hop, sshd } = await oneJump();
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
    const { engine, account, hop, sshd } = await oneJump();
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
    const { engine, account, hop, sshd } = await oneJump();
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
    const { engine, account, hop, sshd } = await oneJump();
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

describe.each([
  ['socks5', startSocksProxy],
  ['http', startHttpProxy],
] as const)('through a %s proxy', (kind, start) => {
  /** An account that goes through a proxy, signing in to it when that wants it. */
  async function behind(signIn: boolean) {
    const proxy = await keep(start({ signIn }));
    const sshd = await server();
    const engine = await engineFor({}, ...(proxy.signIn === null ? [] : [proxy.signIn.password]));
    await engine.folder.write('known_hosts', known(sshd));
    const { host, port } = proxy;
    const route = { kind, host, port, user: proxy.signIn?.user ?? null };
    const account = await accountBy(sshd, await keyFile(engine, key), route);
    return { proxy, sshd, engine, account };
  }

  it('everything is carried, and a proxy that was down is tried until it is up', async () => {
    const { proxy, engine, account } = await behind(false);
    await proxy.kill();
    engine.host.setAccount(account, 'background');
    expect(await engine.when(isRetrying, 'retrying')).toMatchObject({
      cause: { kind: 'connection-refused', host: proxy.host, port: proxy.port },
    });
    await proxy.start();
    await carries(engine, account);
    await proxy.kill();
    expect(await engine.when(isRetrying, 'retrying')).toMatchObject({
      cause: { host: '127.0.0.1' },
    });
    await proxy.start();
    await carries(engine, account);
    expect(engine.prompts).toEqual([]);
  });

  it('its password is asked for by its name, again when wrong, and then kept', async () => {
    const { proxy, sshd, engine, account } = await behind(true);
    engine.host.setAccount(account, 'background');
    expect(await engine.trouble()).toEqual({
      kind: 'answer-needed',
      what: 'password',
      host: proxy.host,
    });
    const right = proxy.signIn?.password ?? '';
    engine.answerWith((request) =>
      secret(request.kind === 'password' && request.wrongBefore ? right : 'wrong.one'),
    );
    engine.host.tryNow('a');
    await carries(engine, account);
    const asked = { kind: 'password', host: proxy.host, user: proxy.signIn?.user };
    expect(engine.prompts).toMatchObject([
      { ...asked, wrongBefore: false },
      { ...asked, wrongBefore: true },
    ]);
    await sshd.kill();
    await engine.when(isRetrying, 'retrying');
    await sshd.start();
    await carries(engine, account);
    expect(engine.prompts).toHaveLength(2);
    // After a lock nothing of it is known any more.
    engine.host.lock();
    await sshd.kill();
    expect(await engine.trouble()).toMatchObject({ kind: 'answer-needed', what: 'password' });
  });

  it('a password that is wrong three times ends the attempt; a missing user name does too', async () => {
    const { proxy, engine, account } = await behind(true);
    engine.answerWith(() => secret('wrong.one'));
    engine.host.setAccount(account, 'person');
    const named = { kind: 'proxy-failed', host: proxy.host, port: proxy.port };
    expect(await engine.trouble()).toMatchObject({ ...named, reason: 'sign-in-refused' });
    expect(engine.prompts).toHaveLength(3);
    const { host, port } = proxy;
    engine.host.setAccount({ ...account, route: { kind, host, port, user: null } }, 'person');
    await engine.when(
      (state) =>
        state.kind === 'needs-attention' &&
        state.error.kind === 'proxy-failed' &&
        state.error.reason === 'sign-in-needed',
      'it wants a sign-in',
    );
    expect(engine.prompts).toHaveLength(3);
  });

  it('what is no proxy is named', async () => {
    const { engine, account, sshd } = await behind(false);
    const route = { kind, host: '127.0.0.1', port: sshd.port, user: null };
    engine.host.setAccount({ ...account, route }, 'person');
    expect(await engine.trouble()).toMatchObject({ kind: 'proxy-failed', reason: 'not-a-proxy' });
  });
});

describe('over IPv6', () => {
  it('a server is reached, directly and from another', async () => {
    const sshd = await server({ config: { ListenAddress: ['127.0.0.1', '::1'] } });
    const hop = await server();
    const engine = await engineFor();
    await engine.folder.write('known_hosts', known(sshd, '::1') + known(hop, HOP));
    const signIn = await keyFile(engine, key);
    const account = await accountBy(sshd, signIn, DIRECT);
    const far = { ...account, sshHost: '::1' };
    engine.host.setAccount(far, 'background');
    await carries(engine, far);
    await sshd.waitForLog(/Connection from ::1 /);
    engine.host.setAccount({ ...far, route: jump(hop, signIn) }, 'background');
    await until('the hop is used', () => connections(hop) === 1);
    await carries(engine, far);
  });
});

describe('a mailbox', () => {
  it('is fetched through a proxy and another server', async () => {
    const messages = generateMessages();
    const dovecot = await keep(startDovecot({ messages, tls: false }));
    const proxy = await keep(startSocksProxy());
    const { engine, account, hop } = await oneJump();
    const { host, port } = proxy;
    const { signIn } = account;
    const route = jump(hop, signIn, { kind: 'socks5', host, port, user: null });
    const forward = await forwardTo({ host: '127.0.0.1', port: dovecot.ports.pop3 });
    engine.host.setAccount({ ...account, route, forwards: [forward] }, 'background');
    await engine.when(isProven, 'proven');
    const fetchmail = await keep(makeFetchmail());
    expect((await fetchmail.run(howtoRc(forward.localPort))).code).toBe(0);
    expect(compareDelivery(messages, await fetchmail.delivered())).toEqual(
      perfectDelivery(messages),
    );
    await until('nothing is open', () => engine.traffic().openConnections === 0);
  });
});

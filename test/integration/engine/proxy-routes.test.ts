import { beforeAll, describe, expect, it } from 'vitest';
import { isProven } from '../../../electron/shared/tunnel-state';
import { forwardTo } from '../../support/engine';
import { startDovecot } from '../../world/dovecot';
import { compareDelivery, howtoRc, makeFetchmail, perfectDelivery } from '../../world/fetchmail';
import { generateMessages } from '../../world/messages';
import { startHttpProxy, startSocksProxy } from '../../world/proxies';
import { until } from '../../world/wait';
import { startBulkServer, type BulkServer } from './bulk';
import { accountBy, carries, isRetrying, jump, key, known, oneJump, server } from './route-support';
import { engineFor, keyFile, secret } from './support';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

let mail: BulkServer;
beforeAll(async () => {
  mail = await keepForFile(startBulkServer());
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
    const account = await accountBy(mail, sshd, await keyFile(engine, key), route);
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

describe('a mailbox', () => {
  it('is fetched through a proxy and another server', async () => {
    const messages = generateMessages();
    const dovecot = await keep(startDovecot({ messages, tls: false }));
    const proxy = await keep(startSocksProxy());
    const { engine, account, hop } = await oneJump(mail);
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

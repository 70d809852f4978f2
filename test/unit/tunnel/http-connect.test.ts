import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/secrets/secret';
import { throughHttpConnect } from '../../../electron/tunnel/http-connect';
import { until } from '../../world/wait';
import { failureOf, startStandIn, stopStandIns } from './proxy-stand-in';

afterEach(stopStandIns);

const never = new AbortController().signal;
const target = { host: 'ssh.example.test', port: 2222 };
const credentials = { user: 'msingh', password: new Secret('foo:bär') };
const LEADS_ON = 'HTTP/1.1 200 Connection established\r\n\r\n';
const GREETING = 'SSH-2.0-OpenSSH_9.2\r\n';

describe('what is asked', () => {
  it.each([
    ['ssh.example.test', 'ssh.example.test:2222'],
    ['Bücher.example', 'xn--bcher-kva.example:2222'],
    ['127.0.0.1', '127.0.0.1:2222'],
    ['2001:db8::1', '[2001:db8::1]:2222'],
  ])('%s as %s', async (host, authority) => {
    const proxy = await startStandIn([LEADS_ON]);
    await throughHttpConnect(proxy.socket, { host, port: 2222 }, null, never);
    expect(proxy.heard().toString()).toBe(
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
    );
  });

  it('with user name and password, in UTF-8 and base64', async () => {
    const proxy = await startStandIn([LEADS_ON]);
    await throughHttpConnect(proxy.socket, target, credentials, never);
    const basic = Buffer.from('msingh:foo:bär').toString('base64');
    expect(proxy.heard().toString()).toContain(`\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`);
  });

  it.each([['fe80::1%eth0'], ['a b'], ['a\r\nX-Evil: b'], [''], ['a'.repeat(256)]])(
    'nothing is asked for what cannot be a host: %j',
    async (host) => {
      const proxy = await startStandIn([LEADS_ON]);
      const exchange = throughHttpConnect(proxy.socket, { host, port: 22 }, null, never);
      expect((await failureOf(exchange, proxy)).reason).toBe('other');
      expect(proxy.heard()).toHaveLength(0);
    },
  );

  it('a user name with a colon would be another one', async () => {
    const proxy = await startStandIn([LEADS_ON]);
    const odd = { user: 'a:b', password: new Secret('geheim') };
    const failure = await failureOf(throughHttpConnect(proxy.socket, target, odd, never), proxy);
    expect(failure.reason).toBe('other');
    expect(inspect(failure)).not.toContain('geheim');
    expect(proxy.heard()).toHaveLength(0);
  });
});

describe('what is answered', () => {
  it.each([
    ['plainly', LEADS_ON],
    ['without a reason', 'HTTP/1.0 200\r\n\r\n'],
    ['with another success', 'HTTP/1.1 204 No Content\r\n\r\n'],
    [
      'with headers that mean nothing here',
      `HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ],
    ['with bare line feeds', 'HTTP/1.1 200 OK\nVia: x\n\n'],
    [
      'after interim answers',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\n${LEADS_ON}`,
    ],
    ['at length', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(16_000)}\r\n\r\n`],
  ])('yes, %s; what follows is left to SSH', async (_, reply) => {
    for (const drip of [false, true]) {
      const proxy = await startStandIn([`${reply}${GREETING}`], {
        drip: drip && reply.length < 200,
      });
      await throughHttpConnect(proxy.socket, target, null, never);
      await proxy.gives(GREETING);
      proxy.say('more');
      await proxy.gives(`${GREETING}more`);
      expect(proxy.socket.listenerCount('readable')).toBe(0);
    }
  });

  it('megabytes behind the headers are kept, too', async () => {
    const much = 'x'.repeat(3_000_000);
    const proxy = await startStandIn([`${LEADS_ON}${much}`]);
    await throughHttpConnect(proxy.socket, target, null, never);
    await proxy.gives(much);
  });

  const basic = 'Proxy-Authenticate: Basic realm="x"';
  it.each([
    ['sign-in-needed', false, `407 Proxy Authentication Required\r\n${basic}`],
    ['sign-in-needed', false, '407 Proxy Authentication Required'],
    ['sign-in-refused', true, `407 Proxy Authentication Required\r\n${basic}`],
    ['sign-in-refused', true, '401 Unauthorized\r\nWWW-Authenticate: Basic realm="Tinyproxy"'],
    ['sign-in-needed', false, `407 No\r\nProxy-Authenticate: Negotiate\r\n${basic.toLowerCase()}`],
    ['sign-in-needed', false, '407 No\r\nProxy-Authenticate: NTLM, Basic realm="x"'],
    ['other', false, '407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM'],
    ['other', true, '407 No\r\nProxy-Authenticate: Digest realm="Basic"'],
    ['forbidden', false, '403 Access violation'],
    ['unreachable', false, '500 Unable to connect'],
    ['unreachable', false, '502 Bad Gateway'],
    ['unreachable', false, '503 Service Unavailable'],
    ['unreachable', false, '504 Gateway Timeout'],
    ['not-a-proxy', false, '400 Bad Request'],
    ['not-a-proxy', false, '404 Not Found'],
    ['not-a-proxy', false, '405 Method Not Allowed'],
    ['not-a-proxy', false, '501 Not Implemented'],
    ['other', false, '302 Found\r\nLocation: http://login.example/'],
    ['other', false, '429 Too Many Requests'],
  ])('no: %s, signed in %s: %j', async (reason, signsIn, status) => {
    const proxy = await startStandIn([`HTTP/1.1 ${status}\r\n\r\n<html>`]);
    const exchange = throughHttpConnect(proxy.socket, target, signsIn ? credentials : null, never);
    expect((await failureOf(exchange, proxy)).reason).toBe(reason);
  });

  it('the detail is what the proxy says, or which sign-in it wants', async () => {
    const detailOf = async (reply: string) => {
      const proxy = await startStandIn([`HTTP/1.1 ${reply}\r\n\r\n`]);
      return (await failureOf(throughHttpConnect(proxy.socket, target, null, never), proxy)).detail;
    };
    expect(await detailOf('403 Not \u001b[31mhere')).toBe('HTTP/1.1 403 Not [31mhere');
    expect(await detailOf('407 No\r\nProxy-Authenticate: NTLM')).toMatch(/only .* NTLM$/);
  });

  it.each([
    ['another greeting', GREETING],
    ['SOCKS', Buffer.from([5, 0xff])],
    ['an older HTTP', '<html>'],
    ['a newer HTTP', 'HTTP/2 200\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['an endless header', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`],
    ['endless interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2_000)],
  ])('%s is not a proxy', async (_, reply) => {
    const proxy = await startStandIn([reply]);
    const exchange = throughHttpConnect(proxy.socket, target, null, never);
    expect((await failureOf(exchange, proxy)).reason).toBe('not-a-proxy');
  });

  it('nothing but an end is a closed connection', async () => {
    const proxy = await startStandIn([null]);
    const exchange = throughHttpConnect(proxy.socket, target, null, never);
    expect((await failureOf(exchange, proxy)).reason).toBe('other');
  });

  it('when it is called off, the socket is destroyed', async () => {
    const control = new AbortController();
    const reason = new Error('called off');
    const proxy = await startStandIn(['HTTP/1.1 200']);
    const exchange = throughHttpConnect(proxy.socket, target, null, control.signal);
    await until('it waits', () => proxy.socket.bytesRead > 0);
    control.abort(reason);
    await expect(exchange).rejects.toBe(reason);
    expect(proxy.socket.destroyed).toBe(true);
  });
});

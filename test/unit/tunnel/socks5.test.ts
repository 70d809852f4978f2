import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/secrets/secret';
import { throughSocks5 } from '../../../electron/tunnel/socks5';
import { until } from '../../world/wait';
import { failureOf, startStandIn, stopStandIns, type Script } from './proxy-stand-in';

afterEach(stopStandIns);

const never = new AbortController().signal;
const target = { host: 'ssh.example.test', port: 2222 };
const credentials = { user: 'msingh', password: new Secret('foobär') };

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const OPEN = bytes(5, 0);
const SIGN_IN = bytes(5, 2);
const WELCOME = bytes(1, 0);
/** A success with the bound address 0.0.0.0:0, as most say. */
const LEADS_ON = bytes(5, 0, 0, 1, 0, 0, 0, 0, 0, 0);

describe('what is asked', () => {
  const asked = async (host: string): Promise<Buffer> => {
    const proxy = await startStandIn([OPEN, LEADS_ON]);
    await throughSocks5(proxy.socket, { host, port: 0x1234 }, null, never);
    expect([...proxy.heard().subarray(0, 3)]).toEqual([5, 1, 0]);
    return proxy.heard().subarray(3);
  };
  const request = (type: number, ...address: number[]) =>
    bytes(5, 1, 0, type, ...address, 0x12, 0x34);
  const name = (text: string) => request(3, text.length, ...Buffer.from(text));

  it('names go to the proxy as they are, in ASCII', async () => {
    expect(await asked('localhost')).toEqual(name('localhost'));
    expect(await asked('Bücher.example')).toEqual(name('xn--bcher-kva.example'));
    expect(await asked('under_score')).toEqual(name('under_score'));
    expect(await asked('1.2')).toEqual(name('1.2'));
  });

  it('addresses go as addresses', async () => {
    expect(await asked('127.0.0.1')).toEqual(request(1, 127, 0, 0, 1));
    expect(await asked('::1')).toEqual(request(4, ...bytes(...Array<number>(15).fill(0), 1)));
    const mapped = [...Array<number>(10).fill(0), 0xff, 0xff, 10, 0, 0, 1];
    expect(await asked('::FFFF:10.0.0.1')).toEqual(request(4, ...mapped));
    const long = Buffer.from('20010db8000000010002000300040005', 'hex');
    expect(await asked('2001:db8:0:1:2:3:4:5')).toEqual(request(4, ...long));
    const gap = Buffer.from('20010db8000000000000000000000000', 'hex');
    expect(await asked('2001:db8::')).toEqual(request(4, ...gap));
  });

  it.each([['fe80::1%eth0'], ['a b'], ['a\r\nb'], [''], ['a'.repeat(256)]])(
    'nothing is asked for what cannot be a host: %j',
    async (host) => {
      const proxy = await startStandIn([OPEN]);
      const exchange = throughSocks5(proxy.socket, { host, port: 22 }, null, never);
      expect((await failureOf(exchange, proxy)).reason).toBe('other');
      expect(proxy.heard()).toHaveLength(0);
    },
  );

  it('user name and password go out when they are wanted, and only then', async () => {
    const wanted = await startStandIn([SIGN_IN, WELCOME, LEADS_ON]);
    await throughSocks5(wanted.socket, target, credentials, never);
    const login = [1, 6, ...Buffer.from('msingh'), 7, ...Buffer.from('foobär')];
    expect(wanted.heard().subarray(0, 4)).toEqual(bytes(5, 2, 0, 2));
    expect(wanted.heard().subarray(4, 4 + login.length)).toEqual(bytes(...login));
    const open = await startStandIn([OPEN, LEADS_ON]);
    await throughSocks5(open.socket, target, credentials, never);
    expect(open.heard().includes('foob')).toBe(false);
  });

  it('a password that does not fit is not sent in part, nor told', async () => {
    const proxy = await startStandIn([SIGN_IN]);
    const long = { user: 'u', password: new Secret('geheim'.repeat(50)) };
    const exchange = throughSocks5(proxy.socket, target, long, never);
    const failure = await failureOf(exchange, proxy);
    expect(failure).toMatchObject({
      reason: 'other',
      detail: expect.stringMatching(/longer/) as string,
    });
    expect(inspect(failure)).not.toContain('geheim');
    expect(proxy.heard()).toHaveLength(0);
  });
});

describe('what is answered', () => {
  const GREETING = 'SSH-2.0-OpenSSH_9.2\r\n';

  it.each<[string, Buffer]>([
    ['an IPv4 address', LEADS_ON],
    ['an IPv6 address', bytes(5, 0, 0, 4, ...Array<number>(16).fill(9), 0, 22)],
    ['a name', bytes(5, 0, 0, 3, 3, 97, 98, 99, 0, 22)],
    ['an empty name', bytes(5, 0, 0, 3, 0, 0, 22)],
  ])('with %s; what follows is left to SSH', async (_, reply) => {
    for (const drip of [false, true]) {
      const answers = [SIGN_IN, WELCOME, Buffer.concat([reply, Buffer.from(GREETING)])];
      const proxy = await startStandIn(answers, { drip });
      await throughSocks5(proxy.socket, target, credentials, never);
      await proxy.gives(GREETING);
      proxy.say('more');
      await proxy.gives(`${GREETING}more`);
      expect(proxy.socket.listenerCount('readable')).toBe(0);
    }
  });

  it('nothing is lost of what comes before anybody reads', async () => {
    const proxy = await startStandIn([OPEN, LEADS_ON]);
    await throughSocks5(proxy.socket, target, null, never);
    proxy.say('A');
    await until(
      'it has arrived',
      () => proxy.socket.bytesRead === OPEN.length + LEADS_ON.length + 1,
    );
    await proxy.gives('A');
  });

  it.each([
    [1, 'other', /general failure/],
    [2, 'forbidden', /rules/],
    [3, 'unreachable', /network/],
    [4, 'unreachable', /host/],
    [5, 'refused', /refused/],
    [6, 'unreachable', /time to live/],
    [7, 'other', /CONNECT/],
    [8, 'other', /address/],
    [9, 'other', /reply 9/],
    [255, 'other', /reply 255/],
  ])('reply %i is %s', async (code, reason, detail) => {
    const proxy = await startStandIn([OPEN, bytes(5, code)]);
    const failure = await failureOf(throughSocks5(proxy.socket, target, null, never), proxy);
    expect(failure.reason).toBe(reason);
    expect(failure.detail).toMatch(detail);
  });

  it.each<[string, boolean, Script]>([
    ['sign-in-needed', false, [bytes(5, 0xff)]],
    ['other', true, [bytes(5, 0xff)]],
    ['sign-in-refused', true, [SIGN_IN, bytes(1, 1)]],
    ['sign-in-refused', true, [SIGN_IN, bytes(1, 255)]],
    ['not-a-proxy', true, [bytes(5, 1)]],
    ['not-a-proxy', false, [SIGN_IN]],
    ['not-a-proxy', false, [bytes(0, 90)]],
    ['not-a-proxy', false, ['HTTP/1.1 400 Bad Request\r\n\r\n']],
    ['not-a-proxy', false, [GREETING]],
    ['not-a-proxy', true, [SIGN_IN, bytes(5, 0)]],
    ['not-a-proxy', false, [OPEN, bytes(4, 0)]],
    ['not-a-proxy', false, [OPEN, bytes(5, 0, 0, 2)]],
    ['other', false, [null]],
    ['other', true, [SIGN_IN, null]],
    ['other', false, [OPEN, null]],
  ])('%s: %j %j', async (reason, signsIn, answers) => {
    const proxy = await startStandIn(answers);
    const exchange = throughSocks5(proxy.socket, target, signsIn ? credentials : null, never);
    expect((await failureOf(exchange, proxy)).reason).toBe(reason);
  });

  it('half an answer and then the end is a closed connection', async () => {
    const proxy = await startStandIn([OPEN, bytes(5, 0, 0, 1, 0, 0)]);
    const exchange = failureOf(throughSocks5(proxy.socket, target, null, never), proxy);
    await until('it is read', () => proxy.socket.bytesRead === 8);
    proxy.socket.destroy();
    expect(await exchange).toMatchObject({ detail: 'the proxy closed the connection' });
  });

  it('a socket that has failed before says why', async () => {
    const proxy = await startStandIn([]);
    proxy.socket.destroy(new Error('read ECONNRESET'));
    const exchange = throughSocks5(proxy.socket, target, null, never);
    expect((await failureOf(exchange, proxy)).detail).toBe('read ECONNRESET');
  });
});

describe('when it is called off', () => {
  const reason = new Error('called off');

  it('the socket is destroyed and nobody listens any longer', async () => {
    const control = new AbortController();
    const proxy = await startStandIn([OPEN]);
    const exchange = throughSocks5(proxy.socket, target, null, control.signal);
    await until('it waits', () => proxy.heard().length > 3);
    control.abort(reason);
    await expect(exchange).rejects.toBe(reason);
    expect(proxy.socket.destroyed).toBe(true);
    expect(proxy.socket.listenerCount('readable')).toBe(0);
  });

  it('before it began, nothing is said', async () => {
    const proxy = await startStandIn([OPEN]);
    const exchange = throughSocks5(proxy.socket, target, null, AbortSignal.abort(reason));
    await expect(exchange).rejects.toBe(reason);
    expect(proxy.heard()).toHaveLength(0);
  });
});

import { isIP, type Socket } from 'node:net';
import {
  converse,
  hostForProxy,
  ProxyFailure,
  type ProxyCredentials,
  type ProxyTalk,
  type ProxyTarget,
  type ProxyTrouble,
} from './proxy-talk';

const VERSION = 5;
const NO_SIGN_IN = 0;
const USER_AND_PASSWORD = 2;
const NONE_ACCEPTED = 0xff;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** What a reply's code means (RFC 1928, section 6). */
const REPLIES: Readonly<Record<number, readonly [ProxyTrouble, string]>> = {
  1: ['other', 'general failure of the proxy'],
  2: ['forbidden', 'the rules of the proxy do not allow the connection'],
  3: ['unreachable', 'network unreachable'],
  4: ['unreachable', 'host unreachable'],
  5: ['refused', 'connection refused'],
  6: ['unreachable', 'time to live expired'],
  7: ['other', 'the proxy does not do CONNECT'],
  8: ['other', 'the proxy does not do this kind of address'],
};

/**
 * Asks a SOCKS5 proxy to lead on (RFC 1928), signing in by user name and password when it wants that (RFC 1929).
 * Names are resolved by the proxy. Not a byte more is read than the proxy's own: what follows is the target's.
 *
 * @param socket connected to the proxy, read by nobody yet; destroyed when anything fails
 * @param credentials offered only together with "no sign-in", so that the proxy chooses
 * @param signal the time limit is the caller's
 * @throws ProxyFailure, or the signal's reason
 */
export function throughSocks5(
  socket: Socket,
  target: ProxyTarget,
  credentials: ProxyCredentials | null,
  signal: AbortSignal,
): Promise<void> {
  return converse(socket, signal, async (proxy) => {
    // Both are made first, so that nothing is sent to a proxy that can never be told the rest.
    const request = connectRequest(target);
    const signIn = credentials === null ? null : signInRequest(credentials);
    await negotiate(proxy, signIn);
    proxy.write(request);
    await readReply(proxy);
  });
}

async function negotiate(proxy: ProxyTalk, signIn: Buffer | null): Promise<void> {
  const methods = signIn === null ? [NO_SIGN_IN] : [NO_SIGN_IN, USER_AND_PASSWORD];
  proxy.write(Buffer.from([VERSION, methods.length, ...methods]));
  await expectByte(proxy, VERSION, 'SOCKS version');
  const method = await readByte(proxy);
  if (method === NONE_ACCEPTED && signIn === null)
    throw new ProxyFailure('sign-in-needed', 'the proxy wants a sign-in');
  if (method === NONE_ACCEPTED)
    throw new ProxyFailure('other', 'the proxy takes no sign-in by user name and password');
  if (!methods.includes(method)) throw notSocks(`chose sign-in method ${method}, unasked`);
  if (method === NO_SIGN_IN || signIn === null) return;
  proxy.write(signIn);
  await expectByte(proxy, 1, 'sign-in version');
  const status = await readByte(proxy);
  if (status !== 0)
    throw new ProxyFailure('sign-in-refused', `the proxy refused the sign-in (status ${status})`);
}

/** The bound address in the reply is the proxy's own business, but has to be read past. */
async function readReply(proxy: ProxyTalk): Promise<void> {
  await expectByte(proxy, VERSION, 'SOCKS version');
  const code = await readByte(proxy);
  if (code !== 0) {
    // Some proxies send nothing after the code of a failure.
    const [reason, detail] = REPLIES[code] ?? ['other', 'unknown failure of the proxy'];
    throw new ProxyFailure(reason, `${detail} (reply ${code})`);
  }
  await readByte(proxy); // Reserved.
  await proxy.exactly((await addressLength(proxy)) + 2);
}

async function addressLength(proxy: ProxyTalk): Promise<number> {
  const type = await readByte(proxy);
  if (type === IPV4) return 4;
  if (type === IPV6) return 16;
  if (type === NAME) return readByte(proxy);
  throw notSocks(`address type ${type}`);
}

async function readByte(proxy: ProxyTalk): Promise<number> {
  return (await proxy.exactly(1)).readUInt8();
}

async function expectByte(proxy: ProxyTalk, expected: number, what: string): Promise<void> {
  const byte = await readByte(proxy);
  if (byte !== expected) throw notSocks(`${what} ${byte}`);
}

function notSocks(got: string): ProxyFailure {
  return new ProxyFailure('not-a-proxy', `the answer is not SOCKS5 (${got})`);
}

function signInRequest({ user, password }: ProxyCredentials): Buffer {
  return Buffer.concat([
    Buffer.from([1]),
    short('the user name', user),
    short('the password', password.reveal()),
  ]);
}

/** A text with its length in one byte before it. */
function short(what: string, text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255)
    throw new ProxyFailure('other', `${what} is longer than SOCKS5 carries (255 bytes)`);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function connectRequest({ host, port }: ProxyTarget): Buffer {
  const end = Buffer.alloc(2);
  end.writeUInt16BE(port);
  return Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), address(hostForProxy(host)), end]);
}

function address(host: string): Buffer {
  switch (isIP(host)) {
    case 4:
      return Buffer.from([IPV4, ...host.split('.').map(Number)]);
    case 6:
      return Buffer.from([IPV6, ...ipv6Bytes(host)]);
    default:
      return Buffer.concat([Buffer.from([NAME]), short('the host name', host)]);
  }
}

/** URL writes every form of an IPv6 address, dotted ends too, as groups of hex digits with one gap at most. */
function ipv6Bytes(host: string): Buffer {
  const [left = [], right = []] = new URL(`http://[${host}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const gap = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const groups = [...left, ...gap, ...right].map((group) => group.padStart(4, '0'));
  return Buffer.from(groups.join(''), 'hex');
}

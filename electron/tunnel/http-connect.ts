import { isIPv6, type Socket } from 'node:net';
import {
  converse,
  hostForProxy,
  ProxyFailure,
  type ProxyCredentials,
  type ProxyTalk,
  type ProxyTarget,
  type ProxyTrouble,
} from './proxy-talk';

/** As much as a proxy may say before it leads on, in bytes. */
const HEAD_LIMIT = 16 * 1024;
const PROTOCOL = 'HTTP/1.';
/** A line may end in a bare line feed (RFC 9112, section 2.2). */
const HEAD_END = /\r?\n\r?\n/;

/** What other answers than success mean; a plain web server says one of the 400s or 501 to CONNECT. */
const STATUSES: Readonly<Record<number, ProxyTrouble>> = {
  400: 'not-a-proxy',
  403: 'forbidden',
  404: 'not-a-proxy',
  405: 'not-a-proxy',
  // tinyproxy says so of a target that it cannot reach, for whatever cause.
  500: 'unreachable',
  501: 'not-a-proxy',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable',
};

interface Head {
  readonly status: number;
  readonly statusLine: string;
  readonly text: string;
}

/**
 * Asks an HTTP proxy to lead on (CONNECT, RFC 9110, section 9.3.6), with Basic sign-in (RFC 7617). Names are resolved
 * by the proxy. What follows the proxy's headers is the target's, and stays in the socket.
 *
 * @param socket connected to the proxy, read by nobody yet; destroyed when anything fails
 * @param credentials sent with the request, in the clear as the scheme is
 * @param signal the time limit is the caller's
 * @throws ProxyFailure, or the signal's reason
 */
export function throughHttpConnect(
  socket: Socket,
  target: ProxyTarget,
  credentials: ProxyCredentials | null,
  signal: AbortSignal,
): Promise<void> {
  return converse(socket, signal, async (proxy) => {
    proxy.write(connectRequest(target, credentials));
    let limit = HEAD_LIMIT;
    let head = await readHead(proxy, limit);
    // Any number of interim answers may come first (RFC 9110, section 15.2).
    while (head.status < 200) {
      limit -= head.text.length;
      head = await readHead(proxy, limit);
    }
    if (head.status >= 300) throw failureOf(head, credentials !== null);
  });
}

function connectRequest({ host, port }: ProxyTarget, credentials: ProxyCredentials | null): string {
  const name = hostForProxy(host);
  const authority = `${isIPv6(name) ? `[${name}]` : name}:${port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (credentials !== null) lines.push(`Proxy-Authorization: Basic ${basic(credentials)}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function basic({ user, password }: ProxyCredentials): string {
  if (user.includes(':'))
    throw new ProxyFailure('other', 'a user name with a colon cannot sign in to an HTTP proxy');
  return Buffer.from(`${user}:${password.reveal()}`).toString('base64');
}

/** Reads up to the empty line that ends the headers. */
async function readHead(proxy: ProxyTalk, limit: number): Promise<Head> {
  let got: Buffer = Buffer.alloc(0);
  for (;;) {
    got = Buffer.concat([got, await proxy.some()]);
    const text = got.toString('latin1', 0, limit);
    // Told at once: a server of another protocol may wait for us for ever after its greeting.
    if (!text.startsWith(PROTOCOL.slice(0, text.length))) throw notHttp(text);
    const end = HEAD_END.exec(text);
    if (end !== null) {
      const length = end.index + end[0].length;
      proxy.giveBack(got.subarray(length));
      return parseHead(text.slice(0, length));
    }
    if (got.length >= limit) throw notHttp('headers without an end');
  }
}

function parseHead(text: string): Head {
  const statusLine = text.split(/\r?\n/, 1)[0] ?? '';
  const status = /^HTTP\/1\.\d (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) throw notHttp(statusLine);
  return { status: Number(status), statusLine, text };
}

function notHttp(got: string): ProxyFailure {
  return new ProxyFailure('not-a-proxy', `the answer is not HTTP (${got.slice(0, 80)})`);
}

function failureOf({ status, statusLine, text }: Head, signedIn: boolean): ProxyFailure {
  // RFC 9110 has 407 for a proxy, but tinyproxy answers a wrong password with 401.
  if (status !== 407 && status !== 401)
    return new ProxyFailure(STATUSES[status] ?? 'other', statusLine);
  const challenges = [...text.matchAll(/^proxy-authenticate:(.*)$/gim)].map(([, value]) =>
    (value ?? '').trim(),
  );
  const offersBasic = challenges.some((value) => /(^|,\s*)basic\b/i.test(value));
  if (challenges.length > 0 && !offersBasic) {
    const schemes = challenges.map((value) => value.split(/[\s,]/, 1)[0]).join(', ');
    return new ProxyFailure('other', `the proxy only takes a sign-in by ${schemes}`);
  }
  return new ProxyFailure(signedIn ? 'sign-in-refused' : 'sign-in-needed', statusLine);
}

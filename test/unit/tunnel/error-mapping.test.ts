import { once } from 'node:events';
import {
  connect,
  createServer,
  type AddressInfo,
  type NetConnectOpts,
  type Server,
} from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cleanServerText,
  foreignGreeting,
  mapConnectionError,
  mapEnd,
  mapForwardError,
  mapListenError,
  type AttemptContext,
} from '../../../electron/tunnel/error-mapping';
import { stateSchema } from '../../../electron/tunnel/host-values';
import { toTunnelError } from '../../../electron/tunnel/tunnel-failure';
import { startPair, listen } from './ssh-pair';

const REACHING: AttemptContext = {
  host: 'h',
  port: 22,
  user: 'u',
  phase: 'reaching-server',
  tried: [],
  offered: [],
  serverSays: '',
};
const VERIFYING: AttemptContext = { ...REACHING, phase: 'verifying-host' };
const SIGNING: AttemptContext = { ...REACHING, phase: 'signing-in', tried: ['key'] };

/** The error that a real connection ends with. */
async function errorOf(options: NetConnectOpts): Promise<Error> {
  const socket = connect(options);
  const [error] = (await once(socket, 'error')) as [Error];
  return error;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** What a mapping gives must get to the main process, which parses it. */
function crosses(error: unknown): boolean {
  return stateSchema.safeParse({ kind: 'needs-attention', error }).success;
}

describe('an error of a real socket', () => {
  it('that was refused', async () => {
    const error = await errorOf({ host: '127.0.0.1', port: await closedPort() });
    expect(mapConnectionError(error, REACHING)).toEqual({
      kind: 'connection-refused',
      host: 'h',
      port: 22,
      detail: error.message,
    });
  });

  it('that was refused on every address of a name says why, by the first of them', async () => {
    const error = await errorOf({
      host: 'localhost',
      port: await closedPort(),
      autoSelectFamily: true,
    });
    const mapped = mapConnectionError(error, REACHING);
    expect(mapped).toMatchObject({ kind: 'connection-refused' });
    expect(mapped).toHaveProperty('detail', expect.stringContaining('ECONNREFUSED'));
    expect(crosses(mapped)).toBe(true);
  });

  it('whose name nobody knows', async () => {
    const error = await errorOf({ host: 'no-such-host.invalid', port: 22 });
    expect(mapConnectionError(error, REACHING)).toMatchObject({
      kind: 'host-not-found',
      host: 'h',
    });
  });

  it('that was reset', async () => {
    const server = createServer((socket) => socket.resetAndDestroy());
    const error = await errorOf({ host: '127.0.0.1', port: await listen(server) });
    server.close();
    for (const context of [REACHING, VERIFYING, SIGNING])
      expect(mapConnectionError(error, context)).toMatchObject({ kind: 'connection-lost' });
  });
});

describe('an error of a socket that no test can bring about', () => {
  const rows: readonly [string, string][] = [
    ['ENOTFOUND', 'host-not-found'],
    ['EAI_AGAIN', 'host-not-found'],
    ['EAI_FAIL', 'host-not-found'],
    ['EAI_NODATA', 'host-not-found'],
    ['EAI_NONAME', 'host-not-found'],
    ['ECONNREFUSED', 'connection-refused'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['ENETDOWN', 'unreachable'],
    ['EHOSTDOWN', 'unreachable'],
    ['EADDRNOTAVAIL', 'unreachable'],
    ['EACCES', 'unreachable'],
    ['EPERM', 'unreachable'],
    ['ETIMEDOUT', 'timed-out'],
    ['ERR_SOCKET_CONNECTION_TIMEOUT', 'timed-out'],
    ['ECONNRESET', 'connection-lost'],
    ['EPIPE', 'connection-lost'],
    ['ECONNABORTED', 'connection-lost'],
    ['ENOTHING', 'connection-lost'],
  ];
  it.each(rows)('%s is %s', (code, kind) => {
    const error = Object.assign(new Error(`connect ${code}`), { code, level: 'client-socket' });
    const mapped = mapConnectionError(error, REACHING);
    expect(mapped).toMatchObject({ kind, host: 'h', detail: `connect ${code}` });
    expect(crosses(mapped)).toBe(true);
    const gathered = Object.assign(new AggregateError([error], ''), { code });
    expect(mapConnectionError(gathered, REACHING)).toEqual(mapped);
  });
});

describe('an error of ssh2, and an end without one', () => {
  const error = (message: string, more: object = {}) => Object.assign(new Error(message), more);
  const GAVE_UP = error('All configured authentication methods failed', {
    level: 'client-authentication',
  });
  const rows: readonly [string, unknown, Partial<AttemptContext>, object][] = [
    [
      'no key exchange',
      error('Handshake failed: no matching key exchange algorithm', { level: 'handshake' }),
      VERIFYING,
      { kind: 'no-common-algorithm', what: 'key exchange algorithm', oldServerHelps: true },
    ],
    [
      'no cipher',
      error('Handshake failed: no matching C->S cipher'),
      VERIFYING,
      { kind: 'no-common-algorithm', what: 'C->S cipher' },
    ],
    [
      'no host key format',
      error('Handshake failed: no matching host key format'),
      VERIFYING,
      { kind: 'no-common-algorithm', what: 'host key format' },
    ],
    [
      'a bad signature of the server',
      error('Handshake failed: signature verification failed'),
      VERIFYING,
      { kind: 'connection-lost' },
    ],
    ['an old version', error('Invalid identification string'), VERIFYING, { kind: 'not-ssh' }],
    ['no end of lines', error('Max greeting lines exceeded'), VERIFYING, { kind: 'not-ssh' }],
    ['a line without end', error('Header line too long'), VERIFYING, { kind: 'not-ssh' }],
    [
      'a stray carriage return',
      error('Invalid header: expected newline'),
      VERIFYING,
      { kind: 'not-ssh' },
    ],
    [
      'a server that closes at once (MaxStartups)',
      error('Connection lost before handshake', { level: 'protocol' }),
      VERIFYING,
      { kind: 'connection-lost' },
    ],
    [
      'no answer to the keepalive',
      error('Keepalive timeout', { level: 'client-timeout' }),
      SIGNING,
      { kind: 'connection-lost' },
    ],
    ['a damaged packet', error('Bad packet length'), VERIFYING, { kind: 'connection-lost' }],
    [
      'nothing left to try',
      GAVE_UP,
      SIGNING,
      { kind: 'sign-in-refused', tried: ['key'], user: 'u' },
    ],
    [
      'nothing that could be tried',
      GAVE_UP,
      { ...SIGNING, tried: [], offered: ['gssapi'] },
      { kind: 'no-way-to-sign-in', offered: ['gssapi'] },
    ],
    [
      'too many tries',
      error('Too many authentication failures', { code: 2 }),
      SIGNING,
      { kind: 'sign-in-refused' },
    ],
    [
      'no more methods',
      error('Your account is closed', { code: 14 }),
      SIGNING,
      { kind: 'sign-in-refused', serverSays: 'Your account is closed' },
    ],
    [
      'an illegal user name',
      error('ILLEGAL_USER_NAME', { code: 15 }),
      SIGNING,
      { kind: 'sign-in-refused' },
    ],
    [
      'a server that is going down',
      error('Server is shutting down', { code: 11 }),
      SIGNING,
      { kind: 'connection-lost' },
    ],
    [
      'too many connections',
      error('TOO_MANY_CONNECTIONS', { code: 12 }),
      SIGNING,
      { kind: 'connection-lost' },
    ],
    [
      'a reason of the account, too early to be one',
      error('x', { code: 14 }),
      VERIFYING,
      { kind: 'connection-lost' },
    ],
    [
      'an end after a banner',
      error('x'),
      { ...SIGNING, serverSays: 'Your account has expired.' },
      { kind: 'sign-in-refused', serverSays: 'Your account has expired.' },
    ],
    ['an end while signing in', error('x'), SIGNING, { kind: 'connection-lost' }],
    [
      'a banner before the sign-in',
      error('x'),
      { ...VERIFYING, serverSays: 'Hello' },
      { kind: 'connection-lost' },
    ],
  ];
  it.each(rows)('%s', (_what, thrown, context, expected) => {
    const mapped = mapConnectionError(thrown, { ...REACHING, ...context });
    expect(mapped).toMatchObject({ ...expected, host: 'h', detail: (thrown as Error).message });
    expect(crosses(mapped)).toBe(true);
  });

  it('an end without any error', () => {
    expect(mapEnd(VERIFYING, 'closed')).toEqual({
      kind: 'connection-lost',
      host: 'h',
      detail: 'closed',
    });
    expect(mapEnd({ ...SIGNING, serverSays: 'expired' }, 'closed')).toMatchObject({
      kind: 'sign-in-refused',
      serverSays: 'expired',
    });
  });

  it('whatever is thrown becomes an error that can be told', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom(REACHING, VERIFYING, SIGNING),
        (thrown, context) => {
          for (const mapped of [
            mapConnectionError(thrown, context),
            mapForwardError(thrown, 'm', 110),
            mapListenError(thrown, '127.0.0.1', 110),
            toTunnelError(thrown),
          ])
            expect(crosses(mapped), JSON.stringify(mapped)).toBe(true);
        },
      ),
    );
  });
});

describe('the first line of another kind of server', () => {
  const foreign: readonly [string, string][] = [
    ['+OK Dovecot ready.\r\n', '+OK Dovecot ready.'],
    ['-ERR go away\r\n', '-ERR go away'],
    ['* OK IMAP4rev1\r\n', '* OK IMAP4rev1'],
    ['220 mail.example.org ESMTP\r\n', '220 mail.example.org ESMTP'],
    ['220-mail.example.org\r\n220 x\r\n', '220-mail.example.org'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['<!DOCTYPE html>\n', '<!DOCTYPE html>'],
    ['\x15\x03\x01\0\x02\x02\x46', 'TLS'],
  ];
  it.each(foreign)('%j is not SSH', (bytes, line) => {
    expect(foreignGreeting(Buffer.from(bytes, 'latin1'))).toBe(line);
  });
  it.each([
    'SSH-2.0-OpenSSH_9.2\r\n',
    'SSH-1.99-old\r\n',
    'Welcome to our server\r\nSSH-2.0-x\r\n',
    'Exceeded MaxStartups\r\n',
    'Not allowed at this time\r\n',
    '',
    '\0',
  ])('%j may be', (bytes) => {
    expect(foreignGreeting(Buffer.from(bytes, 'latin1'))).toBeNull();
  });
});

describe('why a channel was not opened', () => {
  it('as ssh2 tells it', async () => {
    const pair = await startPair((_accept, reject) => reject());
    const refused = pair.session.openForward('m', 1, { address: '::1', port: 1 });
    await expect(refused).rejects.toMatchObject({
      error: { kind: 'forward-refused', reason: 'other', mailHost: 'm', mailPort: 1 },
    });
    await pair.stop();
  });

  const rows: readonly [number | string | undefined, string, string][] = [
    [1, 'administratively prohibited', 'prohibited'],
    [1, 'open failed: Connection refused', 'prohibited'],
    [2, 'Connection refused', 'refused'],
    [2, 'Connection refused by the firewall', 'refused'],
    [2, 'Name or service not known', 'not-found'],
    [2, 'Temporary failure in name resolution', 'not-found'],
    [2, 'No address associated with hostname', 'not-found'],
    [2, 'nodename nor servname provided', 'not-found'],
    [2, 'unknown host (Name or service not known)', 'not-found'],
    [2, 'Connection timed out', 'other'],
    [2, 'No route to host', 'other'],
    [3, 'unknown channel type', 'other'],
    [4, 'resource shortage', 'other'],
    [undefined, 'Connection refused', 'other'],
    ['', 'server closed channel unexpectedly', 'other'],
  ];
  it.each(rows)('reason %s, "%s" is %s', (reason, text, expected) => {
    const error = Object.assign(new Error(`(SSH) Channel open failure: ${text}`), { reason });
    expect(mapForwardError(error, 'm', 110)).toEqual({
      kind: 'forward-refused',
      mailHost: 'm',
      mailPort: 110,
      reason: expected,
      detail: error.message,
    });
  });
});

describe('why a port was not bound', () => {
  async function listenError(host: string, port: number): Promise<Error> {
    const server = createServer();
    server.listen({ host, port, exclusive: true });
    const [error] = (await once(server, 'error')) as [Error];
    return error;
  }

  it('taken, or not an address of this computer: by real attempts', async () => {
    const holder: Server = createServer();
    const port = await listen(holder);
    const taken = await listenError('127.0.0.1', (holder.address() as AddressInfo).port);
    holder.close();
    expect(mapListenError(taken, '127.0.0.1', port)).toEqual({
      kind: 'port-in-use',
      address: '127.0.0.1',
      port,
      holder: null,
      nextFree: null,
    });
    const nowhere = await listenError('203.0.113.7', 11_110);
    expect(mapListenError(nowhere, '203.0.113.7', 11_110)).toMatchObject({
      kind: 'address-unavailable',
    });
  });

  it.each([
    ['EACCES', 'port-forbidden'],
    ['EPERM', 'port-forbidden'],
    ['EADDRNOTAVAIL', 'address-unavailable'],
    ['EAFNOSUPPORT', 'address-unavailable'],
    ['EADDRINUSE', 'port-in-use'],
    ['EMFILE', 'unexpected'],
  ])('%s is %s', (code, kind) => {
    const error = Object.assign(new Error('listen'), { code });
    expect(mapListenError(error, 'a', 1)).toMatchObject({ kind });
  });
});

describe('text of a server', () => {
  it('loses control characters and length, nothing else', () => {
    expect(cleanServerText('  \x1b[31mexpired\x07\x9b \u00fc 你好\r\n\tnext\0 ')).toBe(
      '[31mexpired ü 你好\n\tnext',
    );
    expect(cleanServerText('x'.repeat(5_000))).toHaveLength(1_000);
  });

  it('never holds what steers a terminal or turns the direction of writing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanServerText(text);
        expect(clean).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/);
        expect(clean.length).toBeLessThanOrEqual(1_000);
      }),
    );
    expect(cleanServerText('safe\u202egnp.exe\u2066x\u2028y')).toBe('safegnp.exexy');
  });
});

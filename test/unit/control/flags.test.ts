import { describe, expect, it } from 'vitest';
import {
  mailboxFromFlags,
  parseForward,
  parseJumps,
  parseProxy,
  parseServer,
  parseWhole,
} from '../../../electron/control/flags';

describe('a server', () => {
  it.each([
    ['shell.example.org', null, 'shell.example.org', null],
    ['me@shell.example.org:2222', 'me', 'shell.example.org', 2222],
    ['me@work@shell.example.org', 'me@work', 'shell.example.org', null],
    ['[2001:db8::1]:22', null, '2001:db8::1', 22],
    ['2001:db8::1', null, '2001:db8::1', null],
  ])('is %s', (text, user, host, port) => {
    expect(parseServer(text)).toEqual({ user, host, port });
  });

  it.each(['', '@shell', 'shell:', 'shell:port', '[::1', 'a:1:'])('is not %s', (text) => {
    const parsed = parseServer(text);
    // What looks like an IPv6 address is left to the rules of host names.
    if (parsed !== null) expect(parsed.host).toContain(':');
  });
});

describe('a forward', () => {
  it.each([
    ['pop3', { protocol: 'pop3' }],
    ['imaps,tls', { protocol: 'imaps', tls: 'implicit' }],
    [
      '11110:mail.example.org:110',
      { protocol: 'pop3', localPort: 11110, mailHost: 'mail.example.org', mailPort: 110 },
    ],
    [
      'imap=127.0.0.2:143:[::1]:1143,starttls',
      {
        ...{ protocol: 'imap', localAddress: '127.0.0.2', localPort: 143 },
        ...{ mailHost: '::1', mailPort: 1143, tls: 'starttls' },
      },
    ],
  ])('is %s', (spec, forward) => {
    expect(parseForward(spec)).toEqual(forward);
  });

  it.each(['', 'pop4', 'pop3,ssl', '11110:mail', '1:mail:1', 'pop3=mail:110', 'pop3,tls,tls'])(
    'is not “%s”',
    (spec) => {
      expect(parseForward(spec)).toBeNull();
    },
  );
});

describe('a way to the server', () => {
  it('goes through jumps in the order in which they are passed', () => {
    const automatic = { kind: 'automatic' };
    expect(parseJumps('a@one,b@two:2222')).toEqual({
      ...{ kind: 'jump', host: 'two', port: 2222, user: 'b', signIn: automatic },
      route: {
        ...{ kind: 'jump', host: 'one', port: 22, user: 'a', signIn: automatic },
        route: { kind: 'direct' },
      },
    });
    expect(parseJumps('one')).toBeNull();
  });

  it.each([
    ['socks5://proxy.example.org', 'socks5', 1080, null],
    ['http://me@proxy.example.org:8080/', 'http', 8080, 'me'],
  ])('goes through %s', (url, kind, port, user) => {
    expect(parseProxy(url)).toEqual({ kind, host: 'proxy.example.org', port, user });
  });

  it.each(['proxy', 'https://proxy', 'http://me:secret@proxy', 'socks5://'])('is not %s', (url) => {
    expect(parseProxy(url)).toBeNull();
  });
});

describe('the options of a mailbox', () => {
  it('say what they say, and nothing of the rest', () => {
    expect(mailboxFromFlags({}, '/here')).toEqual({ ok: true, value: {} });
    const flags = {
      key: 'id',
      knownHosts: '~/hosts',
      keepalive: '0',
      compress: false,
      sessionChannel: true,
    };
    expect(mailboxFromFlags(flags, '/here')).toEqual({
      ok: true,
      value: {
        signIn: { kind: 'key-file', path: '/here/id' },
        connection: { keepaliveSeconds: 0, knownHostsFile: '~/hosts' },
        compression: false,
        sessionChannel: true,
      },
    });
  });

  it.each([
    [{ server: '@' }, 'cli:usage.server'],
    [{ forward: ['pop3', 'x'] }, 'cli:usage.forward'],
    [{ mode: 'sometimes' }, 'cli:usage.mode'],
    [{ key: 'id', password: true }, 'cli:usage.one-sign-in'],
    [{ jump: 'a@b', direct: true }, 'cli:usage.one-route'],
    [{ proxy: 'ftp://x' }, 'cli:usage.proxy'],
    [{ jump: 'b' }, 'cli:usage.jump'],
    [{ idle: '-1' }, 'cli:usage.whole-number'],
  ] as const)('are wrong as %j', (flags, key) => {
    expect(mailboxFromFlags(flags, '/here')).toMatchObject({ ok: false, error: { key } });
  });

  it('take whole numbers only', () => {
    expect(['0', '60', '-1', '1.5', '1e3', '', '1234567890'].map(parseWhole)).toEqual([
      0,
      60,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

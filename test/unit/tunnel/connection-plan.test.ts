import { describe, expect, it } from 'vitest';
import {
  connectionMatters,
  DEFAULT_CONNECTION,
  type Account,
  type SignIn,
} from '../../../electron/shared/account';
import { algorithmsFor } from '../../../electron/tunnel/algorithms';
import { buildPlan } from '../../../electron/tunnel/connection-plan';
import type { EngineSettings } from '../../../electron/tunnel/ports';
import { accountOf, forwardOf } from './stand-ins';

const settings: EngineSettings = {
  knownHostsFiles: [],
  ownKnownHostsFile: '/own',
  defaultKeyFiles: ['/a', '/b'],
  agentSocket: null,
};

describe('the plan of a connection', () => {
  const asked = ['keyboard-interactive', 'password'];
  const rows: readonly [SignIn, readonly string[]][] = [
    [{ kind: 'automatic' }, ['agent', 'key-file', 'key-file', ...asked]],
    [{ kind: 'key-file', path: '/k' }, ['key-file', ...asked]],
    [{ kind: 'agent', socket: null, key: null }, ['agent', ...asked]],
    [{ kind: 'password' }, asked],
  ];
  it.each(rows)('of %j asks a person last, and for a password last of all', (signIn, kinds) => {
    const { steps } = buildPlan(accountOf({ signIn }), settings);
    expect(steps.map(({ kind }) => kind)).toEqual(kinds);
    for (const step of steps)
      if ('required' in step) expect(step.required).toBe(signIn.kind !== 'automatic');
  });

  it('holds the connection as the account says', () => {
    const own = {
      keepaliveSeconds: 0,
      keepaliveCount: 5,
      connectTimeoutSeconds: 45,
      knownHostsFile: '/k',
      idleSeconds: 1,
    };
    const route: Account['route'] = {
      ...{ kind: 'jump', host: 'j', port: 22, user: 'u', signIn: { kind: 'password' } },
      route: { kind: 'direct' },
    };
    const plan = buildPlan(accountOf({ connection: own, route }), settings);
    const held = {
      timeouts: { reach: 45_000, verify: 45_000, signIn: 60_000 },
      keepalive: { intervalMs: 0, count: 5 },
      knownHostsFile: '/k',
    };
    expect(plan).toMatchObject({ ...held, route: { via: held } });
    const hurried = { ...DEFAULT_CONNECTION, connectTimeoutSeconds: 5 };
    const { timeouts } = buildPlan(accountOf({ connection: hurried }), settings);
    expect(timeouts).toMatchObject({ reach: 5_000, verify: 30_000 });
  });

  it('has its times, and those that tests put in their place', () => {
    const { timeouts, keepalive } = buildPlan(accountOf(), settings);
    expect(timeouts).toEqual({ reach: 20_000, verify: 30_000, signIn: 60_000 });
    expect(keepalive).toEqual({ intervalMs: 15_000, count: 3 });
    const short = buildPlan(accountOf(), { ...settings, waits: { verify: 1, keepalive: 2 } });
    expect(short.timeouts).toEqual({ reach: 20_000, verify: 1, signIn: 60_000 });
    expect(short.keepalive.intervalMs).toBe(2);
  });
});

describe('a change of an account', () => {
  /** What needs a new connection; does not compile when a field is missing. */
  const MATTERS: { readonly [F in keyof Account]: [Account[F], boolean] } = {
    id: ['b', false],
    name: ['Other', false],
    sshHost: ['other.example.org', true],
    sshPort: [2222, true],
    sshUser: ['v', true],
    signIn: [{ kind: 'password' }, true],
    route: [{ kind: 'http', host: 'proxy', port: 3128, user: null }, true],
    oldServer: [true, true],
    connection: [{ ...DEFAULT_CONNECTION, keepaliveSeconds: 60 }, true],
    compression: [true, true],
    sessionChannel: [true, true],
    forwards: [[forwardOf({ localPort: 11_111 })], true],
    mode: ['manual', false],
    wanted: [false, false],
    practice: [true, false],
  };
  it.each(Object.entries(MATTERS))('of %s', (field, [value, matters]) => {
    expect(connectionMatters(accountOf(), accountOf({ [field]: value }))).toBe(matters);
  });

  it.each([
    ['keepaliveSeconds', 60, true],
    ['keepaliveCount', 9, true],
    ['knownHostsFile', '/k', true],
    ['connectTimeoutSeconds', 60, false],
    ['idleSeconds', 60, false],
  ] as const)('of %s', (field, value, matters) => {
    const connection = { ...DEFAULT_CONNECTION, [field]: value };
    expect(connectionMatters(accountOf(), accountOf({ connection }))).toBe(matters);
  });

  it('of any part of a forward matters', () => {
    const one = forwardOf();
    const changed = [
      { ...one, id: 'g' },
      { ...one, protocol: 'imap' as const },
      { ...one, localAddress: '127.0.0.2' },
      { ...one, localPort: 1 },
      { ...one, mailHost: 'x' },
      { ...one, mailPort: 1 },
      { ...one, tls: 'starttls' as const },
    ];
    for (const other of changed)
      expect(connectionMatters(accountOf(), accountOf({ forwards: [other] }))).toBe(true);
    expect(connectionMatters(accountOf(), accountOf({ forwards: [{ ...one }] }))).toBe(false);
  });
});

const PLAIN = { compression: false, oldServer: false };

describe('what is offered to a server', () => {
  const lists = algorithmsFor([], PLAIN);
  const all = [lists.kex, lists.cipher, lists.hmac, lists.serverHostKey].flat().map(String);

  it('holds nothing that is broken, and nothing that blocks for seconds to no use', () => {
    for (const bad of [
      /sha1/,
      /cbc/,
      /ssh-rsa/,
      /ssh-dss/,
      /arcfour/,
      /3des/,
      /md5/,
      /group1-/,
      /group-exchange/,
      /chacha/,
      /^umac/,
      /-96/,
    ])
      expect(all.filter((name) => bad.test(name))).toEqual([]);
    for (const list of [lists.kex, lists.cipher, lists.hmac, lists.serverHostKey])
      expect((list as readonly string[]).length).toBeGreaterThan(3);
  });

  it('begins with curves, and with the key types that are known', () => {
    expect((lists.kex as readonly string[])[0]).toBe('curve25519-sha256');
    expect((lists.serverHostKey as readonly string[])[0]).toBe('ssh-ed25519');
    const first = (types: readonly string[], n: number) =>
      (algorithmsFor(types, PLAIN).serverHostKey as readonly string[]).slice(0, n);
    expect(first(['ssh-rsa'], 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
    expect(first(['ecdsa-sha2-nistp384'], 2)).toEqual(['ecdsa-sha2-nistp384', 'ssh-ed25519']);
    expect(first(['ssh-dss', 'unknown'], 1)).toEqual(['ssh-ed25519']);
    expect([...first(['ssh-rsa'], 9)].sort()).toEqual([...first([], 9)].sort());
  });

  it('has what old servers need at its end, when the account says so', () => {
    const old = algorithmsFor(['ssh-rsa'], { ...PLAIN, oldServer: true });
    const rest = (name: 'kex' | 'cipher' | 'hmac' | 'serverHostKey') => {
      const all = lists[name] as readonly string[];
      // CBC never goes with encrypt-then-MAC (CVE-2023-48795).
      const safe = all.filter((one) => !one.includes('-etm@'));
      const both = old[name] as readonly string[];
      if (name !== 'serverHostKey') expect(both.slice(0, safe.length)).toEqual(safe);
      return both.filter((one) => !safe.includes(one));
    };
    expect(rest('kex')).toEqual([
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group-exchange-sha1',
    ]);
    expect(rest('cipher')).toEqual(['aes128-cbc', 'aes192-cbc', 'aes256-cbc']);
    expect(rest('hmac')).toEqual(['hmac-sha1']);
    expect(rest('serverHostKey')).toEqual(['ssh-rsa']);
    // A server that is known by its RSA key signs with SHA-1 only when it can do no better.
    expect((old.serverHostKey as readonly string[]).slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-rsa',
    ]);
  });

  it('is compressed after the sign-in or not at all', () => {
    expect(algorithmsFor([], PLAIN).compress).toEqual(['none']);
    expect(algorithmsFor([], { ...PLAIN, compression: true }).compress).toEqual([
      'zlib@openssh.com',
      'none',
    ]);
  });

  it('is a list of its own each time', () => {
    const once = algorithmsFor([], PLAIN);
    (once.cipher as string[]).length = 0;
    expect((algorithmsFor([], PLAIN).cipher as string[]).length).toBeGreaterThan(3);
  });
});

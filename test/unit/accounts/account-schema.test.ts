import { homedir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAccount, parseDraft } from '../../../electron/accounts/account-schema';
import {
  DEFAULT_CONNECTION,
  type AccountDraft,
  type ConnectionSettings,
  type Forward,
} from '../../../electron/shared/account';
import { anAccount, DRAFT } from '../support/snapshots';
import { keysOf } from '../support/words';

const [POP3] = DRAFT.forwards as readonly [Forward];

/** The draft of the usual mailbox with something else in it. */
function draftWith(change: object): unknown {
  return { ...DRAFT, ...change };
}

function forwardWith(change: object): unknown {
  return draftWith({ forwards: [{ ...POP3, ...change }] });
}

function connectionWith(change: Partial<ConnectionSettings>): unknown {
  return draftWith({ connection: { ...DEFAULT_CONNECTION, ...change } });
}

/** What is wrong with a draft, as `field key`. */
function problemsOf(raw: unknown, others = [] as Parameters<typeof parseDraft>[1]): string[] {
  const parsed = parseDraft(raw, others);
  return parsed.ok ? [] : parsed.error.map((each) => `${each.field} ${each.messageKey}`);
}

function parsedDraft(raw: unknown): AccountDraft {
  const parsed = parseDraft(raw, []);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

describe('a draft that is right', () => {
  it('comes back as it was', () => {
    expect(parsedDraft(DRAFT)).toEqual(DRAFT);
  });

  it.each([
    ['a host name', 'shell.example.org'],
    ['a short host name', 'mail'],
    ['a host name with an underscore, as some networks have', 'mail_1.example.org'],
    ['a rooted host name', 'shell.example.org.'],
    ['an IPv4 address', '192.0.2.7'],
    ['an IPv6 address', '2001:db8::7'],
    ['an IPv6 address of one link', 'fe80::1%eth0'],
  ])('may have %s', (_what, sshHost) => {
    expect(parsedDraft(draftWith({ sshHost })).sshHost).toBe(sshHost);
  });

  it.each([
    ['spaces round a host', { sshHost: ' shell.example.org ' }, { sshHost: 'shell.example.org' }],
    ['brackets round IPv6', { sshHost: '[2001:db8::7]' }, { sshHost: '2001:db8::7' }],
    ['letters beyond ASCII', { sshHost: 'bücher.example' }, { sshHost: 'xn--bcher-kva.example' }],
    [
      'a known hosts file in the home folder',
      { connection: { ...DEFAULT_CONNECTION, knownHostsFile: '~/.ssh/mail_hosts' } },
      {
        connection: {
          ...DEFAULT_CONNECTION,
          knownHostsFile: join(homedir(), '.ssh/mail_hosts'),
        },
      },
    ],
    ['spaces round names', { name: ' Work ', sshUser: ' me ' }, { name: 'Work', sshUser: 'me' }],
    [
      'a path from the home folder',
      { signIn: { kind: 'key-file', path: '~/.ssh/id_rsa' } },
      { signIn: { kind: 'key-file', path: join(homedir(), '.ssh/id_rsa') } },
    ],
  ])('is tidied: %s', (_what, typed, tidied) => {
    expect(parsedDraft(draftWith(typed))).toEqual(draftWith(tidied));
  });

  it.each(['localhost', '127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', 'LocalHost'])(
    'may listen at %s',
    (localAddress) => {
      expect(problemsOf(forwardWith({ localAddress }))).toEqual([]);
    },
  );
});

describe('a draft that is wrong names the field and what would be right', () => {
  const key = (path: string): object => ({ signIn: { kind: 'key-file', path } });
  it.each<[string, unknown, string]>([
    ['no name', draftWith({ name: '  ' }), 'name form:name-empty'],
    ['a long name', draftWith({ name: 'x'.repeat(201) }), 'name form:name-too-long'],
    ['a line break in a name', draftWith({ name: 'a\nb' }), 'name form:name-invalid'],
    ['no host', draftWith({ sshHost: ' ' }), 'sshHost form:host-empty'],
    ['a space in a host', draftWith({ sshHost: 'a b' }), 'sshHost form:host-spaces'],
    ['a web address', draftWith({ sshHost: 'https://a.example/' }), 'sshHost form:host-is-url'],
    ['a user in the host', draftWith({ sshHost: 'me@a.example' }), 'sshHost form:host-has-user'],
    ['a port in the host', draftWith({ sshHost: 'a.example:22' }), 'sshHost form:host-has-port'],
    ['a long host', draftWith({ sshHost: 'a.'.repeat(130) }), 'sshHost form:host-too-long'],
    ['an option for a host', draftWith({ sshHost: '-oProxy=x' }), 'sshHost form:host-invalid'],
    ['two dots', draftWith({ sshHost: 'a..example' }), 'sshHost form:host-invalid'],
    ['a percent sign', draftWith({ sshHost: 'a%b' }), 'sshHost form:host-invalid'],
    ['no user', draftWith({ sshUser: '' }), 'sshUser form:user-empty'],
    ['a control character', draftWith({ sshUser: 'a\u0007' }), 'sshUser form:user-invalid'],
    ['a long user', draftWith({ sshUser: 'x'.repeat(256) }), 'sshUser form:user-too-long'],
    ['port 0', draftWith({ sshPort: 0 }), 'sshPort form:port-range'],
    ['port 65536', draftWith({ sshPort: 65_536 }), 'sshPort form:port-range'],
    ['half a port', draftWith({ sshPort: 22.5 }), 'sshPort form:port-range'],
    ['an empty port field', draftWith({ sshPort: Number.NaN }), 'sshPort form:port-range'],
    ['no key file', draftWith(key('')), 'signIn.path form:key-path-empty'],
    ['a relative key', draftWith(key('id_rsa')), 'signIn.path form:key-path-not-absolute'],
    ['a public key', draftWith(key('/k/id_rsa.pub')), 'signIn.path form:key-path-public'],
    ...(
      [
        ['keepaliveSeconds', -1],
        ['keepaliveSeconds', 3_601],
        ['keepaliveCount', 0],
        ['keepaliveCount', 1.5],
        ['connectTimeoutSeconds', 0],
        ['connectTimeoutSeconds', 601],
        ['idleSeconds', 0],
        ['idleSeconds', 86_401],
      ] as const
    ).map(([field, value]): [string, unknown, string] => [
      `${value} for ${field}`,
      connectionWith({ [field]: value }),
      `connection.${field} form:number-range`,
    ]),
    ...['known_hosts', '', '/a\nb'].map((file): [string, unknown, string] => [
      `known hosts in ${JSON.stringify(file)}`,
      connectionWith({ knownHostsFile: file }),
      'connection.knownHostsFile form:path-not-absolute',
    ]),
    ['no forward', draftWith({ forwards: [] }), 'forwards form:forward-none'],
    ['no mail host', forwardWith({ mailHost: '' }), 'forwards.0.mailHost form:host-empty'],
    ['a mail port', forwardWith({ mailPort: -1 }), 'forwards.0.mailPort form:port-range'],
    [
      'every address',
      forwardWith({ localAddress: '0.0.0.0' }),
      'forwards.0.localAddress form:local-address-not-loopback',
    ],
    [
      'an address of the network',
      forwardWith({ localAddress: '192.168.1.2' }),
      'forwards.0.localAddress form:local-address-not-loopback',
    ],
    [
      'every IPv6 address',
      forwardWith({ localAddress: '::' }),
      'forwards.0.localAddress form:local-address-not-loopback',
    ],
    [
      'a name that only looks like loopback',
      forwardWith({ localAddress: '127.0.0.1.example.org' }),
      'forwards.0.localAddress form:local-address-not-loopback',
    ],
    ['an unknown protocol', forwardWith({ protocol: 'x' }), 'forwards.0.protocol form:invalid'],
    ['an unknown field', draftWith({ password: 'x' }), ' form:invalid'],
  ])('%s', (_what, raw, problem) => {
    expect(problemsOf(raw)).toEqual([problem]);
  });

  it('tells of all wrong fields at once', () => {
    expect(problemsOf(draftWith({ name: '', sshHost: '', sshPort: 0 }))).toHaveLength(3);
  });

  it('uses keys of the catalogue only', () => {
    const known = keysOf('form');
    const everything = draftWith({ name: '', sshHost: 'a b', sshUser: '', forwards: [] });
    for (const problem of problemsOf(everything)) {
      expect(known).toContain(problem.split(' ')[1]);
    }
  });
});

describe('local ports', () => {
  const two = (one: object, other: object): unknown =>
    draftWith({
      forwards: [
        { ...POP3, ...one },
        { ...POP3, id: 'second', ...other },
      ],
    });

  it.each<[string, object, object, boolean]>([
    ['the same address', {}, {}, true],
    ['localhost and 127.0.0.1', {}, { localAddress: '127.0.0.1' }, true],
    ['localhost and ::1', { localAddress: '::1' }, {}, true],
    ['localhost and 127.0.0.2', {}, { localAddress: '127.0.0.2' }, false],
    ['127.0.0.1 and ::1', { localAddress: '127.0.0.1' }, { localAddress: '::1' }, false],
    ['two ports', {}, { localPort: 11_111 }, false],
  ])('used twice in one mailbox: %s', (_what, one, other, clash) => {
    const problem = 'forwards.1.localPort form:local-port-twice';
    expect(problemsOf(two(one, other))).toEqual(clash ? [problem] : []);
  });

  it('used by another mailbox: says which', () => {
    const other = anAccount({ id: 'other', name: 'Club' });
    const parsed = parseDraft(DRAFT, [other]);
    expect(parsed).toEqual({
      ok: false,
      error: [
        {
          field: 'forwards.0.localPort',
          messageKey: 'form:local-port-taken',
          params: { port: 11_110, name: 'Club' },
        },
      ],
    });
  });
});

describe('names', () => {
  const elsewhere = [{ ...POP3, localPort: 20_000 }];
  it.each([
    ['University', true],
    ['UNIVERSITY', true],
    [' university ', true],
    ['Universität', false],
    ['University 2', false],
  ])('%j beside "University": taken %s', (name, taken) => {
    const others = [anAccount({ id: 'other', name: 'University', forwards: elsewhere })];
    expect(problemsOf(draftWith({ name }), others)).toEqual(taken ? ['name form:name-taken'] : []);
  });
});

describe('any JSON at all', () => {
  it('ends in an account or in a list of problems', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        const parsed = parseAccount(raw);
        expect(parsed.ok || parsed.error.length > 0).toBe(true);
      }),
    );
  });

  it('ends so in the place of any field', () => {
    const fields = Object.keys(anAccount());
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
        const parsed = parseAccount({ ...anAccount(), [field]: value });
        const draft = parseDraft({ ...DRAFT, [field]: value }, [anAccount()]);
        expect(parsed.ok || parsed.error.length > 0).toBe(true);
        expect(draft.ok || draft.error.length > 0).toBe(true);
      }),
    );
  });

  it('gives an account that parses to itself', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, fc.domain(), text, (name, sshHost, sshUser) => {
        const once = parseDraft({ ...DRAFT, name, sshHost, sshUser }, []);
        if (once.ok) expect(parseDraft(once.value, [])).toEqual(once);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import {
  importSetupFile,
  importSetupLink,
  importText,
} from '../../../../electron/accounts/import/import-text';
import { LARGEST_SETUP, parseSetupFile } from '../../../../electron/accounts/import/setup-file';
import { linkOf, LONGEST_LINK } from '../../../../electron/accounts/import/setup-link';
import { parseServerKey } from '../../../../electron/accounts/import/server-keys';
import { ed25519Blob, keyText, rsaBlob } from '../../tunnel/host-key-maker';
import { aContext, forwardsOf } from './support';

const KEY = keyText(ed25519Blob());
const MINIMAL = {
  format: 'mailmole-setup',
  version: 1,
  name: 'University',
  server: { host: 'shell.example.org', hostKeys: [KEY] },
  forwards: [{ protocol: 'pop3' }],
};

/** `line:column key` of every fault. */
function faults(document: unknown): readonly string[] {
  const text = typeof document === 'string' ? document : JSON.stringify(document, null, 1);
  const read = importSetupFile(text);
  if (read.ok) throw new Error('taken');
  return read.error.map(({ place, messageKey, params }) =>
    [`${place?.line}:${place?.column}`, messageKey, params['field'] ?? ''].join(' ').trim(),
  );
}

describe('a set-up file', () => {
  it('is read up to its limit and not beyond', () => {
    const text = JSON.stringify(MINIMAL).padEnd(LARGEST_SETUP);
    expect(importSetupFile(text).ok).toBe(true);
    expect(importSetupFile(`${text} `)).toMatchObject({
      error: [{ messageKey: 'import:too-large' }],
    });
  });

  it('makes a mailbox of which only the user name is missing', () => {
    const read = importSetupFile(JSON.stringify(MINIMAL));
    if (!read.ok) throw new Error('refused');
    const [draft] = read.value.drafts;
    expect(draft).toMatchObject({
      name: 'University',
      sshHost: 'shell.example.org',
      sshPort: 22,
      sshUser: null,
      signIn: { kind: 'automatic' },
      route: { kind: 'direct' },
      mode: 'on-demand',
      hostKeys: [parseServerKey(KEY)],
    });
    expect(draft && forwardsOf(draft)).toEqual(['pop3 localhost:null:shell.example.org:110']);
  });

  it('may say more', () => {
    const read = importSetupFile(
      JSON.stringify({
        ...MINIMAL,
        server: {
          host: 'gate',
          port: 2222,
          hostKeys: [`[gate]:2222 ${KEY}`, KEY, keyText(rsaBlob())],
        },
        forwards: [
          {
            protocol: 'imap',
            mailHost: 'imap',
            mailPort: 1143,
            localAddress: '127.0.0.2',
            localPort: 143,
            tls: 'starttls',
          },
        ],
        signIn: 'password',
        mode: 'always-on',
        compression: true,
        sessionChannel: true,
        hint: 'Ring 1234.\nOr write.',
        user: 'guest',
      }),
    );
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    const [draft] = read.value.drafts;
    expect(draft).toMatchObject({
      sshPort: 2222,
      sshUser: 'guest',
      signIn: { kind: 'password' },
      mode: 'always-on',
      compression: true,
      sessionChannel: true,
      hint: 'Ring 1234.\nOr write.',
      forwards: [
        {
          localAddress: '127.0.0.2',
          localPort: 143,
          mailHost: 'imap',
          mailPort: 1143,
          tls: 'starttls',
        },
      ],
    });
    expect(draft?.hostKeys.map(({ type }) => type)).toEqual(['ssh-ed25519', 'ssh-rsa']);
  });

  it.each<[string, unknown, readonly string[]]>([
    [
      'a key file',
      { ...MINIMAL, signIn: { kind: 'key-file', path: '/k' } },
      ['16:12 import:setup.one-of signIn'],
    ],
    ['a key file by name', { ...MINIMAL, keyFile: '/k' }, ['16:13 import:setup.unknown keyFile']],
    ['an agent', { ...MINIMAL, signIn: 'agent' }, ['16:12 import:setup.one-of signIn']],
    ['a command', { ...MINIMAL, command: 'rm -rf /' }, ['16:13 import:setup.unknown command']],
    ['a route', { ...MINIMAL, route: { kind: 'direct' } }, ['16:11 import:setup.unknown route']],
    [
      'a file of known hosts',
      { ...MINIMAL, connection: {} },
      ['16:16 import:setup.unknown connection'],
    ],
    ['a password', { ...MINIMAL, password: 's' }, ['16:14 import:setup.unknown password']],
    ['an id', { ...MINIMAL, id: 'a' }, ['16:8 import:setup.unknown id']],
    [
      'another address',
      { ...MINIMAL, forwards: [{ protocol: 'pop3', localAddress: '0.0.0.0' }] },
      ['14:20 form:local-address-not-loopback forwards.0.localAddress'],
    ],
    [
      'a name as address',
      { ...MINIMAL, forwards: [{ protocol: 'pop3', localAddress: 'evil.example' }] },
      ['14:20 form:local-address-not-loopback forwards.0.localAddress'],
    ],
    [
      'no key',
      { ...MINIMAL, server: { host: 'h', hostKeys: [] } },
      ['7:15 import:setup.no-host-key server.hostKeys'],
    ],
    [
      'half a key',
      { ...MINIMAL, server: { host: 'h', hostKeys: [KEY.slice(0, -4)] } },
      ['8:4 import:setup.host-key server.hostKeys.0'],
    ],
    [
      'a revoked key',
      { ...MINIMAL, server: { host: 'h', hostKeys: [`@revoked h ${KEY}`] } },
      ['8:4 import:setup.host-key server.hostKeys.0'],
    ],
    [
      'an option for a host',
      { ...MINIMAL, server: { host: '-oProxyCommand=x', hostKeys: [KEY] } },
      ['6:11 form:host-invalid server.host'],
    ],
    [
      'text that turns round',
      { ...MINIMAL, name: 'a\u202eb' },
      ['4:10 import:setup.unprintable name'],
    ],
    [
      'invisible characters in a hint',
      { ...MINIMAL, hint: 'a\u001b[1mb' },
      ['16:10 import:setup.unprintable hint'],
    ],
    [
      'port 0',
      { ...MINIMAL, forwards: [{ protocol: 'pop3', mailPort: 0 }] },
      ['14:16 form:port-range forwards.0.mailPort'],
    ],
    [
      'two at one port',
      {
        ...MINIMAL,
        forwards: [
          { protocol: 'pop3', localPort: 1 },
          { protocol: 'imap', localPort: 1 },
        ],
      },
      ['18:17 form:local-port-twice forwards.1.localPort'],
    ],
    ['no forward', { ...MINIMAL, forwards: [] }, ['11:14 form:forward-none forwards']],
    ['a newer version', { ...MINIMAL, version: 2 }, ['3:13 import:setup.version version']],
    [
      'several faults',
      { ...MINIMAL, name: 7, mode: 'x' },
      ['4:10 import:setup.text name', '16:10 import:setup.one-of mode'],
    ],
    ['no JSON', '{\n "format": mailmole', ['2:12 import:json.value']],
    ['a comma too many', '{"a": 1,}', ['1:9 import:json.name']],
    ['a name twice', '{"a": 1, "a": 2}', ['1:10 import:json.twice']],
    ['an end too early', '{"a": [1, 2', ['1:12 import:json.ends']],
    ['more than one document', '{} {}', ['1:4 import:json.more']],
    ['a wild string', '{"a": "b\nc"}', ['1:9 import:json.string']],
  ])('may not hold %s', (_, document, expected) => {
    expect(faults(document)).toEqual(expected);
  });

  it('is nothing else that Mailmole could import', () => {
    expect(importSetupFile('ssh gate').ok).toBe(false);
    expect(importSetupLink('ssh gate').ok).toBe(false);
    expect(
      importSetupFile(JSON.stringify({ format: 'mailmole-accounts', version: 1, accounts: [] })).ok,
    ).toBe(false);
  });

  it('goes into a link, and comes out of it as it was', () => {
    const parsed = parseSetupFile(JSON.stringify({ ...MINIMAL, name: 'Universität' }));
    if (!parsed.ok) throw new Error('refused');
    const link = linkOf(parsed.value);
    expect(link).toMatch(/^mailmole:\/\/setup\/[\w-]+$/u);
    const read = importText(`${link}/\n`, aContext());
    expect(read).toMatchObject({ ok: true, value: { drafts: [{ name: 'Universität' }] } });
  });

  it.each<[string, string, string]>([
    ['cut', 'mailmole://setup/', 'link.broken'],
    ['of another kind', 'mailmole://run/AAAA', 'link.broken'],
    ['no text', 'mailmole://setup/_w', 'link.broken'],
    [
      'no set-up file',
      `mailmole://setup/${Buffer.from('{}').toString('base64url')}`,
      'setup.format',
    ],
    ['endless', `mailmole://setup/${'A'.repeat(LONGEST_LINK)}`, 'link.too-long'],
  ])('is no link that is %s', (_, link, key) => {
    const read = importSetupLink(link);
    expect(read.ok ? 'taken' : read.error[0]?.messageKey).toBe(`import:${key}`);
  });
});

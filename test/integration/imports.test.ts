import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importText } from '../../electron/accounts/import/import-text';
import { readFetchmailrc } from '../../electron/accounts/import/fetchmail-entries';
import { filesMatching } from '../../electron/accounts/import/included-files';
import { splitShell } from '../../electron/accounts/import/shell-words';
import { Source } from '../../electron/accounts/import/findings';
import type { Route } from '../../electron/shared/account';
import type { ImportedDraft } from '../../electron/shared/imported';
import { makeWorldFolder, type WorldFolder } from '../world/world-folder';

const run = promisify(execFile);

/** What `ssh -G` says of one connection, as far as mailboxes go. */
interface Judged {
  readonly user: string;
  readonly hostname: string;
  readonly port: number;
  readonly compression: boolean;
  readonly forwards: readonly string[];
  readonly keys: readonly string[];
  readonly jump: string | null;
}

/** Options of ssh that have a default of several key files say nothing when none was named. */
const DEFAULT_KEY = /^~\/\.ssh\/id_(?:rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/u;

function judgedFrom(output: string): Judged {
  const all = (name: string) =>
    output
      .split('\n')
      .flatMap((line) => (line.startsWith(`${name} `) ? line.slice(name.length + 1) : []));
  const one = (name: string) => all(name)[0] ?? '';
  return {
    user: one('user'),
    hostname: one('hostname'),
    port: Number(one('port')),
    compression: one('compression') === 'yes',
    forwards: all('localforward').map((each) => each.replace(/^\[localhost\]:/u, '')),
    keys: all('identityfile').filter((each) => !DEFAULT_KEY.test(each)),
    jump: all('proxyjump')[0] ?? null,
  };
}

describe('what ssh itself makes of the same words', () => {
  let folder: WorldFolder;
  let home: string;
  const context = () => ({
    home,
    localUser: userInfo().username,
    localHost: hostname(),
    include: filesMatching,
  });

  beforeAll(async () => {
    folder = await makeWorldFolder('imports');
    home = folder.file('home');
    await mkdir(folder.file('home', '.ssh', 'conf.d'), { recursive: true });
    await folder.write(
      'home/.ssh/conf.d/10-more',
      'Host more\n  HostName more.example.org\n  Port 2210\n',
    );
    await folder.write('home/.ssh/config', configIn(home));
  });
  afterAll(() => folder.remove());

  const judge = async (args: readonly string[], config: string): Promise<Judged> =>
    judgedFrom((await run('ssh', ['-G', '-F', config, ...args])).stdout);

  const ours = (draft: ImportedDraft): Judged => ({
    user: draft.sshUser ?? '',
    hostname: draft.sshHost ?? '',
    port: draft.sshPort,
    compression: draft.compression,
    forwards: draft.forwards.map((each) => {
      const bind = each.localAddress === 'localhost' ? '' : `[${each.localAddress}]:`;
      return `${bind}${each.localPort} [${each.mailHost}]:${each.mailPort}`;
    }),
    keys: draft.signIn.kind === 'key-file' ? [draft.signIn.path] : [],
    jump: jumpOf(draft.route),
  });

  it.each([
    'ssh -f -C msingh@popserver -L 11110:popserver:110 sleep 5',
    'ssh -Cfp2222 -l joe gate sleep 5',
    'ssh gate -p 2222 -L 127.0.0.2:110:pop:110 -L [::1]:11143:[2001:db8::7]:143',
    'ssh -L 11995:pop:pop3s -L 11587:out:submission gate sleep 9',
    `ssh -o Port=2200 -o "User joe" -o 'Compression yes' -o"LocalForward 1110 [::1]:110" gate`,
    'ssh -oUser=first -l second third@gate -p 1 -p 2',
    'ssh ssh://joe%40corp@gate:2200/',
    'ssh joe@corp@gate',
    `ssh -o 'User="jo e"' 'ga't"e"`,
    'ssh -J joe@one:2201,ssh://ann@two:2202 -p 2203 three',
    'ssh -oProxyJump=ann@two gate',
    'ssh -J none gate',
    'ssh -- gate sleep 5',
    'ssh -o Port=2200 \\\n  -C \\\n gate',
    'ssh -NTqvxakn2 gate',
  ])('%s', async (command) => {
    const words = splitShell(new Source(command), home);
    if (!words.ok) throw new Error(words.error.messageKey);
    const args = words.value[0]?.words.slice(1).map((word) => word.text) ?? [];
    const read = importText(command.replace(/^ssh/u, 'ssh -F none'), context());
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    expect(read.value.drafts.map(ours)).toEqual([await judge(args, 'none')]);
  });

  it('is the same for every host of a configuration', async () => {
    const config = folder.file('home', '.ssh', 'config');
    const read = importText(configIn(home), context());
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    const { drafts } = read.value;
    expect(drafts.map((draft) => draft.name)).toEqual([
      'work',
      'uni.example.org',
      'other.example.org',
      'quoted',
      'fallback',
    ]);
    for (const draft of drafts) {
      const judged = await judge([draft.name], config);
      // ssh writes a key's path as it stands in the file; one key goes into a mailbox.
      const keys = judged.keys
        .slice(0, 1)
        .map((path) => path.replace(/^~/u, home).replace('%r', judged.user));
      expect(ours(draft)).toEqual({ ...judged, keys });
    }
  });

  it('is the same for a shell’s words', async () => {
    const texts = [
      `a 'b c' "d e" f\\ g h'i'"j"`,
      `"a\\"b" "c\\$d" "e\\f" 'g\\h' i\\\\j`,
      'a \\\n b\\\nc "d\\\ne" # not this\n',
      `--x='a b' "" '' -o"k v" [::1] a#b a=~ {x,y}`,
    ];
    for (const text of texts) {
      const { stdout } = await run('sh', ['-c', `printf '%s\\0' ${text}`]);
      const split = splitShell(new Source(text), home);
      const words = split.ok
        ? split.value.flatMap((each) => each.words.map((word) => word.text))
        : null;
      expect(words).toEqual(stdout.split('\0').slice(0, -1));
    }
  });

  it('and what fetchmail makes of a file', async () => {
    const file = folder.file('fetchmailrc');
    await folder.write('fetchmailrc', FETCHMAILRC);
    await run('chmod', ['600', file]);
    const { stdout } = await run('fetchmail', ['-f', file, '--configdump'], {
      env: { ...process.env, HOME: home },
    });
    const dumped = stdout
      .split('"pollname":')
      .slice(1)
      .map((entry) => ({
        name: /^"([^"]*)"/u.exec(entry)?.[1],
        protocol: /"protocol":"([^"]*)"/u.exec(entry)?.[1],
        service: /"service":"([^"]*)"/u.exec(entry)?.[1] ?? null,
        users: [...entry.matchAll(/"remote":"([^"]*)"/gu)].map(([, user]) => user),
      }));
    expect(dumped).toEqual([
      { name: 'pop.example.org', protocol: 'POP3', service: null, users: ['msingh'] },
      { name: 'two', protocol: 'IMAP', service: '11143', users: ['ann', 'bob'] },
      { name: 'localhost', protocol: 'POP3', service: '11110', users: ['msingh'] },
    ]);
    const entries = readFetchmailrc(new Source(FETCHMAILRC));
    if (!entries.ok) throw new Error(entries.error.messageKey);
    expect(
      entries.value.entries.map(({ name, server, users }) => ({
        name: name.text,
        protocol: server.get('proto')?.text.toUpperCase(),
        service: server.get('port')?.text ?? null,
        users: users.map((user) => user.get('user')?.text),
      })),
    ).toEqual(dumped);
    const read = importText(FETCHMAILRC, context());
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    expect(read.value.drafts.map((each) => [each.name, each.forwards[0]?.protocol])).toEqual([
      ['pop.example.org', 'pop3'],
      ['two', 'imap'],
      ['popserver', 'pop3'],
    ]);
    expect(JSON.stringify(read.value)).not.toContain('s3cret');
  });
});

function jumpOf(route: Route): string | null {
  if (route.kind !== 'jump') return null;
  const before = jumpOf(route.route);
  const here = `${route.user}@${route.host.includes(':') ? `[${route.host}]` : route.host}`;
  const named = route.port === 22 ? here : `${here}:${route.port}`;
  return before === null ? named : `${before},${named}`;
}

/** ssh looks for what it includes in the folder of the system's user, so that the path is written out. */
const configIn = (home: string): string => `
# Ours.
Include ${home}/.ssh/conf.d/*
Host work  !play
  HostName shell.%h.example.org
  User = m.singh
  IdentityFile "~/.ssh/%r key"
  IdentityFile ~/.ssh/other
  LocalForward 11110 pop.example.org:110
  LocalForward [::1]:11143 [2001:db8::1]:143
  Port=2222
Host *.example.org !other.example.org
  User exampler
  Compression yes
Host uni.example.org other.example.org
  LocalForward 1110 pop:110
  ProxyJump ann@gate.example.org:2200
Match host nowhere.invalid
  User nobody
Host quoted
  HostName "quoted.example.org" # with a remark
  LocalForward 127.0.0.2:995 pop:995
Host fallback
  LocalForward 2110 pop:110
Host plain
  User plain
Host *
  User everybody
  Port 22
  Port 2299
`;

const FETCHMAILRC = `
set daemon 300
defaults proto pop3 user "msingh"
poll pop.example.org with password "s3cret # not a remark", is mary here options keep
skip two via mail.example.org protocol IMAP port 11143:
  user 'ann' there with pass s3cret is ann here
  user "bob" there password s3cret is bob here, fetchall
poll localhost with port 11110 user msingh password "s3\\cret"
  preconnect "ssh -C -f msingh@popserver -L 11110:popserver:110 sleep 5"
`;

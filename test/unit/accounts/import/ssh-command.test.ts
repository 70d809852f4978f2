import { describe, expect, it } from 'vitest';
import { aContext, forwardsOf, imported, left, only, refused } from './support';
import { importText } from '../../../../electron/accounts/import/import-text';

describe('an ssh command', () => {
  it('is read as the HOWTO writes it', () => {
    const draft = only('ssh -f -C msingh@popserver -L 11110:popserver:110 sleep 5');
    expect(draft).toMatchObject({
      name: 'popserver',
      sshHost: 'popserver',
      sshPort: 22,
      sshUser: 'msingh',
      compression: true,
      mode: 'on-demand',
      signIn: { kind: 'automatic' },
      route: { kind: 'direct' },
    });
    expect(forwardsOf(draft)).toEqual(['pop3 localhost:11110:popserver:110']);
  });

  it('is read with the minus signs of a printed page, and a prompt before it', () => {
    const draft = only('$ ssh −C −f msingh@popserver −L 11110:popserver:110 sleep 1000');
    expect(draft).toMatchObject({ sshUser: 'msingh', compression: true, mode: 'always-on' });
    expect(draft.forwards).toHaveLength(1);
  });

  it.each<[string, string, readonly string[]]>([
    ['port and host', '-L 11110:pop:110', ['pop3 localhost:11110:pop:110']],
    ['glued', '-L11110:pop:110', ['pop3 localhost:11110:pop:110']],
    ['a loopback address', '-L 127.0.0.2:110:pop:110', ['pop3 127.0.0.2:110:pop:110']],
    ['localhost', '-L localhost:110:pop:110', ['pop3 localhost:110:pop:110']],
    ['IPv6 on both ends', '-L [::1]:11143:[2001:db8::7]:143', ['imap ::1:11143:2001:db8::7:143']],
    ['a port by name', '-L 11995:pop:pop3s', ['pop3s localhost:11995:pop:995']],
    ['submission over TLS', '-L 11465:out:465', ['submission localhost:11465:out:465']],
    ['the slashes of the past', '-L 127.0.0.1/11110/pop/110', ['pop3 127.0.0.1:11110:pop:110']],
    ['slashes without an address', '-L 11110/pop/110', ['pop3 localhost:11110:pop:110']],
    [
      'several',
      '-L 1110:a:110 -L 1143:b:143',
      ['pop3 localhost:1110:a:110', 'imap localhost:1143:b:143'],
    ],
    ['as an option', '-o "LocalForward 11025 out:25"', ['smtp localhost:11025:out:25']],
  ])('forwards: %s', (_, options, forwards) => {
    expect(forwardsOf(only(`ssh ${options} mary@gate`))).toEqual(forwards);
  });

  it.each<[string, string]>([
    ['-L /tmp/s:pop:110', 'socket'],
    ['-L 11110:/run/pop', 'socket'],
    ["-L '*:11110:pop:110'", 'loopback-only'],
    ['-L :11110:pop:110', 'loopback-only'],
    ['-L 192.0.2.1:11110:pop:110', 'loopback-only'],
    ['-L 8080:web:80', 'no-mail-port'],
    ['-R 1:a:2', 'only-mail'],
    ['-D 1080', 'only-mail'],
    ['-A', 'no-session'],
    ['-X', 'no-session'],
    ['-g', 'loopback-only'],
    ['-4', 'network'],
    ['-o ProxyCommand="nc %h %p"', 'program'],
    ['-o StrictHostKeyChecking=no', 'always-checked'],
    ['-o UserKnownHostsFile=/dev/null', 'known-hosts'],
    ['-o NoSuchThing=1', 'unknown-option'],
  ])('leaves out %s', (options, why) => {
    expect(left(`ssh ${options} mary@gate`).map((each) => each.split(' ').at(-1))).toEqual([why]);
  });

  it('leaves a command on the server out, and does not tell its arguments', () => {
    expect(left('ssh mary@gate mysql -psecret')).toEqual(['1:15 mysql program']);
  });

  it('passes over what stands beside it, and does not tell what may be a password', () => {
    const text =
      'SSHPASS=secret true\nssh -N -L 1110:pop:110 gate >/dev/null 2>&1 &\nfetchmail -s; # done';
    expect(imported(text).drafts).toHaveLength(1);
    expect(left(text)).toEqual([
      '1:1 SSHPASS program',
      '2:29 >/dev/null redirection',
      '2:40 2>&1 redirection',
      '3:1 fetchmail program',
    ]);
    expect(JSON.stringify(imported(text))).not.toContain('secret');
  });

  it.each<[string, string, object]>([
    ['combined letters', 'ssh -Cfp2222 gate', { compression: true, sshPort: 2222 }],
    ['letters after the server', 'ssh gate -p 2222 -l joe', { sshPort: 2222, sshUser: 'joe' }],
    ['the first of two', 'ssh -l joe -p 1 mary@gate -p 2', { sshUser: 'joe', sshPort: 1 }],
    ['a URI', 'ssh ssh://joe%40x@gate:2200/', { sshUser: 'joe@x', sshPort: 2200, sshHost: 'gate' }],
    ['a URI with IPv6', 'ssh ssh://joe@[::1]:2200', { sshHost: '::1', sshPort: 2200 }],
    ['two at signs', 'ssh joe@corp@gate', { sshUser: 'joe@corp', sshHost: 'gate' }],
    ['nobody named', 'ssh gate', { sshUser: 'mary' }],
    ['quotation marks', `ssh "-oUser=jo e" 'ga'te`, { sshUser: 'jo', sshHost: 'gate' }],
    ['inner quotation marks', `ssh -o 'User="jo e"' gate`, { sshUser: 'jo e' }],
    ['joined lines', 'ssh \\\n  -p 2222 \\\r\n  gate', { sshPort: 2222, sshHost: 'gate' }],
    ['a whole path', '/usr/bin/ssh -p 2222 gate', { sshPort: 2222 }],
    ['Windows', 'ssh.exe -p 2222 gate', { sshPort: 2222 }],
    ['autossh', 'autossh -M 0 -N -p 2222 gate', { sshPort: 2222, mode: 'always-on' }],
    [
      'a key',
      'ssh -i ~/.ssh/work gate',
      { signIn: { kind: 'key-file', path: '/home/mary/.ssh/work' } },
    ],
    [
      'a key by tokens',
      'ssh -i %d/.ssh/%r@%h gate',
      { signIn: { kind: 'key-file', path: '/home/mary/.ssh/mary@gate' } },
    ],
    [
      'an agent',
      'ssh -o IdentityAgent=/run/agent gate',
      { signIn: { kind: 'agent', socket: '/run/agent', key: null } },
    ],
    [
      'a password',
      'ssh -o PreferredAuthentications=password gate',
      { signIn: { kind: 'password' } },
    ],
    ['an old server', 'ssh -o KexAlgorithms=+diffie-hellman-group1-sha1 gate', { oldServer: true }],
    ['nothing old', 'ssh -o HostKeyAlgorithms=-ssh-rsa gate', { oldServer: false }],
    ['for good', 'ssh -f gate sleep 100000000', { mode: 'always-on' }],
    ['a sleep in hours', 'ssh gate sleep 2h', { mode: 'always-on' }],
    [
      'signs of life',
      'ssh -o ServerAliveInterval=1m -o ServerAliveCountMax=5 -o ConnectTimeout=9 gate',
      {
        connection: {
          keepaliveSeconds: 60,
          keepaliveCount: 5,
          connectTimeoutSeconds: 9,
          knownHostsFile: null,
          idleSeconds: 300,
        },
      },
    ],
    [
      'a known_hosts file',
      'ssh -o UserKnownHostsFile=~/.kh gate',
      { connection: { knownHostsFile: '/home/mary/.kh' } },
    ],
  ])('%s', (_, text, expected) => {
    expect(only(text)).toMatchObject(expected);
  });

  it('reaches a server through others, each by its own name', () => {
    expect(only('ssh -J joe@one:2201,ssh://two pop').route).toEqual({
      kind: 'jump',
      host: 'two',
      port: 22,
      user: 'mary',
      signIn: { kind: 'automatic' },
      route: {
        kind: 'jump',
        host: 'one',
        port: 2201,
        user: 'joe',
        signIn: { kind: 'automatic' },
        route: { kind: 'direct' },
      },
    });
  });

  it('takes the configuration in, as ssh does', () => {
    const files = {
      '/home/mary/.ssh/config':
        'Host uni\n HostName shell.example.org\n User m.singh\n LocalForward 1110 pop:110\nHost gate\n Port 2200',
    };
    const draft = only('ssh -J gate -p 99 uni', files);
    expect(draft).toMatchObject({
      name: 'uni',
      sshHost: 'shell.example.org',
      sshUser: 'm.singh',
      sshPort: 99,
      route: { kind: 'jump', host: 'gate', port: 2200 },
    });
    expect(forwardsOf(draft)).toEqual(['pop3 localhost:1110:pop:110']);
    expect(only('ssh -F none uni', files).sshHost).toBe('uni');
    expect(only('ssh -F /etc/other uni', { ...files, '/etc/other': 'User joe' }).sshUser).toBe(
      'joe',
    );
  });

  it.each<[string, string, number, number]>([
    ['ssh -p 70000 gate', 'ssh.port', 1, 8],
    ['ssh -L 11110:pop gate', 'ssh.forward', 1, 8],
    ['ssh -L 0:pop:110 gate', 'ssh.forward', 1, 8],
    ['ssh -? gate', 'shell.pattern', 1, 6],
    ['ssh -u gate', 'ssh.unknown-letter', 1, 6],
    ['ssh gate -L', 'ssh.no-value', 1, 11],
    ['ssh -C', 'ssh.no-server', 1, 1],
    ['ssh @gate', 'ssh.server', 1, 5],
    ['ssh ssh://gate:port', 'ssh.server', 1, 5],
    ['ssh "a b"', 'ssh.host', 1, 5],
    ['ssh -J , gate', 'ssh.jump', 1, 8],
    ['ssh \\\n -L "11110:pop:110 gate', 'shell.unclosed', 2, 5],
    ["ssh 'gate", 'shell.unclosed', 1, 5],
    ['ssh $HOST', 'shell.variable', 1, 5],
    ['ssh "${HOST}"', 'shell.variable', 1, 6],
    ['ssh $(cat host)', 'shell.command-inside', 1, 5],
    ['ssh "`cat host`"', 'shell.command-inside', 1, 6],
    ["ssh $'gate'", 'shell.dollar-quote', 1, 5],
    ['ssh -L *:1110:pop:110 gate', 'shell.pattern', 1, 8],
    ['ssh ~joe/x', 'shell.other-home', 1, 5],
    ['ssh gate | cat', 'shell.pipe', 1, 10],
    ['(ssh gate)', 'shell.group', 1, 1],
    ['ssh gate >', 'shell.redirection-nowhere', 1, 10],
    ["ssh -o 'User=\"joe' gate", 'ssh.unclosed', 1, 13],
  ])('refuses %s', (text, key, line, column) => {
    const read = text.startsWith('(')
      ? importText(`ssh a; ${text}`, aContext())
      : importText(text, aContext());
    const [problem] = read.ok ? [] : read.error;
    expect(problem?.messageKey).toBe(`import:${key}`);
    const shift = text.startsWith('(') ? 7 : 0;
    expect(problem?.place).toEqual({ file: null, line, column: column + shift });
  });

  it('takes what is spoken where the port does not tell, in turn, anew for each command', () => {
    const text =
      'ssh -L 1110:a:2110 -L 1143:b:143 -L 1025:c:2025 -L 8080:d:80 gate\nssh -L 1:e:2 x';
    const read = importText(text, aContext(), [
      { protocol: 'pop3', tls: 'implicit' },
      { protocol: 'smtp', tls: 'none' },
    ]);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    expect(read.value.drafts.map(forwardsOf)).toEqual([
      ['pop3 localhost:1110:a:2110', 'imap localhost:1143:b:143', 'smtp localhost:1025:c:2025'],
      ['pop3 localhost:1:e:2'],
    ]);
    expect(read.value.drafts[0]?.forwards.map(({ tls }) => tls)).toEqual([
      'implicit',
      'none',
      'none',
    ]);
    expect(read.value.notCarried.map(({ what }) => what)).toEqual(['8080:d:80']);
  });

  it('says which file is broken when it is the configuration', () => {
    const files = { '/home/mary/.ssh/config': '\nUser "joe' };
    expect(refused('ssh gate', files)[0]?.place).toEqual({
      file: '/home/mary/.ssh/config',
      line: 2,
      column: 6,
    });
  });
});

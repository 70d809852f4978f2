import { describe, expect, it } from 'vitest';
import { exportAccounts } from '../../../../electron/accounts/import/own-export';
import { accountDraftOf } from '../../../../electron/shared/imported';
import { DRAFT } from '../../support/snapshots';
import { forwardsOf, imported, left, only, refused } from './support';

const ACCOUNT = { ...DRAFT, id: 'a', wanted: true };

describe('a .fetchmailrc', () => {
  it('with the HOWTO’s preconnect becomes its tunnel', () => {
    const text = `poll localhost with protocol pop3 and port 11110:
        preconnect "ssh -C -f msingh@popserver -L 11110:popserver:110 sleep 5"
        user msingh password s3cret`;
    expect(only(text)).toMatchObject({ name: 'popserver', sshUser: 'msingh', compression: true });
    expect(forwardsOf(only(text))).toEqual(['pop3 localhost:11110:popserver:110']);
    expect(left(text)).toEqual(['3:21 password password']);
    expect(JSON.stringify(imported(text))).not.toContain('s3cret');
  });

  it('says of a protocol that is none which line names it, and takes the others', () => {
    const text = 'poll one proto pop3 user ann\npoll two proto pop9 user bob';
    expect(only(text)).toMatchObject({ name: 'one' });
    expect(left(text)).toEqual([expect.stringMatching(/^2:.* protocol$/u)]);
  });

  it.each<[string, string, object, readonly string[]]>([
    [
      'no tunnel: the person names the server',
      'poll pop.example.org proto pop3 user ann',
      { sshHost: null, sshUser: 'ann', name: 'pop.example.org' },
      ['pop3 localhost:null:pop.example.org:110'],
    ],
    [
      'several users: the person says who',
      'poll pop proto imap user ann user bob',
      { sshUser: null },
      ['imap localhost:null:pop:143'],
    ],
    [
      'via',
      'skip work via pop.example.org proto pop3 user ann ssl',
      { name: 'work' },
      ['pop3s localhost:null:pop.example.org:995'],
    ],
    [
      'a port of this computer',
      'poll localhost proto pop3 port 11110 user ann',
      { sshHost: null },
      ['pop3 localhost:11110:localhost:110'],
    ],
    [
      'a port of their own',
      'poll localhost proto imap port 1143 preconnect "ssh -f -L 1143:imap:31143 gate sleep 9"',
      { sshHost: 'gate' },
      ['imap localhost:1143:imap:31143'],
    ],
    [
      'a plugin',
      `poll imap.example.org proto imap plugin "ssh -W %h:%p ann@gate"`,
      { sshHost: 'gate', sshUser: 'ann' },
      ['imap localhost:null:imap.example.org:143'],
    ],
    [
      'names turned round',
      'poll pop proto pop3 is ann there',
      { sshUser: 'ann' },
      ['pop3 localhost:null:pop:110'],
    ],
    [
      'quoted keywords',
      'poll "poll" proto pop3 user "user"',
      { name: 'poll', sshUser: 'user' },
      ['pop3 localhost:null:poll:110'],
    ],
  ])('%s', (_, text, draft, forwards) => {
    expect(only(text)).toMatchObject(draft);
    expect(forwardsOf(only(text))).toEqual(forwards);
  });

  it('takes the defaults over, and one tunnel for several users', () => {
    const text = `defaults proto imap user ann preconnect "ssh -f -L 1143:imap:143 gate sleep 5"
      poll localhost port 1143 user ann user bob
      poll other proto pop3 user eve preconnect "mailmole wait other"`;
    expect(imported(text).drafts.map(({ name, sshHost }) => [name, sshHost])).toEqual([
      ['gate', 'gate'],
      ['other', null],
    ]);
    expect(left(text)).toEqual(['3:50 mailmole mailmole']);
  });

  it.each<[string, string, string]>([
    ['poll a proto pop3 user ann password two words', 'fetchmail.unexpected', '1:41'],
    ['poll a user "ann', 'fetchmail.unclosed', '1:13'],
    ['poll', 'fetchmail.no-value', '1:1'],
    ['set daemon 300', 'fetchmail.nothing', '1:1'],
    ['poll a port x', 'ssh.port', '1:13'],
    ['poll a preconnect "ssh -L x gate"', 'ssh.forward', '1:27'],
  ])('refuses %s', (text, key, place) => {
    const [problem] = refused(text);
    expect(problem?.messageKey).toBe(`import:${key}`);
    expect(`${problem?.place?.line}:${problem?.place?.column}`).toBe(place);
    expect(JSON.stringify(problem)).not.toContain('words');
  });
});

describe('an ssh configuration', () => {
  it('says which hosts are no mailboxes, and skips what only ssh can judge', () => {
    const text = `Host web
  LocalForward 8080 web:80
Host mail
  LocalForward 1110 pop:110
  ProxyCommand nc %h %p
  RemoteForward 1 a:2
Match user nobody
  Port 99
Include nowhere/*`;
    expect(imported(text).drafts.map(({ name }) => name)).toEqual(['mail']);
    expect(left(text)).toEqual([
      '7:1 Match user nobody match',
      '9:1 Include nowhere/* include-empty',
      '5:3 ProxyCommand program',
      '6:3 RemoteForward only-mail',
      '1:6 Host web no-mail-forward',
    ]);
  });

  it('is followed into what it includes, within the host that includes it', () => {
    const files = {
      '/home/mary/.ssh/conf.d/a': 'Host uni\n User ann\n Port 2200',
      '/home/mary/.ssh/uni': 'User bob\nHost other\n User eve',
    };
    const text = 'Host uni\n Include uni\nHost *\n Include conf.d/*';
    expect(
      imported(text, files).drafts.map(({ name, sshUser, sshPort }) => [name, sshUser, sshPort]),
    ).toEqual([
      ['uni', 'bob', 2200],
      ['other', 'mary', 22],
    ]);
  });

  it('of hosts that forward nothing leaves the mail program to the person', () => {
    expect(only('Host uni\n HostName shell.example.org').forwards).toEqual([]);
  });
});

describe('our own export', () => {
  it('comes back as it went out, without the practice mailbox', () => {
    const text = exportAccounts([ACCOUNT, { ...ACCOUNT, id: 'p', practice: true }]);
    let id = 0;
    const draft = accountDraftOf(only(text), () => DRAFT.forwards[id++]?.id ?? '');
    const { id: _id, wanted: _wanted, ...given } = ACCOUNT;
    expect(draft).toEqual(given);
  });

  it('that was edited is told by line and column', () => {
    const text = exportAccounts([ACCOUNT]).replace(/"sshPort": \d+/u, '"sshPort": 0');
    const line = text.split('\n').findIndex((each) => each.includes('sshPort')) + 1;
    expect(refused(text)).toMatchObject([
      { messageKey: 'form:port-range', place: { file: null, line, column: 18 } },
    ]);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { shellWord, shortNames, waitCommand } from '../../../electron/client-setup/config-text';
import type { Program } from '../../../electron/client-setup/programs';
import { PROGRAMS, settingsText } from '../../../electron/client-setup/programs';
import type { Forward, ForwardProtocol } from '../../../electron/shared/account';
import type { Translate } from '../../../electron/shared/messages';
import { anAccount } from '../support/snapshots';
import { englishWords } from '../support/words';
import { filesFor, linesFor, mailbox } from './mailboxes';

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

/** One row: what the mailbox has, and the lines in the file that are not for people. */
type Row = readonly [
  program: Program,
  protocols: readonly ForwardProtocol[],
  change: Partial<Forward>,
  lines: readonly string[],
];

const FETCHMAIL_WORK = ['  user "msingh" there', '  preconnect "mailmole wait Work"'];
const TLS_WORDS = `ssl sslproto 'TLS1.2+' sslcertck sslcommonname "mail.example.org"`;

const mpopSection = (name: string, port: number, tls: readonly string[]) => [
  ...[`account ${name}`, 'host localhost', `port ${port}`, 'user "msingh"', 'auth user'],
  ...[...tls, `delivery maildir ~/Mail/${name}`, `uidls_file ~/.mpop_uidls/${name}`, 'keep on'],
];

const mbsyncSection = (name: string, port: number) => [
  ...[`IMAPAccount ${name}`, 'Host localhost', `Port ${port}`, 'User "msingh"'],
  ...['SSLType None', 'AuthMechs LOGIN', `IMAPStore ${name}-server`, `Account ${name}`],
  ...[`MaildirStore ${name}-here`, `Path ~/Mail/${name}/`, `Inbox ~/Mail/${name}/INBOX`],
  ...['SubFolders Verbatim', `Channel ${name}`, `Far :${name}-server:`, `Near :${name}-here:`],
  ...['Patterns *', 'Create Near'],
];

const getmailRest = (name: string) => [
  ...['[destination]', 'type = Maildir', `path = ~/Mail/${name}/`],
  ...['[options]', 'read_all = false', 'delete = false'],
];

const TLS_ON = ['tls on', 'tls_starttls off', 'tls_host_override "mail.example.org"'];

const ROWS: readonly Row[] = [
  ...(['none', 'implicit', 'starttls'] as const).flatMap((tls): Row[] => [
    [
      'fetchmail',
      ['pop3'],
      { tls },
      [
        'poll "mail.example.org" via "localhost" with protocol POP3 and port 11110',
        ...[...FETCHMAIL_WORK, "  sslproto ''"],
      ],
    ],
    ['mpop', ['pop3'], { tls }, mpopSection('work', 11110, ['tls off'])],
    ['mbsync', ['imap'], { tls }, mbsyncSection('work', 11143)],
    [
      'getmail',
      ['imap'],
      { tls },
      [
        ...['[retriever]', 'type = SimpleIMAPRetriever', 'server = localhost', 'port = 11143'],
        ...['username = msingh', ...getmailRest('work')],
      ],
    ],
    [
      'msmtp',
      ['submission'],
      { tls },
      [
        ...['account work', 'host localhost', 'port 11587', 'auth plain', 'user "msingh"'],
        'tls off',
      ],
    ],
  ]),
  [
    'fetchmail',
    ['pop3s', 'imaps'],
    {},
    [
      'poll "mail.example.org" via "localhost" with protocol POP3 and port 11995',
      ...[...FETCHMAIL_WORK, `  ${TLS_WORDS}`],
      'poll "mail.example.org" via "localhost" with protocol IMAP and port 11993',
      ...[...FETCHMAIL_WORK, `  ${TLS_WORDS}`],
    ],
  ],
  [
    'fetchmail',
    ['smtp', 'imap', 'submission'],
    { localAddress: '127.0.0.2' },
    [
      'poll "mail.example.org" via "127.0.0.2" with protocol IMAP and port 11143',
      ...[...FETCHMAIL_WORK, "  sslproto ''"],
    ],
  ],
  [
    'mpop',
    ['pop3', 'imap', 'pop3s'],
    {},
    [...mpopSection('work', 11110, ['tls off']), ...mpopSection('work-2', 11995, TLS_ON)],
  ],
  ['mpop', ['pop3s'], { tls: 'implicit' }, mpopSection('work', 11995, ['tls off'])],
  ['mbsync', ['imaps'], { tls: 'implicit' }, mbsyncSection('work', 11993)],
  ['mbsync', ['imaps', 'imap', 'pop3'], {}, mbsyncSection('work', 11143)],
  [
    'getmail',
    ['pop3s'],
    {},
    [
      ...['[retriever]', 'type = SimplePOP3SSLRetriever', 'server = localhost', 'port = 11995'],
      'ca_certs = /etc/ssl/certs/ca-certificates.crt',
      ...['ssl_cert_hostname = mail.example.org', 'username = msingh', ...getmailRest('work')],
    ],
  ],
  [
    'msmtp',
    ['smtp', 'submission'],
    {},
    [
      ...['account work', 'host localhost', 'port 11025', 'auth off', 'user "msingh"', 'tls off'],
      ...['account work-2', 'host localhost', 'port 11587', 'auth plain', 'user "msingh"'],
      'tls off',
    ],
  ],
];

describe('the files of mail programs', () => {
  it.each(ROWS)('%s, %j, %j', (program, protocols, change, lines) => {
    expect(linesFor(mailbox(protocols, change), program, t)).toEqual(lines);
  });

  it('lie where the programs look for them; getmail has one for each address', () => {
    const account = mailbox(['pop3', 'imap', 'submission']);
    const paths = PROGRAMS.slice(PROGRAMS.indexOf('fetchmail')).map((program) =>
      Object.keys(filesFor(account, program, t)),
    );
    expect(paths).toEqual([
      ['~/.fetchmailrc'],
      ['~/.mpoprc'],
      ['~/.config/getmail/work', '~/.config/getmail/work-2'],
      ['~/.mbsyncrc'],
      ['~/.msmtprc'],
    ]);
  });

  it('say whose they are and where they belong, how to start, and what to make before', () => {
    expect(
      settingsText(mailbox(['pop3']), 'mpop', t)
        .split('\n')
        .slice(0, 5),
    ).toEqual([
      '# Work, through Mailmole: for ~/.mpoprc',
      '# mpop asks for the mail password. It need not, with a line like this: passwordeval pass mail/work',
      '',
      '# Start it like this: mailmole wait Work && mpop work',
      '# Once, before the first time: mkdir -p ~/Mail/work/cur ~/Mail/work/new ~/Mail/work/tmp',
    ]);
  });

  it('say what mbsync has to leave out', () => {
    expect(settingsText(mailbox(['imaps', 'imap']), 'mbsync', t)).toMatch(
      /^# Left out: localhost:11993\. mbsync cannot check here that the mail server is mail\.example\.org\./m,
    );
  });

  it('cannot be broken out of by what a person typed', () => {
    const account = {
      ...mailbox(['pop3', 'imap', 'submission']),
      name: 'Work\npoll evil.example.org',
      sshUser: 'me" there password "x\\',
    };
    const fetchmail = settingsText(account, 'fetchmail', t);
    expect(fetchmail.match(/^poll /gmu)).toHaveLength(2);
    expect(fetchmail).toContain(String.raw`user "me\x22 there password \x22x\x5c" there`);
    expect(settingsText(account, 'mpop', t)).toContain(`\nuser "me" there password "x\\"\n`);
    expect(settingsText(account, 'mbsync', t)).toContain(
      `\nUser "me\\" there password \\"x\\\\"\n`,
    );
  });
});

describe('the command that waits', () => {
  it.each([
    ['Work', 'mailmole wait Work'],
    ['At home', "mailmole wait 'At home'"],
    [`Frank's`, `mailmole wait 'Frank'\\''s'`],
    ['$(reboot) `x`', "mailmole wait '$(reboot) `x`'"],
    ['-v', 'mailmole wait -- -v'],
    ['東京', "mailmole wait '東京'"],
  ])('%j: %s', (name, command) => {
    expect(waitCommand(anAccount({ name }))).toBe(command);
  });

  it('quotes nothing that needs no quotes', () => {
    expect(shellWord('a.b@c:1/2_3')).toBe('a.b@c:1/2_3');
    expect(shellWord('')).toBe("''");
  });
});

describe('short names', () => {
  it.each([
    ['Work', ['work', 'work-2']],
    ['  Zürich & Co. ', ['zurich-co', 'zurich-co-2']],
    ['../../etc', ['etc', 'etc-2']],
    ['東京', ['mailbox-univer', 'mailbox-univer-2']],
    ['--', ['mailbox-univer', 'mailbox-univer-2']],
  ])('%j: %j', (name, names) => {
    expect(shortNames(anAccount({ name }), 2)).toEqual(names);
  });
});

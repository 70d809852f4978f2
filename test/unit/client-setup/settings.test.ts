import { beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../../electron/client-setup/programs';
import {
  MAIL_PROGRAMS,
  PROGRAMS,
  isProgram,
  programName,
  settingsFor,
  settingsText,
} from '../../../electron/client-setup/programs';
import type { ForwardProtocol } from '../../../electron/shared/account';
import { FORWARD_PROTOCOLS, FORWARD_TLS } from '../../../electron/shared/account';
import type { Translate } from '../../../electron/shared/messages';
import { englishWords } from '../support/words';
import { mailbox } from './mailboxes';

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

const WITH_WINDOWS = PROGRAMS.filter((program) => MAIL_PROGRAMS[program].kind === 'fields');

/** The fields of the first page, as `label: value`. */
function fieldsOf(program: Program, ...given: Parameters<typeof mailbox>): readonly string[] {
  const settings = settingsFor(mailbox(...given), program, t);
  if (settings.kind !== 'fields') throw new Error(`${program} has ${settings.kind}`);
  return settings.blocks[0]?.fields.map(({ label, value }) => `${label}: ${value}`) ?? [];
}

describe('settings for any mail program', () => {
  it('are complete, short and readable', () => {
    expect(settingsText(mailbox(['pop3', 'submission']), 'plain', t)).toBe(
      `Work
For your mail program. It works while this mailbox is switched on in Mailmole.

Incoming mail (POP3)
  Server:              localhost
  Port:                11110
  User name:           msingh (or the user name your mail provider gave you)
  Connection security: None, because the tunnel encrypts as far as shell.example.org

Outgoing mail (SMTP)
  Server:              localhost
  Port:                11587
  User name:           msingh (or the user name your mail provider gave you)
  Connection security: None, because the tunnel encrypts as far as shell.example.org
`,
    );
  });

  it.each(['localhost', '127.0.0.1', '::1', 'SHELL.example.org'])(
    'claim the whole way when the mail server is the SSH server (%s)',
    (mailHost) => {
      const text = settingsText(mailbox(['imap'], { mailHost }), 'plain', t);
      expect(text).toContain('Connection security: None, because the tunnel encrypts\n');
    },
  );

  it.each<[ForwardProtocol, string]>([
    ['pop3', 'Incoming mail (POP3)'],
    ['imap', 'Incoming mail (IMAP)'],
    ['pop3s', 'Incoming mail (POP3)'],
    ['imaps', 'Incoming mail (IMAP)'],
    ['smtp', 'Outgoing mail (SMTP)'],
    ['submission', 'Outgoing mail (SMTP)'],
  ])('say what %s is for', (protocol, title) => {
    expect(settingsText(mailbox([protocol]), 'plain', t)).toContain(`\n${title}\n`);
  });

  it.each(['pop3s', 'imaps'] as const)('explain the certificate of %s', (protocol) => {
    const text = settingsText(mailbox([protocol]), 'plain', t);
    expect(text).toContain('Connection security: SSL/TLS');
    expect(text).toMatch(/certificate belongs to mail\.example\.org and not to localhost/u);
  });

  it('name the address that the forward listens at', () => {
    const account = mailbox(['pop3'], { localAddress: '127.0.0.2', localPort: 110 });
    expect(settingsText(account, 'plain', t)).toMatch(/127\.0\.0\.2\n {2}Port: +110\n/u);
  });
});

describe('settings in the words of the program', () => {
  it('Thunderbird', () => {
    expect(settingsText(mailbox(['imap']), 'thunderbird', t)).toBe(
      `Work
For Thunderbird: New account, Configure manually. It works while this mailbox is switched on in Mailmole.

Incoming mail (IMAP)
  Protocol:              IMAP
  Hostname:              localhost
  Port:                  11143
  Connection security:   None
  Authentication method: Normal password (also called “Password, transmitted insecurely”)
  Username:              msingh (or the user name your mail provider gave you)
  The tunnel encrypts the way as far as shell.example.org, not from there to the mail server. Your mail program may warn of it.
`,
    );
  });

  it.each<[Program, readonly string[], readonly string[]]>([
    [
      'outlook',
      [
        ...['Account type: POP3', 'Incoming mail server: localhost', 'Port: 11110'],
        ...['Encryption method: None', 'User name: msingh'],
        'Require logon using Secure Password Authentication (SPA): Off',
      ],
      [
        ...['Outgoing mail server: localhost', 'Port: 11587', 'Encryption method: None'],
        ...['My outgoing server (SMTP) requires authentication: On', 'User name: msingh'],
        'Require logon using Secure Password Authentication (SPA): Off',
      ],
    ],
    [
      'apple-mail',
      [
        ...['Account Type: POP', 'User Name: msingh', 'Host Name: localhost'],
        ...['Automatically manage connection settings: Off', 'Port: 11110', 'Use TLS/SSL: Off'],
        ...['Authentication: Password', 'Allow insecure authentication: On'],
      ],
      [
        ...['User Name: msingh', 'Host Name: localhost'],
        ...['Automatically manage connection settings: Off', 'Port: 11587', 'Use TLS/SSL: Off'],
        ...['Authentication: Password', 'Allow insecure authentication: On'],
      ],
    ],
    [
      'claws-mail',
      [
        ...['Protocol: POP', 'Server for receiving: localhost', 'User ID: msingh'],
        ...['TLS, for POP: Don’t use TLS', 'POP port: 11110'],
      ],
      [
        ...['SMTP server (send): localhost', 'SMTP Authentication (SMTP AUTH): On'],
        ...['User ID: msingh', 'TLS, for SMTP: Don’t use TLS', 'SMTP port: 11587'],
      ],
    ],
    [
      'sylpheed',
      [
        ...['Protocol: POP3', 'Server for receiving: localhost', 'User ID: msingh'],
        ...['SSL, for POP3: Don’t use SSL', 'Specify POP3 port: 11110'],
      ],
      [
        ...['SMTP server (send): localhost', 'SMTP Authentication (SMTP AUTH): On'],
        ...['User ID: msingh', 'SSL, for SMTP: Don’t use SSL', 'Specify SMTP port: 11587'],
      ],
    ],
    [
      'seamonkey',
      [
        ...['Server type: POP3', 'Server Name: localhost', 'Port: 11110', 'User Name: msingh'],
        ...['Connection security: None', 'Authentication method: Password, transmitted insecurely'],
      ],
      [
        ...['Server Name: localhost', 'Port: 11587', 'User Name: msingh'],
        ...['Connection security: None', 'Authentication method: Password, transmitted insecurely'],
      ],
    ],
  ])('%s', (program, incoming, outgoing) => {
    expect(fieldsOf(program, ['pop3'])).toEqual(incoming);
    expect(fieldsOf(program, ['submission'])).toEqual(outgoing);
  });

  it.each<[Program, ForwardProtocol, string]>([
    ['thunderbird', 'imaps', 'Connection security: SSL/TLS'],
    ['outlook', 'imaps', 'Encryption method: SSL/TLS'],
    ['apple-mail', 'imaps', 'Use TLS/SSL: On'],
    ['claws-mail', 'imaps', 'TLS, for IMAP: Use TLS'],
    ['sylpheed', 'imaps', 'SSL, for IMAP4: Use SSL for IMAP4 connection'],
    ['sylpheed', 'pop3s', 'SSL, for POP3: Use SSL for POP3 connection'],
    ['seamonkey', 'imaps', 'Connection security: SSL/TLS'],
  ])('%s encrypts by itself only without a TLS bridge (%s)', (program, protocol, line) => {
    expect(fieldsOf(program, [protocol])).toContain(line);
    expect(fieldsOf(program, [protocol], { tls: 'implicit' })).not.toContain(line);
  });

  it.each(WITH_WINDOWS)('%s does not sign in on port 25, and is told of the choice', (program) => {
    const text = settingsText(mailbox(['smtp']), program, t);
    expect(text).toContain('If the server wants you to sign in before you send mail');
    if (program !== 'plain') expect(text).not.toContain('msingh');
  });

  it.each(WITH_WINDOWS)('%s has a page for each forward, with values worth copying', (program) => {
    const settings = settingsFor(mailbox(['pop3', 'imap', 'submission']), program, t);
    if (settings.kind !== 'fields') throw new Error(settings.kind);
    const typed = settings.blocks.map(({ fields }) =>
      fields.filter((field) => field.typed).map(({ value }) => value),
    );
    const ports = ['11110', '11143', '11587'];
    expect(typed.map((values) => values.toSorted())).toEqual(
      ports.map((port) => [port, 'localhost', 'msingh']),
    );
  });

  it.each(['thunderbird', 'claws-mail', 'apple-mail'] as const)(
    '%s is expected to warn of a server without encryption, and is answered',
    (program) => {
      const text = settingsText(mailbox(['imap'], { mailHost: 'localhost' }), program, t);
      expect(text).toContain('The tunnel encrypts the whole way. If your mail program warns');
    },
  );

  it('Outlook is told that the new one cannot', () => {
    expect(settingsText(mailbox(['imap']), 'outlook', t)).toContain('The new Outlook cannot');
  });
});

describe('settings with a TLS bridge', () => {
  it.each(['implicit', 'starttls'] as const)('are those of plain text: %s', (tls) => {
    const account = mailbox(['pop3s', 'imap'], { tls });
    const plain = settingsText(account, 'plain', t);
    expect(plain.match(/Connection security: None, because the tunnel encrypts\n/gu)).toHaveLength(
      2,
    );
    const all = PROGRAMS.map((program) => settingsText(account, program, t)).join('');
    expect(all).not.toMatch(/certificate|SSL\/TLS|sslcertck|ca_certs|tls on|shell\.example\.org/u);
  });
});

describe('every program', () => {
  it.each(PROGRAMS)('%s: leaves no key unfilled, whatever the mailbox has', (program) => {
    for (const protocol of FORWARD_PROTOCOLS) {
      for (const tls of FORWARD_TLS) {
        const text = settingsText(mailbox([protocol], { tls }), program, t);
        expect(text).not.toMatch(/programs:|app:|\{\{|undefined/u);
        expect(text.endsWith('\n')).toBe(true);
        expect(text.endsWith('\n\n')).toBe(false);
      }
    }
  });

  it.each<[Program, ForwardProtocol, RegExp]>([
    ['fetchmail', 'submission', /^This mailbox only sends mail, so there is nothing for fetchmail/],
    ['getmail', 'smtp', /^This mailbox only sends mail, so there is nothing for getmail\.\n$/],
    ['mpop', 'imap', /^mpop fetches mail by POP3 only, and this mailbox has none\. [^.]*\.\n$/],
    ['mbsync', 'pop3s', /^mbsync reads mail by IMAP only, and this mailbox has none\. [^.]*\.\n$/],
    ['msmtp', 'imaps', /^msmtp only sends mail, and this mailbox only fetches it\. [^.]*\.\n$/],
    ['mbsync', 'imaps', /^mbsync cannot check here that the mail server is mail\.example\.org\. /],
  ])('%s says why it can do nothing with %s', (program, protocol, reason) => {
    const account = mailbox([protocol]);
    expect(settingsFor(account, program, t).kind).toBe('nothing');
    expect(settingsText(account, program, t)).toMatch(reason);
  });

  it('is known by its id and has a name', () => {
    expect(PROGRAMS.filter((program) => !isProgram(program))).toEqual([]);
    expect(['', 'Thunderbird', 'toString', 'pine'].filter(isProgram)).toEqual([]);
    expect(PROGRAMS.map((program) => programName(program, t))).toContain('Apple Mail');
    expect(Object.keys(MAIL_PROGRAMS)).toEqual(PROGRAMS);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { PROGRAMS, SETTINGS_FOR } from '../../../electron/client-setup/programs';
import type { Account, Forward, ForwardProtocol } from '../../../electron/shared/account';
import {
  DEFAULT_LOCAL_PORTS,
  FORWARD_PROTOCOLS,
  MAIL_PORTS,
} from '../../../electron/shared/account';
import type { Translate } from '../../../electron/shared/messages';
import { anAccount } from '../support/snapshots';
import { englishWords } from '../support/words';

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

/** A mailbox with these protocols, each on its usual ports. */
function mailbox(protocols: readonly ForwardProtocol[], change: Partial<Forward> = {}): Account {
  const forwards = protocols.map((protocol) => ({
    id: protocol,
    protocol,
    localAddress: 'localhost',
    localPort: DEFAULT_LOCAL_PORTS[protocol],
    mailHost: 'mail.example.org',
    mailPort: MAIL_PORTS[protocol],
    tls: 'none' as const,
    ...change,
  }));
  return anAccount({ name: 'Work', forwards });
}

describe('settings for any mail program', () => {
  it('are complete, short and readable', () => {
    expect(SETTINGS_FOR.plain(mailbox(['pop3', 'submission']), t)).toBe(
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
      const text = SETTINGS_FOR.plain(mailbox(['imap'], { mailHost }), t);
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
    expect(SETTINGS_FOR.plain(mailbox([protocol]), t)).toContain(`\n${title}\n`);
  });

  it.each(['pop3s', 'imaps'] as const)('explain the certificate of %s', (protocol) => {
    const text = SETTINGS_FOR.plain(mailbox([protocol]), t);
    expect(text).toContain('Connection security: SSL/TLS');
    expect(text).toMatch(/certificate belongs to mail\.example\.org and not to localhost/u);
  });

  it('name the address that the forward listens at', () => {
    const account = mailbox(['pop3'], { localAddress: '127.0.0.2', localPort: 110 });
    expect(SETTINGS_FOR.plain(account, t)).toMatch(/127\.0\.0\.2\n {2}Port: +110\n/u);
  });
});

describe('settings for Thunderbird', () => {
  it('use the names of its own page', () => {
    expect(SETTINGS_FOR.thunderbird(mailbox(['imap']), t)).toBe(
      `Work
For Thunderbird: New account, Configure manually. It works while this mailbox is switched on in Mailmole.

Incoming mail (IMAP)
  Protocol:              IMAP
  Hostname:              localhost
  Port:                  11143
  Connection security:   None
  Authentication method: Normal password (also called “Password, transmitted insecurely”)
  Username:              msingh (or the user name your mail provider gave you)
  None, because the tunnel encrypts as far as shell.example.org
`,
    );
  });
});

describe('settings for fetchmail', () => {
  it.each<[ForwardProtocol, string, string]>([
    ['pop3', 'protocol POP3 and port 11110', "sslproto ''"],
    ['imap', 'protocol IMAP and port 11143', "sslproto ''"],
    [
      'pop3s',
      'protocol POP3 and port 11995',
      'ssl sslproto \'TLS1.2+\' sslcertck sslcommonname "mail.example.org"',
    ],
    [
      'imaps',
      'protocol IMAP and port 11993',
      'ssl sslproto \'TLS1.2+\' sslcertck sslcommonname "mail.example.org"',
    ],
  ])('%s', (protocol, server, security) => {
    expect(SETTINGS_FOR.fetchmail(mailbox([protocol]), t)).toBe(
      `# Work, through Mailmole
poll "mail.example.org" via "localhost" with ${server}
  user "msingh" there
  ${security}
# Add the word keep to the lines above to leave the mail on the server.
`,
    );
  });

  it('leave out what only sends', () => {
    const text = SETTINGS_FOR.fetchmail(mailbox(['smtp', 'pop3', 'submission']), t);
    expect(text.match(/^poll /gmu)).toHaveLength(1);
    expect(SETTINGS_FOR.fetchmail(mailbox(['smtp']), t)).toMatch(/^# This mailbox only sends/u);
  });

  it('cannot be broken out of by what a person typed', () => {
    const account = {
      ...mailbox(['pop3']),
      name: 'Work\npoll evil.example.org',
      sshUser: 'me" there password "x\\',
    };
    const text = SETTINGS_FOR.fetchmail(account, t);
    expect(text.match(/^poll /gmu)).toHaveLength(1);
    expect(text).toContain(String.raw`user "me\x22 there password \x22x\x5c" there`);
  });
});

describe('settings with a TLS bridge', () => {
  it.each(['implicit', 'starttls'] as const)('are those of plain text: %s', (tls) => {
    const account = mailbox(['pop3s', 'imap'], { tls });
    const plain = SETTINGS_FOR.plain(account, t);
    expect(plain.match(/Connection security: None, because the tunnel encrypts\n/gu)).toHaveLength(
      2,
    );
    const thunderbird = SETTINGS_FOR.thunderbird(account, t);
    expect(thunderbird.match(/Connection security: {3}None\n/gu)).toHaveLength(2);
    const fetchmail = SETTINGS_FOR.fetchmail(account, t);
    expect(fetchmail.match(/ {2}sslproto ''\n/gu)).toHaveLength(2);
    expect(`${plain}${thunderbird}${fetchmail}`).not.toMatch(/certificate|SSL\/TLS|sslcertck/u);
  });
});

describe('settings for every program', () => {
  it.each(PROGRAMS)('%s: no key of the catalogue is left unfilled', (program) => {
    for (const protocol of FORWARD_PROTOCOLS) {
      const text = SETTINGS_FOR[program](mailbox([protocol]), t);
      expect(text).not.toMatch(/app:|\{\{/u);
    }
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Translate } from '../../../electron/shared/messages';
import { describeBytes } from '../../../renderer/i18n/bytes';
import { announcementsBetween } from '../../../renderer/state/announcements';
import { fieldToMend } from '../../../renderer/state/error-field';
import { spellFingerprint } from '../../../renderer/state/fingerprint';
import { mailPathsOf } from '../../../renderer/state/mail-path';
import { parseServerText } from '../../../renderer/state/server-text';
import {
  aSnapshot,
  aView,
  anAccount,
  ERRORS,
  FINGERPRINT,
  FORWARD,
  STATES,
} from '../support/snapshots';
import { englishWords } from '../support/words';

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

describe('a server as it is typed', () => {
  it.each([
    ['shell.example.org', { host: 'shell.example.org' }],
    ['  msingh@shell.example.org ', { host: 'shell.example.org', user: 'msingh' }],
    ['msingh@shell.example.org:2222', { host: 'shell.example.org', user: 'msingh', port: 2222 }],
    ['ssh://msingh@shell.example.org:22/', { host: 'shell.example.org', user: 'msingh', port: 22 }],
    ['shell.example.org:2222', { host: 'shell.example.org', port: 2222 }],
    ['[2001:db8::1]:2222', { host: '2001:db8::1', port: 2222 }],
    ['m@[2001:db8::1]', { host: '2001:db8::1', user: 'm' }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    ['https://example.org/mail', { host: 'https://example.org/mail' }],
    ['two words', { host: 'two words' }],
    ['', { host: '' }],
  ])('%j', (text, parts) => {
    expect(parseServerText(text)).toEqual(parts);
  });

  it('takes any user, host and port apart again', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/u);
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 65_535 }), (user, host, port) => {
        expect(parseServerText(`${user}@${host}:${port}`)).toEqual({ user, host, port });
      }),
    );
  });
});

describe('the way of the mail', () => {
  const paths = (mailHost: string, protocol = FORWARD.protocol) =>
    mailPathsOf({ sshHost: 'shell.example.org', forwards: [{ ...FORWARD, mailHost, protocol }] });

  it('is honest about the part that nobody encrypts', () => {
    expect(paths('mail.example.org')).toEqual([
      {
        protocols: ['pop3'],
        server: 'shell.example.org',
        mailServer: 'mail.example.org',
        beyond: 'nobody',
      },
    ]);
  });

  it.each(['shell.example.org', 'SHELL.example.org', 'localhost', '127.0.0.1', '::1'])(
    'ends at the server when the mail is there: %s',
    (mailHost) => {
      expect(paths(mailHost)[0]).toMatchObject({ mailServer: null, beyond: null });
    },
  );

  it('knows who encrypts beyond the server', () => {
    expect(paths('mail.example.org', 'imaps')[0]?.beyond).toBe('mail-program');
    const bridged = (protocol: typeof FORWARD.protocol, tls: typeof FORWARD.tls) =>
      mailPathsOf({
        sshHost: 'shell.example.org',
        forwards: [{ ...FORWARD, mailHost: 'mail.example.org', protocol, tls }],
      })[0]?.beyond;
    expect(bridged('pop3', 'starttls')).toBe('bridge');
    expect(bridged('imaps', 'implicit')).toBe('bridge');
  });

  it('is drawn once for forwards that share it', () => {
    const forwards = [
      { ...FORWARD, id: 'a' },
      { ...FORWARD, id: 'b', protocol: 'imap' as const },
      { ...FORWARD, id: 'c', protocol: 'imaps' as const },
    ];
    const found = mailPathsOf({ sshHost: 'shell.example.org', forwards });
    expect(found.map(({ protocols }) => protocols)).toEqual([['pop3', 'imap'], ['imaps']]);
  });
});

describe('a fingerprint', () => {
  it('is spelt in groups, and loses nothing', () => {
    const { hash, groups } = spellFingerprint(FINGERPRINT);
    expect(groups).toHaveLength(11);
    expect(`${hash}:${groups.join('')}`).toBe(FINGERPRINT);
  });
});

describe('a number of bytes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [12_400, '12.4 kB'],
    [4_213_440, '4.2 MB'],
    [1_234_567_890, '1.23 GB'],
  ])('%d', (bytes, words) => {
    expect(describeBytes(bytes, t)).toBe(words);
  });
});

describe('the screen reader', () => {
  const on = aSnapshot([aView(STATES.on)]);

  it('hears of every state that became another one, and of nothing else', () => {
    const next = aSnapshot([aView({ kind: 'needs-attention', error: ERRORS['answer-needed'] })]);
    expect(announcementsBetween(on, next, t)).toEqual([
      'University: Needs you. Your key is locked.',
    ]);
    expect(announcementsBetween(null, next, t)).toEqual([]);
    expect(announcementsBetween(on, on, t)).toEqual([]);
    expect(announcementsBetween(aSnapshot(), on, t)).toEqual([]);
  });

  it('is spared the phases of one attempt', () => {
    const first = aSnapshot([aView({ ...STATES.connecting, phase: 'reaching-server' })]);
    const second = aSnapshot([aView({ ...STATES.connecting, phase: 'greeting' })]);
    expect(announcementsBetween(first, second, t)).toEqual([]);
  });
});

describe('the field to mend', () => {
  it('is the one the error speaks of', () => {
    const forwards = [{ ...FORWARD, localPort: 11111, mailHost: 'other.example.org' }, FORWARD];
    const account = anAccount({ forwards });
    expect(fieldToMend(ERRORS['port-in-use'], account)).toBe('forwards.1.localPort');
    expect(fieldToMend(ERRORS['no-greeting'], account)).toBe('forwards.1.mailHost');
    expect(fieldToMend(ERRORS['certificate-refused'], account)).toBe('forwards.1.mailHost');
    expect(fieldToMend(ERRORS['tls-failed'], account)).toBe('forwards.1.tls');
    expect(fieldToMend(ERRORS['key-unusable'], account)).toBe('signIn.path');
    expect(fieldToMend(ERRORS['connection-refused'], account)).toBe('sshPort');
  });
});

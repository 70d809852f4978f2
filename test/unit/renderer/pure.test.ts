import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Translate } from '../../../electron/shared/messages';
import { describeBytes } from '../../../renderer/i18n/bytes';
import { announcementsBetween } from '../../../renderer/state/announcements';
import { fieldToMend } from '../../../renderer/state/error-field';
import { spellFingerprint } from '../../../renderer/state/fingerprint';
import { describeEvent, isTakingOver } from '../../../renderer/state/activity-view';
import { bridged, mailPathsOf } from '../../../renderer/state/mail-path';
import type { Route } from '../../../electron/shared/account';
import { noActivity, type ActivityEvent } from '../../../electron/shared/activity';
import { parseServerText } from '../../../renderer/state/server-text';
import {
  aSnapshot,
  aView,
  anAccount,
  ERRORS,
  FINGERPRINT,
  FORWARD,
  NOW,
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
    ['https://example.org/mail', { host: 'example.org' }],
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
    mailPathsOf({
      sshHost: 'shell.example.org',
      route: { kind: 'direct' },
      forwards: [{ ...FORWARD, mailHost, protocol }],
    });

  it('is honest about the part that nobody encrypts', () => {
    expect(paths('mail.example.org')).toEqual([
      {
        protocols: ['pop3'],
        via: [],
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
        route: { kind: 'direct' },
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
    const found = mailPathsOf({
      sshHost: 'shell.example.org',
      route: { kind: 'direct' },
      forwards,
    });
    expect(found.map(({ protocols }) => protocols)).toEqual([['pop3', 'imap'], ['imaps']]);
  });
});

describe('the stations on the way', () => {
  const jump = (host: string, route: Route): Route => ({
    ...{ kind: 'jump', host, port: 22, user: 'm', signIn: { kind: 'automatic' } },
    route,
  });
  const proxy: Route = { kind: 'socks5', host: 'proxy', port: 1080, user: null };

  it.each<[string, Route, readonly string[]]>([
    ['none', { kind: 'direct' }, []],
    ['a proxy', proxy, ['proxy proxy']],
    ['a jump', jump('gate', { kind: 'direct' }), ['jump gate']],
    [
      'all of them, the nearest first',
      jump('inner', jump('gate', proxy)),
      ['proxy proxy', 'jump gate', 'jump inner'],
    ],
  ])('%s', (_what, route, stations) => {
    const [path] = mailPathsOf(anAccount({ route }));
    expect(path?.via.map(({ kind, host }) => `${kind} ${host}`)).toEqual(stations);
  });
});

describe('the bridge that is offered', () => {
  it('encrypts the part that nobody does, and leaves everything else alone', () => {
    const forwards = [
      FORWARD,
      { ...FORWARD, id: 'imaps', protocol: 'imaps' as const },
      { ...FORWARD, id: 'here', mailHost: 'localhost' },
      { ...FORWARD, id: 'other', mailHost: 'other.example.org' },
      { ...FORWARD, id: 'tls', tls: 'implicit' as const },
    ];
    const next = bridged(anAccount({ forwards }), 'mail.example.org');
    expect(next.map(({ tls }) => tls)).toEqual(['starttls', 'none', 'none', 'none', 'implicit']);
    const beyond = mailPathsOf(anAccount({ forwards: next.slice(0, 1) }))[0]?.beyond;
    expect(beyond).toBe('bridge');
  });
});

describe('an event in words', () => {
  const at = NOW;
  it.each<[ActivityEvent, string]>([
    [{ kind: 'switched-on', at }, 'It was switched on.'],
    [{ kind: 'switched-off', at }, 'It was switched off.'],
    [{ kind: 'changed', at, reconnects: false }, 'It was changed, without a reconnect.'],
    [{ kind: 'changed', at, reconnects: true }, 'It was changed, with one reconnect.'],
    [{ kind: 'greeted', at }, 'The mail server greeted.'],
    [{ kind: 'rested', at }, 'Nothing was fetched for a while, so the connection was closed.'],
    [{ kind: 'no-network', at }, 'There was no network.'],
    [
      { kind: 'trouble', at, error: ERRORS['connection-refused'], times: 1 },
      'shell.example.org refused the connection.',
    ],
    [
      { kind: 'trouble', at, error: ERRORS['connection-refused'], times: 3 },
      'shell.example.org refused the connection. (3 times)',
    ],
    [
      { kind: 'carried', at, times: 0, bytesDown: 0, bytesUp: 12 },
      'Your mail program came once: 0 bytes fetched, 12 bytes sent.',
    ],
    [
      { kind: 'carried', at, times: 4, bytesDown: 4_200_000, bytesUp: 1500 },
      'Your mail program came 4 times: 4.2 MB fetched, 1.5 kB sent.',
    ],
  ])('%j', (event, words) => {
    expect(describeEvent(event, t)).toBe(words);
  });

  it('says for a while that a change is taken over', () => {
    const activity = (reconnects: boolean) => ({
      ...noActivity(NOW),
      events: [
        { kind: 'greeted', at: NOW } as const,
        { kind: 'changed', at: NOW, reconnects } as const,
      ],
    });
    expect(isTakingOver(activity(true), NOW + 1000)).toBe(true);
    expect(isTakingOver(activity(true), NOW + 31_000)).toBe(false);
    expect(isTakingOver(activity(false), NOW + 1000)).toBe(false);
    expect(isTakingOver(noActivity(NOW), NOW)).toBe(false);
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

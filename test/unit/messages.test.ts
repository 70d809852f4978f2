import { beforeAll, describe, expect, it } from 'vitest';
import { describeAction, describeError, type Translate } from '../../electron/shared/messages';
import { describeState, describeWhen, errorOf } from '../../electron/shared/state-words';
import type { KeyTrouble, NeededAnswer, TunnelError } from '../../electron/shared/tunnel-error';
import { noActivity } from '../../electron/shared/activity';
import type { Phase, TunnelState } from '../../electron/shared/tunnel-state';
import { aView, anAccount, ERRORS, FORWARD, NOW, STATES } from './support/snapshots';
import { englishWords, keysOf, recordingWords } from './support/words';

const PHASES: readonly Phase[] = [
  'reserving-port',
  'reaching-server',
  'verifying-host',
  'signing-in',
  'greeting',
];
const TROUBLES: readonly KeyTrouble[] = [
  'missing',
  'unreadable',
  'not-a-key',
  'public-key',
  'wrong-passphrase',
  'damaged',
  'hardware-key',
  'dsa',
  'certificate',
  'unsupported',
];
const ANSWERS: readonly NeededAnswer[] = ['host-key', 'passphrase', 'password', 'code'];

/** Every error that is told in words of its own. */
const ALL_ERRORS: readonly TunnelError[] = [
  ...Object.values(ERRORS),
  ...[null, 'dovecot'].flatMap((holder) =>
    [null, 11111].map((nextFree) => ({ ...ERRORS['port-in-use'], holder, nextFree })),
  ),
  ...PHASES.map((phase) => ({ ...ERRORS['timed-out'], phase })),
  { ...ERRORS['no-common-algorithm'], oldServerHelps: false },
  ...(['gone', 'key-missing', 'key-unusable', 'not-signed'] as const).map((why) => ({
    ...ERRORS['agent-unavailable'],
    why,
  })),
  ...TROUBLES.map((why) => ({ ...ERRORS['key-unusable'], why })),
  ...ANSWERS.map((what) => ({ ...ERRORS['answer-needed'], what })),
  ...ANSWERS.map((what) => ({ ...ERRORS['cancelled-by-person'], what })),
  ...(['password', 'keyboard-interactive', 'key', 'agent'] as const).map((method) => ({
    ...ERRORS['sign-in-refused'],
    tried: [method],
  })),
  { ...ERRORS['sign-in-refused'], tried: [] },
  ...(
    [
      'forbidden',
      'sign-in-needed',
      'sign-in-refused',
      'not-a-proxy',
      'no-forwarding',
      'other',
    ] as const
  ).map((reason) => ({ ...ERRORS['proxy-failed'], reason })),
  ...(['unreadable', 'unwritable'] as const).map((why) => ({
    ...ERRORS['known-hosts-unusable'],
    why,
  })),
  ...(['exists', 'not-written'] as const).map((why) => ({ ...ERRORS['key-not-made'], why })),
  ...(['no-files', 'no-shell', 'not-allowed', 'not-proven'] as const).map((why) => ({
    ...ERRORS['key-not-installed'],
    why,
  })),
  ...(['prohibited', 'refused', 'not-found', 'other'] as const).map((reason) => ({
    ...ERRORS['forward-refused'],
    reason,
  })),
  ...(['wrong-name', 'expired', 'not-yet-valid', 'unknown-issuer', 'other'] as const).map(
    (reason) => ({ ...ERRORS['certificate-refused'], reason }),
  ),
  ...(['tls-there', 'plain-there', 'no-starttls', 'tampered', 'no-agreement'] as const).map(
    (reason) => ({ ...ERRORS['tls-failed'], reason }),
  ),
];

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

describe('an error in words', () => {
  it('says when the mail server greeted last, where nothing is proven now', () => {
    const activity = { ...noActivity(NOW), greetedAt: NOW - 3 * 60 * 60_000 };
    const words = (state: TunnelState) => describeState(aView(state, { activity }), t, NOW).line;
    expect(words(STATES.off)).toBe('Off. Last greeted 3 hours ago.');
    expect(words(STATES.ready)).toBe(
      'Ready. Connects when your mail program asks. Last greeted 3 hours ago.',
    );
    // What was read through this tunnel is newer.
    expect(words({ ...STATES.ready, last: STATES.on.proof.greeting })).toContain('2 minutes ago');
  });

  it('uses every word of the catalogue, and none that is not there', () => {
    const { t: record, asked } = recordingWords();
    for (const error of ALL_ERRORS) {
      for (const action of describeError(error, record).actions) {
        describeAction(action, error, record);
      }
    }
    expect([...asked].sort()).toEqual([...keysOf('errors')].sort());
  });

  it.each(ALL_ERRORS)('is whole sentences, with something to do: $kind', (error) => {
    const { title, body, actions, details } = describeError(error, t);
    expect(title).toMatch(/^.{10,90}\.$/u);
    expect(body).toMatch(/^\S.{20,}\.$/u);
    expect(`${title} ${body}`).not.toMatch(/\{\{|undefined|null|errors:/u);
    expect(actions.length).toBeGreaterThan(0);
    expect(details.startsWith(error.kind)).toBe(true);
  });

  it.each(['password', 'keyboard-interactive', 'key', 'agent', null] as const)(
    'names the server that refused a sign-in by %s, which may be one on the way',
    (method) => {
      const tried = method === null ? [] : [method];
      const error = { ...ERRORS['sign-in-refused'], host: 'gate.example.org', tried };
      const { body } = describeError(error, t);
      expect(body).toContain('gate.example.org');
    },
  );

  it('names what the server judged last, whatever it took before', () => {
    const error = { ...ERRORS['sign-in-refused'], tried: ['password', 'keyboard-interactive'] };
    const { title } = describeError(error as TunnelError, t);
    expect(title).toBe('The server did not accept your answer.');
  });

  it('shows raw text under Details only', () => {
    const error = { ...ERRORS['wrong-greeting'], got: 'RAW <b>text</b>' };
    const { title, body, details } = describeError(error, t);
    expect(`${title} ${body}`).not.toContain('RAW');
    expect(details).toContain('got: RAW <b>text</b>');
    for (const one of ALL_ERRORS) {
      if (!('detail' in one) || one.detail === '') continue;
      const words = describeError(one, t);
      expect(`${words.title} ${words.body}`).not.toContain(one.detail);
      expect(words.details).toContain(one.detail);
    }
  });

  it('has no jargon on its first line', () => {
    for (const error of ALL_ERRORS) {
      expect(describeError(error, t).title).not.toMatch(
        /\bSSH\b|ECONN|ENOENT|host key|tunnel|authenticat/iu,
      );
    }
  });

  it('speaks as look.md does', () => {
    expect(describeError(ERRORS['connection-refused'], t)).toMatchObject({
      title: 'shell.example.org refused the connection.',
      body: 'The server may be down, or it may use another port than 22.',
      actions: ['try-again', 'edit', 'copy-for-admin'],
    });
    expect(describeError(ERRORS['sign-in-refused'], t).title).toBe(
      'The server did not accept your password.',
    );
    expect(describeError(ERRORS['host-key-changed'], t).actions).toEqual([
      'stay-off',
      'accept-changed-key',
      'copy-for-admin',
    ]);
    expect(describeError(ERRORS['port-in-use'], t).actions).not.toContain('copy-for-admin');
  });

  it('never groups the digits of a port, and names a key by its file', () => {
    const free = { ...ERRORS['port-in-use'], nextFree: 11111 };
    expect(describeError(free, t).body).toContain('11111');
    expect(describeAction('use-next-port', free, t)).toBe('Use port 11111');
    const windows = { ...ERRORS['key-unusable'], path: 'C:\\Users\\m\\mail.ppk' };
    expect(describeError(windows, t).title).toBe('The key file mail.ppk is not there.');
  });

  it.each([
    ['edit', ERRORS['connection-refused'], 'Change the server'],
    ['edit', ERRORS['no-greeting'], 'Change the mail server'],
    ['edit', ERRORS.unexpected, 'Edit the mailbox'],
    ['enter-again', ERRORS['sign-in-refused'], 'Enter it again'],
    ['enter-again', ERRORS['answer-needed'], 'Enter the passphrase'],
    ['enter-again', ERRORS['cancelled-by-person'], 'Show the fingerprint'],
    ['stay-off', ERRORS['host-key-changed'], 'Stay off (recommended)'],
    ['stay-off', ERRORS['cancelled-by-person'], 'Switch off'],
    ['accept-changed-key', ERRORS['host-key-changed'], 'Compare…'],
  ] as const)('puts a verb on the button %s', (action, error, label) => {
    expect(describeAction(action, error, t)).toBe(label);
  });
});

describe('a state in words', () => {
  it.each([
    ['off', 'Off', 'Off.'],
    ['ready', 'Ready', 'Ready. Connects when your mail program asks.'],
    ['connecting', 'Connecting…', 'Connecting. Signing in as msingh…'],
    ['waiting', 'Needs you', 'Needs you. The question for your sign-in is open.'],
    ['asking', 'Connecting…', 'Signed in. Waiting for the mail server to greet…'],
    ['on', 'On', 'On. Your mail program can fetch mail. Greeted 2 minutes ago.'],
    [
      'unproven',
      'No mail',
      'Signed in, but no mail can be fetched yet. mail.example.org did not greet.',
    ],
    [
      'retrying',
      'Trying again',
      'Trying again in 12 seconds. shell.example.org refused the connection.',
    ],
    [
      'offline',
      'No network',
      'This computer has no network. Mailmole connects by itself as soon as there is one. You need not do anything.',
    ],
    ['attention', 'Problem', 'Stopped. The server did not accept your password.'],
    ['question', 'Needs you', 'Needs you. Your key is locked.'],
    ['disconnecting', 'Switching off…', 'Switching off…'],
  ] as const)('%s', (name, short, long) => {
    const words = describeState(aView(STATES[name]), t, NOW);
    expect(words).toMatchObject({ short, long });
    expect(long.startsWith(words.line)).toBe(true);
  });

  it('uses every word of the catalogue, and none that is not there', () => {
    const { t: record, asked } = recordingWords();
    const views = [
      ...Object.values(STATES),
      { ...STATES.ready, last: STATES.on.proof.greeting },
      { ...STATES.retrying, retryAt: NOW - 1 },
      ...PHASES.map((phase) => ({ ...STATES.connecting, phase })),
      ...PHASES.map((phase) => ({ ...STATES.waiting, phase })),
    ].map((state) => aView(state));
    const sends = [{ ...FORWARD, protocol: 'smtp' as const }];
    views.push(aView(STATES.on, { account: anAccount({ forwards: sends }) }));
    views.push(aView(STATES.off, { activity: { ...noActivity(NOW), greetedAt: NOW } }));
    for (const view of views) describeState(view, record, NOW);
    for (const age of [0, 120_000, 7_200_000, 172_800_000]) describeWhen(NOW - age, record, NOW);
    const known = keysOf('states').map((key) => key.replace(/_(?:one|other)$/u, ''));
    expect([...asked].filter((key) => !key.startsWith('errors:')).sort()).toEqual(
      [...new Set(known)].sort(),
    );
  });

  it('counts in the singular, and never below one', () => {
    const line = (ms: number) =>
      describeState(aView({ ...STATES.retrying, retryAt: NOW + ms }), t, NOW).line;
    expect(line(900)).toBe('Trying again in 1 second.');
    expect(line(0)).toBe('Trying again now.');
    expect(line(-5000)).toBe('Trying again now.');
  });

  it.each([
    [-5_000, 'just now'],
    [59_000, 'just now'],
    [60_000, '1 minute ago'],
    [59 * 60_000, '59 minutes ago'],
    [3 * 3_600_000, '3 hours ago'],
    [48 * 3_600_000, /^on 2[12] November at \d/u],
  ])('tells what happened %d ms ago', (age, words) => {
    expect(describeWhen(NOW - age, t, NOW)).toMatch(words);
  });

  it('carries an error in three kinds of state only', () => {
    const carrying = Object.entries(STATES).filter(([, state]) => errorOf(state) !== null);
    expect(carrying.map(([name]) => name)).toEqual([
      'unproven',
      'retrying',
      'attention',
      'question',
    ]);
  });
});

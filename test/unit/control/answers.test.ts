import { describe, expect, it } from 'vitest';
import { numberOf, readAnswer, readHello } from '../../../electron/control/answers';
import { VERBS, type Reply, type Verb } from '../../../electron/control/protocol';

const made = { id: 'a', name: 'Work' };
const greeted = { name: 'Work', greeting: '+OK' };
const mailbox = {
  ...{ id: 'a', name: 'Work', on: true, mode: 'manual' },
  ...{ sshHost: 'h', sshPort: 22, sshUser: 'u' },
  forwards: [
    {
      ...{ protocol: 'pop3', localAddress: 'localhost', localPort: 11110 },
      ...{ mailHost: 'h', mailPort: 110, tls: 'none' },
    },
  ],
};
const status = {
  ...{ id: 'a', name: 'Work', on: true, state: 'off' as const, proven: false, needsPerson: false },
  ...{ text: 'Off', greeting: null, greetedAt: null, retryAt: null, session: null },
  error: { kind: 'unreachable', title: 'No.', body: 'Wait.', details: '' },
  traffic: {
    ...{ openConnections: 0, totalConnections: 0, bytesDown: 0, bytesUp: 0 },
    ...{ beforeCompression: 0, afterCompression: 0 },
  },
};

/** A sound reply to each verb. */
const REPLIES: { readonly [V in Verb]: Reply<V> } = {
  list: { version: 1, mailboxes: [mailbox] },
  status: { version: 1, program: '1', online: true, mailboxes: [status], questions: [] },
  ...{ up: null, down: null, wait: greeted, check: greeted, settings: { text: 'x' } },
  add: { mailboxes: [made] },
  import: { mailboxes: [made], notes: ['x'] },
  ...{ export: { text: 'x' }, edit: made, remove: made, lock: null, network: null, trust: null },
  ...{ question: { question: null }, answer: null, settle: null },
};
/** The same with no more than the command reads: the rest it prints as it came. */
const { id: _id, sshHost: _host, sshPort: _port, sshUser: _user, forwards, ...listed } = mailbox;
const { tls: _tls, ...forward } = { ...forwards[0] };
const { name, text, needsPerson, error } = status;
const READ: { readonly [V in Verb]: unknown } = {
  ...REPLIES,
  list: { mailboxes: [{ ...listed, forwards: [forward] }] },
  status: {
    mailboxes: [{ name, text, needsPerson, error: { title: error.title, body: error.body } }],
  },
};
const verbs = Object.keys(REPLIES) as Verb[];

/** The reply with one of its values, however deep, turned to something of another kind. */
function* spoiled(value: unknown): Generator {
  yield Symbol('of another kind');
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value))
    for (const other of spoiled(inner))
      yield Array.isArray(value)
        ? value.map((each: unknown, at) => (String(at) === name ? other : each))
        : { ...value, [name]: other };
}

describe('what the program says', () => {
  it.each(verbs)('is taken when its schema takes it: %s', (verb) => {
    const value = REPLIES[verb];
    expect(VERBS[verb].reply.safeParse(value).success).toBe(true);
    expect(readAnswer(verb, { id: 1, ok: true, value })).toEqual({ ok: true, value });
  });

  it.each(verbs)('is no answer without what the command reads of it: %s', (verb) => {
    const taken = [...spoiled(READ[verb])].filter(
      (value) => readAnswer(verb, { id: 1, ok: true, value }) !== null,
    );
    expect(taken).toEqual([]);
  });

  it('is a failure only with a kind that has an exit code, and a text', () => {
    const answer = (error: unknown) => readAnswer('up', { id: null, ok: false, error });
    const error = { kind: 'timed-out', text: 'Too late.' };
    expect(answer(error)).toEqual({ ok: false, error });
    for (const wrong of [null, {}, { ...error, kind: 'ok' }, { kind: 'failed' }])
      expect(answer(wrong)).toBeNull();
  });

  it.each([undefined, null, 'x', [], { ok: 'yes', id: 1 }, { ok: true, id: 'x' }, { id: 1 }])(
    'is no answer at all: %j',
    (document) => {
      expect(readAnswer('lock', document)).toBeNull();
      expect(numberOf(document)).toBeNull();
    },
  );

  it('greets with the protocol, the version and a challenge that is no path', () => {
    const hello = { mailmole: 1, version: '1.2.3', challenge: '0123456789abcdef'.repeat(2) };
    expect(readHello(hello)).toEqual(hello);
    for (const challenge of ['', '../../x', `${hello.challenge}/x`, 7, null])
      expect(readHello({ ...hello, challenge })).toBeNull();
    expect(readHello({ ...hello, mailmole: '1' })).toBeNull();
    expect(readHello(null)).toBeNull();
  });
});

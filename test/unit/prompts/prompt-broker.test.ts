import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../electron/prompts/prompt-broker';
import { createPromptBroker } from '../../../electron/prompts/prompt-broker';
import type { PromptAnswer, PromptRequest } from '../../../electron/shared/prompt';
import { FINGERPRINT } from '../support/snapshots';

const REQUESTS: Readonly<Record<PromptRequest['kind'], PromptRequest>> = {
  'host-key': {
    kind: 'host-key',
    host: 'shell.example.org',
    port: 22,
    algorithm: 'ssh-ed25519',
    fingerprint: FINGERPRINT,
    otherKeyKnown: false,
    authorityKnown: false,
  },
  passphrase: { kind: 'passphrase', keyPath: '/k', wrongBefore: false, triesLeft: 3 },
  password: { kind: 'password', user: 'me', host: 'shell.example.org', wrongBefore: false },
  code: {
    kind: 'code',
    user: 'me',
    host: 'shell.example.org',
    title: '',
    instruction: '',
    questions: [
      { text: 'Code:', echo: true },
      { text: 'PIN:', echo: false },
    ],
  },
};

const SECRET = 'correct horse';
const ANSWERS: Readonly<Record<string, PromptAnswer>> = {
  trust: { kind: 'trust' },
  secret: { kind: 'secret', secret: SECRET },
  'two answers': { kind: 'answers', answers: ['123456', '0000'] },
  'one answer': { kind: 'answers', answers: ['123456'] },
  cancel: { kind: 'cancel' },
};

function question(
  id: string,
  accountId = id,
  kind: PromptRequest['kind'] = 'passphrase',
): Question {
  return { id, accountId, request: REQUESTS[kind] };
}

/** A broker with what it delivered and how often its queue changed. */
function aBroker() {
  const delivered: [string, PromptAnswer][] = [];
  let changes = 0;
  const broker = createPromptBroker(
    (id, answer) => delivered.push([id, answer]),
    () => (changes += 1),
  );
  return {
    broker,
    delivered,
    ids: () => broker.questions().map((each) => each.id),
    changes: () => changes,
  };
}

describe('answers that fit', () => {
  it.each<[PromptRequest['kind'], string, boolean]>([
    ['host-key', 'trust', true],
    ['host-key', 'secret', false],
    ['host-key', 'one answer', false],
    ['passphrase', 'secret', true],
    ['passphrase', 'trust', false],
    ['passphrase', 'two answers', false],
    ['password', 'secret', true],
    ['password', 'trust', false],
    ['code', 'two answers', true],
    ['code', 'one answer', false],
    ['code', 'secret', false],
    ['host-key', 'cancel', true],
    ['passphrase', 'cancel', true],
    ['password', 'cancel', true],
    ['code', 'cancel', true],
  ])('to %s: %s, %s', (kind, name, fits) => {
    const { broker, delivered, ids } = aBroker();
    const answer = ANSWERS[name] as PromptAnswer;
    broker.open(question('q', 'a', kind));
    const result = broker.answer('q', answer);
    expect(result.ok).toBe(fits);
    expect(delivered).toEqual(fits ? [['q', answer]] : []);
    expect(ids()).toEqual(fits ? [] : ['q']);
  });
});

describe('the queue', () => {
  it('keeps the order of asking', () => {
    const { broker, ids } = aBroker();
    for (const id of ['b', 'a', 'c']) broker.open(question(id));
    expect(ids()).toEqual(['b', 'a', 'c']);
    broker.answer('a', { kind: 'cancel' });
    expect(ids()).toEqual(['b', 'c']);
  });

  it('takes no second answer to the same question', () => {
    const { broker, delivered } = aBroker();
    broker.open(question('q'));
    broker.answer('q', { kind: 'secret', secret: SECRET });
    expect(broker.answer('q', { kind: 'secret', secret: SECRET })).toEqual({
      ok: false,
      error: 'not-open',
    });
    expect(delivered).toHaveLength(1);
  });

  it('cancels the older question of the same account', () => {
    const { broker, delivered, ids } = aBroker();
    broker.open(question('old', 'account'));
    broker.open(question('new', 'account', 'password'));
    expect(ids()).toEqual(['new']);
    expect(delivered).toEqual([['old', { kind: 'cancel' }]]);
  });

  it('answers nothing to a question that the engine withdrew', () => {
    const { broker, delivered, ids } = aBroker();
    broker.open(question('q'));
    broker.withdraw('q');
    broker.withdraw('q');
    expect(ids()).toEqual([]);
    expect(delivered).toEqual([]);
  });

  it('cancels what a removed account asks, and nothing else', () => {
    const { broker, delivered, ids } = aBroker();
    broker.open(question('a'));
    broker.open(question('b'));
    broker.cancelAccount('a');
    expect(ids()).toEqual(['b']);
    expect(delivered).toEqual([['a', { kind: 'cancel' }]]);
  });

  it('cancels everything when the window is closed', () => {
    const { broker, delivered, ids } = aBroker();
    broker.open(question('a'));
    broker.open(question('b'));
    broker.cancelAll();
    expect(ids()).toEqual([]);
    expect(delivered.map(([id, answer]) => [id, answer.kind])).toEqual([
      ['a', 'cancel'],
      ['b', 'cancel'],
    ]);
  });

  it('tells of changes only', () => {
    const { broker, changes } = aBroker();
    broker.withdraw('nobody');
    broker.cancelAll();
    broker.answer('nobody', { kind: 'cancel' });
    expect(changes()).toBe(0);
    broker.open(question('q'));
    expect(changes()).toBe(1);
  });

  it('keeps no answer', () => {
    const { broker } = aBroker();
    broker.open(question('q'));
    broker.answer('q', { kind: 'secret', secret: SECRET });
    expect(JSON.stringify(broker.questions())).not.toContain(SECRET);
  });

  it('never holds two questions of one account, nor drops one without an answer', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('open' as const), id: fc.nat(9), account: fc.nat(3) }),
      fc.record({ do: fc.constantFrom('answer' as const, 'withdraw' as const), id: fc.nat(9) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { broker, delivered, ids } = aBroker();
        const opened = new Set<string>();
        const withdrawn = new Set<string>();
        for (const each of steps) {
          const id = String(each.id);
          if (each.do === 'open') {
            if (opened.has(id)) continue;
            opened.add(id);
            broker.open(question(id, String(each.account)));
          } else if (each.do === 'answer') {
            broker.answer(id, { kind: 'secret', secret: SECRET });
          } else if (ids().includes(id)) {
            broker.withdraw(id);
            withdrawn.add(id);
          }
          const accounts = broker.questions().map((open) => open.accountId);
          expect(new Set(accounts).size).toBe(accounts.length);
        }
        const ended = [...ids(), ...withdrawn, ...delivered.map(([id]) => id)];
        expect(ended.sort()).toEqual([...opened].sort());
      }),
    );
  });
});

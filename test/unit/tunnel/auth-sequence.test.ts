import type { AuthenticationType } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PromptAnswer, PromptRequest } from '../../../electron/shared/prompt';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { KeyRing } from '../../../electron/secrets/key-ring';
import type { AuthStep } from '../../../electron/tunnel/connection-plan';
import type { StartedBy } from '../../../electron/tunnel/ports';
import { TunnelFailure } from '../../../electron/tunnel/tunnel-failure';
import { PASSPHRASE, makeKey, writeKey, type TestKey } from '../../world/ssh-keys';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { ask, dial, startAuthServer, type AuthRules, type AuthServer } from './auth-server';
import { buildKeyWorker } from './key-worker-build';
import { personWho } from './stand-ins';

let folder: WorldFolder;
let worker: URL;
let key: TestKey;
let [keyPath, lockedPath, otherPath] = ['', '', ''];
beforeAll(async () => {
  folder = await makeWorldFolder('auth');
  worker = await buildKeyWorker(folder);
  key = await makeKey({ type: 'ed25519' });
  keyPath = await writeKey(folder, key, 'id');
  const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });
  lockedPath = await writeKey(folder, locked, 'locked');
  otherPath = await writeKey(folder, await makeKey({ type: 'ed25519', name: 'other' }), 'other');
});
afterAll(() => folder.remove());

const PASSWORD = 'pässword 1';
const questions: readonly AuthStep[] = [{ kind: 'keyboard-interactive' }, { kind: 'password' }];
const file = (path: string, required = true): AuthStep => ({ kind: 'key-file', path, required });

describe('signing in', () => {
  let server: AuthServer | null = null;
  afterEach(() => server?.stop());

  interface Outcome {
    readonly error: TunnelError | null;
    readonly seen: readonly string[];
    readonly asked: readonly PromptRequest[];
    readonly signedInBy: string;
    readonly ring: KeyRing;
  }

  interface Try {
    readonly steps: readonly AuthStep[];
    readonly answers?: (request: PromptRequest, n: number) => string | readonly string[] | null;
    readonly by?: StartedBy;
    readonly ring?: KeyRing;
  }

  /** Signs in once; an answer of text is a secret, a list are codes, null cancels. */
  async function signIn(
    rules: AuthRules,
    { steps, answers, by, ring = new KeyRing() }: Try,
  ): Promise<Outcome> {
    server?.stop();
    server = await startAuthServer(rules);
    await folder.write('known_hosts', server.hostLine);
    let n = 0;
    const { person, asked } = personWho((request): PromptAnswer => {
      const answer = answers?.(request, n++) ?? null;
      if (answer === null) return { kind: 'cancel' };
      if (typeof answer === 'string') return { kind: 'secret', secret: answer };
      return { kind: 'answers', answers: answer };
    }, by);
    const knownHosts = [folder.file('known_hosts')];
    try {
      const session = await dial({ port: server.port, person, steps, ring, knownHosts, worker });
      const { signedInBy } = session.facts;
      await session.end();
      return { error: null, seen: server.seen, asked, signedInBy, ring };
    } catch (thrown) {
      if (!(thrown instanceof TunnelFailure)) throw thrown;
      return { error: thrown.error, seen: server.seen, asked, signedInBy: '', ring };
    }
  }

  const only = (...ways: AuthenticationType[]) => ways.map((way) => [way]);
  const byKey: AuthRules = {
    ways: only('publickey'),
    get keys() {
      return [key.publicKey];
    },
  };

  describe('by a key', () => {
    it('that asks nobody anything is put before the server once, signed, and nothing else is', async () => {
      const outcome = await signIn(byKey, { steps: [file(keyPath), ...questions] });
      expect(outcome).toMatchObject({
        error: null,
        seen: ['key!'],
        asked: [],
        signedInBy: 'key',
      });
    });

    it('that is locked asks for its passphrase only once the server wants it', async () => {
      const steps = [file(lockedPath)];
      const wanted = await signIn(byKey, { steps, answers: () => PASSPHRASE });
      expect(wanted).toMatchObject({ error: null, seen: ['key?', 'key!'] });
      expect(wanted.asked).toEqual([
        { kind: 'passphrase', keyPath: lockedPath, wrongBefore: false, triesLeft: 3 },
      ]);
      const unwanted = await signIn({ ways: only('publickey') }, { steps });
      expect(unwanted).toMatchObject({
        error: { kind: 'sign-in-refused', tried: ['key'] },
        seen: ['key?'],
        asked: [],
      });
    });

    it('takes a passphrase three times, then names the key', async () => {
      const right = await signIn(byKey, {
        steps: [file(lockedPath)],
        answers: (_request, n) => (n < 2 ? 'wrong' : PASSPHRASE),
      });
      expect(right.error).toBeNull();
      expect(
        right.asked.map(
          (request) => request.kind === 'passphrase' && [request.wrongBefore, request.triesLeft],
        ),
      ).toEqual([
        [false, 3],
        [true, 2],
        [true, 1],
      ]);
      const wrong = await signIn(byKey, {
        steps: [file(lockedPath), ...questions],
        answers: () => 'wrong',
      });
      expect(wrong.error).toMatchObject({
        kind: 'key-unusable',
        path: lockedPath,
        why: 'wrong-passphrase',
      });
      expect(wrong.asked).toHaveLength(3);
      expect(wrong.seen).toEqual(['key?']);
    });

    it('ends when its passphrase is not given', async () => {
      const outcome = await signIn(byKey, {
        steps: [file(lockedPath), ...questions],
        answers: () => null,
      });
      expect(outcome.error).toEqual({ kind: 'cancelled-by-person', what: 'passphrase' });
      expect(outcome.asked).toHaveLength(1);
    });

    it('that was chosen and is of no use ends the attempt; a default one is passed over', async () => {
      const missing = folder.file('nowhere');
      const chosen = await signIn(byKey, { steps: [file(missing), ...questions] });
      expect(chosen.error).toMatchObject({ kind: 'key-unusable', path: missing, why: 'missing' });
      expect(chosen.seen).toEqual([]);
      const byDefault = await signIn(byKey, {
        steps: [file(missing, false), file(keyPath, false)],
      });
      expect(byDefault).toMatchObject({ error: null, seen: ['key!'] });
    });

    it('that the server does not know is followed by the next', async () => {
      const outcome = await signIn(byKey, {
        steps: [file(otherPath, false), file(keyPath, false)],
      });
      expect(outcome).toMatchObject({ error: null, seen: ['key!', 'key!'] });
    });
  });

  describe('by a password', () => {
    const rules: AuthRules = { ways: only('password'), password: PASSWORD };

    it('asks the server first what it takes, then the person', async () => {
      const outcome = await signIn(rules, { steps: questions, answers: () => PASSWORD });
      expect(outcome).toMatchObject({
        error: null,
        seen: ['none', 'password'],
        signedInBy: 'password',
      });
      expect(outcome.asked).toEqual([
        { kind: 'password', user: 'u', host: '127.0.0.1', wrongBefore: false },
      ]);
    });

    it('never goes before a key, whatever the server says', async () => {
      const both: AuthRules = { ...rules, ways: only('password', 'publickey'), keys: [] };
      const outcome = await signIn(both, {
        steps: [file(keyPath), ...questions],
        answers: () => PASSWORD,
      });
      expect(outcome.seen).toEqual(['key!', 'none', 'password']);
      expect(outcome.error).toBeNull();
    });

    it('may be wrong three times, and is not asked for a fourth time by another name', async () => {
      const both: AuthRules = {
        ways: only('keyboard-interactive', 'password'),
        password: PASSWORD,
        interactive: async (context) => (await ask(context, 'Password: ')) === PASSWORD,
      };
      for (const [name, steps] of [
        ['both', questions],
        ['password only', questions.slice(1)],
      ] as const) {
        const outcome = await signIn(both, { steps, answers: () => 'wrong' });
        expect(outcome.error, name).toMatchObject({ kind: 'sign-in-refused' });
        expect(
          outcome.asked.map((request) => request.kind === 'password' && request.wrongBefore),
          name,
        ).toEqual([false, true, true]);
      }
    });

    it('may be wrong twice and right then', async () => {
      const outcome = await signIn(rules, {
        steps: questions,
        answers: (_r, n) => (n < 2 ? 'wrong' : PASSWORD),
      });
      expect(outcome).toMatchObject({
        error: null,
        seen: ['none', 'password', 'password', 'password'],
      });
    });

    it('ends when it is not given', async () => {
      const outcome = await signIn(rules, { steps: questions, answers: () => null });
      expect(outcome.error).toEqual({ kind: 'cancelled-by-person', what: 'password' });
      expect(outcome.seen).toEqual(['none']);
    });
  });

  describe('by questions of the server', () => {
    it('is no wrong answer where nothing was asked', async () => {
      const { error } = await signIn({ ways: only('keyboard-interactive') }, { steps: questions });
      expect(error).toMatchObject({ kind: 'sign-in-refused', tried: [] });
    });

    it('answers a plain password question as a password, and others as codes', async () => {
      const rules: AuthRules = {
        ways: only('keyboard-interactive'),
        interactive: async (context) =>
          (await ask(context, 'Password: ')) === PASSWORD &&
          (await ask(context, 'One-time password code: ', true)) === '123',
      };
      const outcome = await signIn(rules, {
        steps: questions,
        answers: (request) => (request.kind === 'password' ? PASSWORD : ['123']),
      });
      expect(outcome).toMatchObject({
        error: null,
        seen: ['none', 'keyboard-interactive'],
        signedInBy: 'keyboard-interactive',
      });
      expect(outcome.asked).toEqual([
        { kind: 'password', user: 'u', host: '127.0.0.1', wrongBefore: false },
        {
          kind: 'code',
          user: 'u',
          host: '127.0.0.1',
          title: 'title',
          instruction: 'instruction',
          questions: [{ text: 'One-time password code:', echo: true }],
        },
      ]);
    });

    it('asks again when the same question comes again in one exchange', async () => {
      const rules: AuthRules = {
        ways: only('keyboard-interactive'),
        interactive: async (context) =>
          (await ask(context, 'Password: ')) === PASSWORD ||
          (await ask(context, 'Password: ')) === PASSWORD,
      };
      const outcome = await signIn(rules, {
        steps: questions,
        answers: (_r, n) => (n === 0 ? 'wrong' : PASSWORD),
      });
      expect(outcome.error).toBeNull();
      expect(
        outcome.asked.map((request) => request.kind === 'password' && request.wrongBefore),
      ).toEqual([false, true]);
    });

    it('cleans what the server says', async () => {
      const rules: AuthRules = {
        ways: only('keyboard-interactive'),
        interactive: async (context) => (await ask(context, '\x1b[2JCode\u202e:')) === 'x',
      };
      const outcome = await signIn(rules, { steps: questions, answers: () => ['x'] });
      expect(outcome.asked).toMatchObject([{ questions: [{ text: '[2JCode:' }] }]);
    });
  });

  describe('in more than one step', () => {
    const code: AuthRules['interactive'] = async (context) =>
      (await ask(context, 'Code: ')) === '1';
    const both = { keys: [] as string[], password: PASSWORD, interactive: code };
    const answers = (request: PromptRequest) => (request.kind === 'code' ? ['1'] : PASSWORD);
    const rows: readonly [string, readonly AuthenticationType[], readonly string[]][] = [
      ['a key, then a password', ['publickey', 'password'], ['key!', 'none', 'password']],
      [
        'a key, then a code',
        ['publickey', 'keyboard-interactive'],
        ['key!', 'none', 'keyboard-interactive'],
      ],
      [
        'a password, then a code',
        ['password', 'keyboard-interactive'],
        ['key!', 'none', 'password', 'keyboard-interactive'],
      ],
      [
        'a code, then a password',
        ['keyboard-interactive', 'password'],
        ['key!', 'none', 'keyboard-interactive', 'password'],
      ],
      ['a password, then a key', ['password', 'publickey'], ['key!', 'none', 'password', 'key!']],
      [
        'all three',
        ['publickey', 'password', 'keyboard-interactive'],
        ['key!', 'none', 'password', 'keyboard-interactive'],
      ],
    ];
    it.each(rows)('%s', async (_name, way, seen) => {
      const rules = { ...both, keys: [key.publicKey], ways: [way] };
      const outcome = await signIn(rules, { steps: [file(keyPath), ...questions], answers });
      expect(outcome).toMatchObject({ error: null, seen });
      // A password that was a step on the way in is kept; a code is good only once.
      expect(outcome.ring.size).toBe(
        Number(way.includes('publickey')) + Number(way.includes('password')),
      );
    });

    it('a wrong code does not cost the password that was right', async () => {
      const rules: AuthRules = { ...both, ways: [['password', 'keyboard-interactive']] };
      const outcome = await signIn(rules, {
        steps: questions,
        answers: (request) => (request.kind === 'code' ? ['2'] : PASSWORD),
      });
      expect(outcome.error).toMatchObject({ kind: 'sign-in-refused' });
      expect(outcome.asked.map(({ kind }) => kind)).toEqual(['password', 'code']);
    });
  });

  describe('without a person', () => {
    const rows: readonly [string, AuthRules, () => readonly AuthStep[], string][] = [
      ['a passphrase', { ways: only('publickey') }, () => [file(lockedPath)], 'passphrase'],
      ['a password', { ways: only('password'), password: PASSWORD }, () => questions, 'password'],
      [
        'a code',
        {
          ways: only('keyboard-interactive'),
          interactive: async (context) => (await ask(context, 'Code: ')) === '1',
        },
        () => questions,
        'code',
      ],
    ];
    it.each(rows)(
      'nobody is asked for %s: the attempt needs an answer',
      async (_name, rules, steps, what) => {
        const outcome = await signIn(
          { ...rules, keys: [key.publicKey] },
          { steps: steps(), by: 'background' },
        );
        expect(outcome.error).toEqual({ kind: 'answer-needed', what, host: 'h' });
        expect(outcome.asked).toEqual([]);
      },
    );

    it('a key in the clear needs none', async () => {
      const outcome = await signIn(byKey, {
        steps: [file(keyPath), ...questions],
        by: 'background',
      });
      expect(outcome.error).toBeNull();
    });
  });

  describe('what was typed', () => {
    it('is kept when the server lets the account in, and used without a question from then on', async () => {
      const ring = new KeyRing();
      const steps = [file(lockedPath)];
      await signIn(byKey, { steps, ring, answers: () => PASSPHRASE });
      expect(ring.size).toBe(1);
      const again = await signIn(byKey, { steps, ring, by: 'background' });
      expect(again.error).toBeNull();
    });

    it('is not kept when the server refuses the account', async () => {
      const ring = new KeyRing();
      await signIn(
        { ...byKey, ways: [['publickey', 'password']], password: 'x' },
        { steps: [file(lockedPath), ...questions], ring, answers: () => PASSPHRASE },
      );
      expect(ring.size).toBe(0);
    });

    it('is forgotten when it is refused later on, and asked for again', async () => {
      const ring = new KeyRing();
      const rules = { ways: only('password'), password: PASSWORD };
      const fixed = await startAuthServer(rules);
      await folder.write('kept', fixed.hostLine);
      const knownHosts = [folder.file('kept')];
      const steps = questions;
      const first = personWho(() => ({ kind: 'secret', secret: PASSWORD }));
      await (await dial({ port: fixed.port, person: first.person, steps, ring, knownHosts })).end();
      expect(ring.size).toBe(1);
      rules.password = 'changed';
      const background = personWho(() => ({ kind: 'cancel' }), 'background');
      await expect(
        dial({ port: fixed.port, person: background.person, steps, ring, knownHosts }),
      ).rejects.toMatchObject({ error: { kind: 'answer-needed', what: 'password' } });
      expect(ring.size).toBe(0);
      expect(fixed.seen).toEqual(['none', 'password', 'none', 'password']);
      fixed.stop();
    });
  });

  it('says so when the server wants nothing that the plan has', async () => {
    const outcome = await signIn({ ways: only('hostbased') }, { steps: questions });
    expect(outcome.error).toMatchObject({
      kind: 'no-way-to-sign-in',
      offered: ['hostbased'],
      user: 'u',
    });
    expect(outcome.seen).toEqual(['none']);
  });

  it('takes a server that asks for nothing at all', async () => {
    const rules: AuthRules = { ways: [], first: (context) => (context.accept(), true) };
    expect(await signIn(rules, { steps: questions })).toMatchObject({ error: null, asked: [] });
  });
});

import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PromptAnswer, PromptRequest } from '../../../electron/shared/prompt';
import type { SignIn } from '../../../electron/shared/account';
import { KeyRing } from '../../../electron/secrets/key-ring';
import { AttemptRunner } from '../../../electron/tunnel/attempt';
import { HostKeys } from '../../../electron/tunnel/host-keys';
import { KeyOpener } from '../../../electron/tunnel/key-opener';
import type { Prompter, StartedBy } from '../../../electron/tunnel/ports';
import { PASSPHRASE, makeKey, writeKey } from '../../world/ssh-keys';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { startAuthServer, type AuthRules, type AuthServer } from './auth-server';
import { buildKeyWorker } from './key-worker-build';
import { HandClock, accountOf } from './stand-ins';

let folder: WorldFolder;
let worker: URL;
let lockedPath: string;
let publicKey: string;
beforeAll(async () => {
  folder = await makeWorldFolder('attempt');
  worker = await buildKeyWorker(folder);
  const locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });
  ({ publicKey } = locked);
  lockedPath = await writeKey(folder, locked, 'locked');
});
afterAll(() => folder.remove());

interface Question {
  readonly request: PromptRequest;
  readonly signal: AbortSignal;
  answer(answer: PromptAnswer): void;
}

describe('one attempt', () => {
  let server: AuthServer;
  let runner: AttemptRunner | null = null;
  const questions: Question[] = [];
  const prompts: (string | null)[] = [];
  const log: string[] = [];
  afterEach(async () => {
    runner?.cancel();
    await runner?.finished;
    server.stop();
    questions.length = 0;
    prompts.length = 0;
    log.length = 0;
  });

  const prompter: Prompter = {
    ask: (_account, request, signal) => {
      const answer = new Promise<PromptAnswer>((resolve, reject) => {
        questions.push({ request, signal, answer: resolve });
        signal.addEventListener('abort', () => reject(new Error('taken back')));
      });
      return { id: `q${questions.length}`, answer };
    },
  };

  interface Start {
    readonly rules: AuthRules;
    readonly signIn: SignIn;
    readonly by?: StartedBy;
    /** Default: the server's key is known. */
    readonly known?: boolean;
    readonly keyRing?: KeyRing;
  }

  async function start({
    rules,
    signIn,
    by = 'person',
    known = true,
    keyRing = new KeyRing(),
  }: Start): Promise<AttemptRunner> {
    server = await startAuthServer(rules);
    const knownHosts = await folder.write('known_hosts', known ? server.hostLine : '');
    const own = folder.file(`own-${server.port}`);
    const account = accountOf({ sshHost: '127.0.0.1', sshPort: server.port, signIn });
    runner = new AttemptRunner(
      account,
      by,
      null,
      {
        settings: () => ({
          knownHostsFiles: [knownHosts],
          ownKnownHostsFile: own,
          defaultKeyFiles: [],
          agentSocket: null,
        }),
        hostKeys: new HostKeys([knownHosts], own),
        keyRing,
        opener: new KeyOpener(worker),
        prompter,
        clock: new HandClock(),
        log: (_level, text) => log.push(text),
      },
      {
        onPhase: () => undefined,
        onPrompt: (prompt) => prompts.push(prompt),
      },
    );
    return runner;
  }

  const question = (n: number) => until(`question ${n}`, () => questions[n - 1]);
  /** The server hangs up, as it does when nobody answers for long enough; returns when we have hung up too. */
  const hangUp = async () => {
    const socket = server.sockets.at(-1);
    socket?.end();
    await until('both have hung up', () => socket?.closed === true);
  };
  const key: AuthRules = {
    ways: [['publickey']],
    get keys() {
      return [publicKey];
    },
  };
  const keyFile = (): SignIn => ({ kind: 'key-file', path: lockedPath });
  const trust: PromptAnswer = { kind: 'trust' };
  const secret = (text: string): PromptAnswer => ({ kind: 'secret', secret: text });

  it('tells of each question, and that it is closed', async () => {
    const { session } = await start({ rules: key, signIn: keyFile() });
    (await question(1)).answer(secret(PASSPHRASE));
    await (await session).end();
    expect(prompts).toEqual(['q1', null]);
  });

  it('whose server hangs up while a fingerprint is compared uses the answer on a new connection', async () => {
    const { session } = await start({
      rules: { ways: [], first: (c) => (c.accept(), true) },
      signIn: { kind: 'password' },
      known: false,
    });
    const first = await question(1);
    expect(first.request.kind).toBe('host-key');
    await hangUp();
    first.answer(trust);
    await (await session).end();
    expect(questions).toHaveLength(1);
    expect(server.sockets).toHaveLength(2);
  });

  it('whose server hangs up while a passphrase is looked for uses the answer on a new connection', async () => {
    const { session } = await start({ rules: key, signIn: keyFile() });
    const first = await question(1);
    await hangUp();
    first.answer(secret(PASSPHRASE));
    await (await session).end();
    expect(questions).toHaveLength(1);
    // On the second connection the key is open already.
    expect(server.seen).toEqual(['key?', 'key!']);
  });

  it('whose server hangs up while a password is typed uses it on a new connection, and does not trip over the old', async () => {
    const rules: AuthRules = { ways: [['password']], password: 'right' };
    const { session } = await start({ rules, signIn: { kind: 'password' } });
    const first = await question(1);
    await hangUp();
    first.answer(secret('right'));
    await (await session).end();
    expect(questions).toHaveLength(1);
    expect(log.join('\n')).not.toContain('right');
  });

  it('goes on asking for a passphrase that was wrong, though the connection is a new one', async () => {
    const { session } = await start({ rules: key, signIn: keyFile() });
    const first = await question(1);
    await hangUp();
    first.answer(secret('wrong'));
    const second = await question(2);
    expect(second.request).toMatchObject({ wrongBefore: true, triesLeft: 2 });
    second.answer(secret(PASSPHRASE));
    await (await session).end();
    expect(questions).toHaveLength(2);
  });

  it('whose question is cancelled is over, though the server hung up before', async () => {
    const { session } = await start({ rules: key, signIn: keyFile() });
    const first = await question(1);
    await hangUp();
    first.answer({ kind: 'cancel' });
    await expect(session).rejects.toMatchObject({
      error: { kind: 'cancelled-by-person', what: 'passphrase' },
    });
    expect(server.sockets).toHaveLength(1);
  });

  it('ends after a handful of connections that the server ends under a person', async () => {
    const { session } = await start({
      rules: { ways: [['password']], password: 'x' },
      signIn: { kind: 'password' },
    });
    for (let n = 1; n <= 5; n++) {
      // What was typed is tried on the next connection, refused, and asked for again.
      const next = await question(n);
      await hangUp();
      next.answer(secret(`wrong ${n}`));
    }
    const last = await question(6);
    await hangUp();
    await expect(session).rejects.toMatchObject({ error: { kind: 'connection-lost' } });
    await runner?.finished;
    expect(last.signal.aborted).toBe(true);
    expect(server.sockets).toHaveLength(6);
  });

  it('that is cancelled takes its question back and closes its socket', async () => {
    const { session, finished } = await start({ rules: key, signIn: keyFile() });
    const first = await question(1);
    runner?.cancel();
    await expect(session).rejects.toMatchObject({
      error: { kind: 'connection-lost', detail: 'stopped' },
    });
    await finished;
    expect(first.signal.aborted).toBe(true);
    await until('the server sees it go', () => server.sockets.every((socket) => socket.closed));
    await until('it is told', () => prompts.at(-1) === null);
  });

  it('that is cancelled while a passphrase is tried does not ask again', async () => {
    const { session } = await start({ rules: key, signIn: keyFile() });
    (await question(1)).answer(secret('wrong'));
    await until('the question is closed', () => prompts.at(-1) === null);
    runner?.cancel();
    await expect(session).rejects.toThrow();
    // The worker still comes to its end; a fresh one after it shows that time has passed.
    await new KeyOpener(worker).open(
      {
        path: '',
        bytes: Buffer.from((await makeKey({ type: 'ed25519', passphrase: PASSPHRASE })).privateKey),
        encrypted: true,
        publicKey: null,
        hash: '',
      },
      'wrong',
    );
    expect(questions).toHaveLength(1);
  });

  it('before it begins may be cancelled too', async () => {
    const { session } = await start({ rules: key, signIn: keyFile() });
    runner?.cancel();
    await expect(session).rejects.toMatchObject({ error: { kind: 'connection-lost' } });
    expect(questions).toEqual([]);
  });

  it('keeps what was typed for the next one, in the ring only', async () => {
    const keyRing = new KeyRing();
    const { session } = await start({ rules: key, signIn: keyFile(), keyRing });
    (await question(1)).answer(secret(PASSPHRASE));
    await (await session).end();
    server.stop();
    const again = await start({ rules: key, signIn: keyFile(), keyRing, by: 'background' });
    await (await again.session).end();
    expect(questions).toHaveLength(1);
  });

  it('leaves no question behind when it fails for another reason', async () => {
    const { session, finished } = await start({ rules: key, signIn: keyFile(), by: 'background' });
    await expect(session).rejects.toMatchObject({ error: { kind: 'answer-needed' } });
    await finished;
    expect(questions).toEqual([]);
    // Nothing listens any more at what was a server, and nothing dials it either.
    const { port } = server;
    server.stop();
    await expect(
      new Promise((_resolve, reject) => connect({ host: '127.0.0.1', port }).on('error', reject)),
    ).rejects.toThrow();
  });
});

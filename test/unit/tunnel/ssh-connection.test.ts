import { createServer, type Server, type Socket } from 'node:net';
import ssh2, { type ServerChannel } from 'ssh2';
import { afterEach, beforeAll, afterAll, describe, expect, it, vi } from 'vitest';
import type { PromptAnswer } from '../../../electron/shared/prompt';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import {
  ask,
  dial,
  sayBanner,
  startAuthServer,
  type AuthRules,
  type AuthServer,
  type DialOptions,
} from './auth-server';
import { makeServerKey } from '../../support/server-key';
import { listen, startPair } from './ssh-pair';
import { personWho } from './stand-ins';

let folder: WorldFolder;
beforeAll(async () => {
  folder = await makeWorldFolder('connection');
});
afterAll(() => folder.remove());

const steps = [{ kind: 'keyboard-interactive' }, { kind: 'password' }] as const;
const secret = (): PromptAnswer => ({ kind: 'secret', secret: 's' });

describe('a connection to a server', () => {
  let server: AuthServer | null = null;
  let other: Server | null = null;
  const sockets: Socket[] = [];
  afterEach(() => {
    server?.stop();
    other?.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  async function connectBy(rules: AuthRules, more: Partial<DialOptions> = {}) {
    server = await startAuthServer(rules);
    const knownHosts = [await folder.write('known_hosts', server.hostLine)];
    const { person } = personWho(secret);
    return dial({ port: server.port, person, knownHosts, steps, ...more });
  }
  const all: AuthRules = { ways: [], first: (context) => (context.accept(), true) };

  it('tells its phases and what was agreed on', async () => {
    const phases: string[] = [];
    const session = await connectBy(
      { ways: [['password']], password: 's', server: { ident: 'Test_1.0' } },
      { phases },
    );
    expect(phases).toEqual(['reaching-server', 'verifying-host', 'signing-in']);
    expect(session.facts).toEqual({
      serverVersion: 'Test_1.0',
      cipher: 'aes128-gcm@openssh.com',
      keyExchange: 'curve25519-sha256',
      hostKeyAlgorithm: 'ssh-ed25519',
      hostKeyFingerprint: expect.stringMatching(/^SHA256:/) as string,
      signedInBy: 'password',
      strictKeyExchange: true,
      compressed: false,
    });
    await session.end();
  });

  it('is compressed only where that was asked for', async () => {
    const session = await connectBy(all, { plan: { compression: true } });
    expect(session.facts.compressed).toBe(true);
    await session.end();
  });

  it('that wants a new password first says so', async () => {
    const rules: AuthRules = {
      ways: [['password']],
      first: (context) => {
        if (context.method !== 'password') return false;
        context.requestChange('Your password has expired.', () => undefined);
        return true;
      },
    };
    await expect(connectBy(rules)).rejects.toMatchObject({
      error: {
        kind: 'sign-in-refused',
        serverSays: 'Your password has expired.',
        tried: ['password'],
      },
    });
  });

  it('that tells the account off in a banner and hangs up is heard', async () => {
    const banner = 'Your account has expired.\r\nAsk the help desk.\r\n';
    const rules: AuthRules = {
      ways: [['password']],
      first: (context, connection) => {
        if (context.method === 'none') return false;
        sayBanner(connection, banner);
        connection.end();
        return true;
      },
    };
    await expect(connectBy(rules)).rejects.toMatchObject({
      error: {
        kind: 'sign-in-refused',
        serverSays: 'Your account has expired.\nAsk the help desk.',
      },
    });
  });

  it.each([
    ['before it answers', 'none'],
    ['after it has answered', 'password'],
  ])('that greets everybody and hangs up %s has refused nobody', async (_when, last) => {
    const rules: AuthRules = {
      ways: [['password']],
      server: { banner: 'Authorised use only.' },
      first: (context, connection) => {
        if (context.method !== last) return false;
        connection.end();
        return true;
      },
    };
    await expect(connectBy(rules)).rejects.toMatchObject({ error: { kind: 'connection-lost' } });
  });

  it('that refuses shows what it says to everybody, and to this one', async () => {
    let told = false;
    const rules: AuthRules = {
      ways: [['password']],
      password: 'other',
      server: { banner: 'Keys only since May.' },
      first: (context, connection) => {
        if (context.method !== 'password' || told) return false;
        told = true;
        sayBanner(connection, 'You were told.');
        return false;
      },
    };
    await expect(connectBy(rules)).rejects.toMatchObject({
      error: { kind: 'sign-in-refused', serverSays: 'Keys only since May.\nYou were told.' },
    });
  });

  it('that has nothing in common with us says what is missing', async () => {
    const cipher = ['aes256-cbc'] as const;
    const rules: AuthRules = { ...all, server: { algorithms: { cipher: [...cipher] } } };
    await expect(connectBy(rules)).rejects.toMatchObject({
      error: { kind: 'no-common-algorithm', what: 'C->S cipher' },
    });
  });

  /** Something on a port that is no SSH server. */
  async function connectTo(act: (socket: Socket) => void, plan: DialOptions['plan'] = {}) {
    other = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      act(socket);
      socket.resume();
    });
    const { person } = personWho(secret);
    return dial({ port: await listen(other), person, knownHosts: [], steps, plan });
  }

  it.each([
    [
      'a web server',
      (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      'not-ssh',
    ],
    ['a POP3 server', (socket: Socket) => socket.write('+OK ready\r\n'), 'not-ssh'],
    [
      'a server of the last century',
      (socket: Socket) => socket.write('SSH-1.5-1.2.27\r\n'),
      'not-ssh',
    ],
    ['a server that hangs up', (socket: Socket) => socket.end(), 'connection-lost'],
    [
      'a server with too many guests',
      (socket: Socket) => socket.end('Exceeded MaxStartups\r\n'),
      'connection-lost',
    ],
    ['a server that resets', (socket: Socket) => socket.resetAndDestroy(), 'connection-lost'],
  ] as const)('that is %s', async (_what, act, kind) => {
    await expect(connectTo((socket) => void act(socket))).rejects.toMatchObject({
      error: { kind },
    });
    await until('nothing is left open', () =>
      sockets.every((socket) => socket.closed || socket.readableEnded),
    );
  });

  it('that says nothing is given up in its phase', async () => {
    const timeouts = { reach: 5_000, verify: 50, signIn: 5_000 };
    await expect(connectTo(() => undefined, { timeouts })).rejects.toMatchObject({
      error: { kind: 'timed-out', phase: 'verifying-host' },
    });
  });

  it('that never answers a sign-in is given up in its phase', async () => {
    const timeouts = { reach: 5_000, verify: 5_000, signIn: 50 };
    await expect(
      connectBy({ ways: [], first: () => true }, { plan: { timeouts } }),
    ).rejects.toMatchObject({
      error: { kind: 'timed-out', phase: 'signing-in' },
    });
  });

  /** Takes longer than a sign-in may: until one on another connection, begun only now, is given up. */
  async function outlast(timeouts: { reach: number; verify: number; signIn: number }) {
    const silent = await startAuthServer({ ways: [], first: () => true });
    const knownHosts = [await folder.write('outlasted', silent.hostLine)];
    const { person } = personWho(secret);
    const options = { port: silent.port, person, knownHosts, steps, plan: { timeouts } };
    const given = await dial(options).then(
      () => 'a session',
      (thrown: unknown) => thrown,
    );
    silent.stop();
    expect(given).toMatchObject({ error: { kind: 'timed-out', phase: 'signing-in' } });
  }

  it('waits for a person longer than for a server', async () => {
    const timeouts = { reach: 5_000, verify: 5_000, signIn: 300 };
    const { person } = personWho(() => outlast(timeouts).then(secret));
    const rules: AuthRules = {
      ways: [['keyboard-interactive']],
      interactive: async (context) => (await ask(context, 'Password: ')) === 's',
    };
    const session = await connectBy(rules, { person, plan: { timeouts } });
    await session.end();
  });

  it('waits for an agent longer than for a server: it may ask a person for leave', async () => {
    const timeouts = { reach: 5_000, verify: 5_000, signIn: 300 };
    const { private: pem, public: line } = makeServerKey();
    const socket = folder.file('agent');
    other = await slowAgent(socket, pem, () => outlast(timeouts));
    const agentStep = { kind: 'agent', socket, key: null, required: true } as const;
    const rules: AuthRules = { ways: [['publickey']], keys: [line] };
    const session = await connectBy(rules, { steps: [agentStep], plan: { timeouts } });
    expect(session.facts.signedInBy).toBe('agent');
    await session.end();
  });

  it('can be proved, whoever made the server', async () => {
    const session = await connectBy({ ...all, server: { ident: 'Other_1.0' } });
    const connection = server?.connections[0]?.on('request', () => undefined);
    session.probe(60_000);
    await until('it is asked', () => connection?.noMoreSessions === true);
    await session.end();
  });

  it('that is stopped leaves no socket', async () => {
    const abort = new AbortController();
    const dialling = connectBy({ ways: [], first: () => true }, { signal: abort.signal });
    await until('it is reached', () => server?.sockets.length === 1);
    abort.abort();
    await expect(dialling).rejects.toMatchObject({
      error: { kind: 'connection-lost', detail: 'stopped' },
    });
    await until('it is closed', () => server?.sockets.every((socket) => socket.closed) === true);
  });
});

/** An agent with one key that signs only after a while. */
async function slowAgent(path: string, pem: string, wait: () => Promise<void>): Promise<Server> {
  const key = ssh2.utils.parseKey(pem);
  if (key instanceof Error) throw key;
  const agent = createServer((socket) => {
    const talk = new ssh2.AgentProtocol(false);
    talk.on('identities', (request) => talk.getIdentitiesReply(request, [key]));
    talk.on('sign', (request, _key, data) => {
      const signature = key.sign(data);
      if (!(signature instanceof Error)) void wait().then(() => talk.signReply(request, signature));
    });
    socket
      .on('error', () => undefined)
      .pipe(talk)
      .pipe(socket);
  });
  await new Promise<void>((resolve) => agent.listen(path, resolve));
  return agent;
}

describe('a session', () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  it('tells why it is gone, once, and null when we ended it', async () => {
    const lost = await startPair(() => undefined);
    lost.far.resetAndDestroy();
    expect(await lost.session.closed).toMatchObject({ kind: 'connection-lost' });
    await lost.session.end();
    const ended = await startPair(() => undefined);
    await Promise.all([ended.session.end(), ended.session.end()]);
    expect(await ended.session.closed).toBeNull();
  });

  it('opens nothing once it is over, and says so at once', async () => {
    const pair = await startPair(() => undefined);
    pair.far.resetAndDestroy();
    await pair.session.closed;
    await expect(
      pair.session.openForward('m', 1, { address: '::1', port: 1 }),
    ).rejects.toMatchObject({
      error: { kind: 'connection-lost' },
    });
    pair.session.probe(1);
    pair.session.drop('again');
  });

  it('ends for certain within a second on a line that takes nothing', async () => {
    const pair = await startPair(() => undefined);
    pair.far.pause();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const ended = pair.session.end();
    vi.advanceTimersByTime(999);
    expect(pair.socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(pair.socket.destroyed).toBe(true);
    await ended;
    await pair.stop();
  });

  it('is proved by any answer, as often as one likes, and dropped without one', async () => {
    const pair = await startPair(() => undefined);
    const before = pair.socket.listenerCount('close');
    for (let i = 0; i < 20; i++) {
      pair.session.probe(5_000);
      await until('it has answered', () => pair.socket.listenerCount('close') === before);
    }
    expect(pair.socket.destroyed).toBe(false);
    pair.far.pause();
    pair.session.probe(50);
    expect(await pair.session.closed).toEqual({
      kind: 'connection-lost',
      host: 'h',
      detail: 'no answer after the network changed',
    });
    await pair.stop();
  });

  it('that cannot answer for all that is on its way is proved by whatever comes, if it came after', async () => {
    const pair = await startPair((accept) => {
      channels.push(accept());
    });
    const channels: ServerChannel[] = [];
    // ssh2's server always answers; this one is never heard to.
    const server = pair.connection as unknown as { _protocol: { requestFailure: () => void } };
    server._protocol.requestFailure = () => undefined;
    const { stream } = await pair.session.openForward('m', 1, { address: '::1', port: 1 });
    let heard = 0;
    stream.on('data', (bytes: Buffer) => (heard += bytes.length));
    const before = pair.socket.listenerCount('close');
    const speak = async () => {
      const sofar = heard;
      channels[0]?.write('.');
      await until('it is heard', () => heard > sofar);
    };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    pair.session.probe(5_000);
    // This may have lain here while the computer slept.
    await speak();
    expect(pair.socket.listenerCount('close')).toBeGreaterThan(before);
    vi.advanceTimersByTime(250);
    await speak();
    expect(pair.socket.listenerCount('close')).toBe(before);
    vi.advanceTimersByTime(60_000);
    expect(pair.socket.destroyed).toBe(false);
    pair.session.probe(5_000);
    await speak();
    vi.advanceTimersByTime(5_000);
    expect(await pair.session.closed).toMatchObject({ kind: 'connection-lost' });
    await pair.stop();
  });

  it('asks for nothing but forwards', async () => {
    const asked: string[] = [];
    const pair = await startPair((accept) => void accept());
    pair.connection.on('session', () => asked.push('session'));
    pair.connection.on('request', (accept, _reject, name) => {
      asked.push(name);
      accept?.();
    });
    await pair.session.openForward('m', 110, { address: '127.0.0.1', port: 1 });
    await pair.session.end();
    expect(asked).toEqual([]);
    await pair.stop();
  });
});

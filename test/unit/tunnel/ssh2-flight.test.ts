import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelRequest } from '../../../electron/tunnel/early-channel';
import { objectors, Objectors, takesInTurn } from '../../../electron/tunnel/ssh2-flight';
import { TunnelFailure } from '../../../electron/tunnel/tunnel-failure';
import type { SshSession } from '../../../electron/tunnel/ssh-session';
import { makeKey, PASSPHRASE, writeKey, type TestKey } from '../../world/ssh-keys';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { dial, startAuthServer, type AuthRules, type AuthServer } from './auth-server';
import { buildKeyWorker } from './key-worker-build';
import { personWho } from './stand-ins';

const FIRST: ChannelRequest = {
  mailHost: 'mail',
  mailPort: 110,
  from: { address: '127.0.0.1', port: 4711 },
};

describe('signing in without waiting', () => {
  let folder: WorldFolder;
  let worker: URL;
  let [key, locked]: TestKey[] = [];
  let [keyPath, lockedPath] = ['', ''];
  beforeAll(async () => {
    folder = await makeWorldFolder('flight');
    worker = await buildKeyWorker(folder);
    key = await makeKey({ type: 'ed25519' });
    locked = await makeKey({ type: 'ed25519', passphrase: PASSPHRASE });
    keyPath = await writeKey(folder, key, 'id');
    lockedPath = await writeKey(folder, locked, 'locked');
  });
  afterAll(() => folder.remove());

  let server: AuthServer | null = null;
  let session: SshSession | null = null;
  afterEach(async () => {
    await session?.end();
    session = null;
    server?.stop();
  });

  /** Every channel that the server was asked for, in order. */
  let asked: string[] = [];

  async function serve(more: Partial<AuthRules> = {}): Promise<AuthServer> {
    asked = [];
    server = await startAuthServer({
      ways: [['publickey']],
      keys: [key?.publicKey ?? ''],
      onForward: (accept, _reject, { destIP, destPort }) => {
        asked.push(`${destIP}:${destPort}`);
        accept().write('+OK');
      },
      ...more,
    });
    await folder.write('known_hosts', server.hostLine);
    return server;
  }

  interface How {
    readonly path?: string;
    readonly compression?: boolean;
    readonly required?: boolean;
  }

  async function signIn({ path = keyPath, compression = false, required = true }: How = {}) {
    if (server === null) throw new Error('no server');
    const { person } = personWho(() => ({ kind: 'secret', secret: PASSPHRASE }));
    session = await dial({
      port: server.port,
      person,
      steps: [{ kind: 'key-file', path, required }],
      knownHosts: [folder.file('known_hosts')],
      worker,
      plan: { compression },
      firstChannel: () => FIRST,
    });
    return session;
  }

  const open = async ({ mailHost, mailPort, from }: ChannelRequest) => {
    const { stream } = (await session?.openForward(mailHost, mailPort, from)) ?? {};
    return new Promise((resolve) =>
      stream?.once('data', (bytes: Buffer) => resolve(String(bytes))),
    );
  };

  /** As a server that deals with one message after the other. */
  const IN_TURN: Partial<AuthRules> = {
    server: { ident: 'OpenSSH_9.9' },
    first: (context) => {
      if (context.method !== 'publickey' || context.signature === undefined) return false;
      context.accept();
      return true;
    },
  };

  it('asks for the first channel together with the sign-in, for whom it is meant', async () => {
    await serve(IN_TURN);
    await signIn();
    expect(asked).toEqual(['mail:110']);
    expect(await open({ ...FIRST, from: { address: '127.0.0.1', port: 1 } })).toBe('+OK');
    expect(asked).toHaveLength(2);
    expect(await open(FIRST)).toBe('+OK');
    expect(asked).toHaveLength(2);
    // It is given once; the next one is a channel of its own.
    expect(await open(FIRST)).toBe('+OK');
    expect(asked).toHaveLength(3);
  });

  it('asks again where a server did not hear it after all', async () => {
    const { port } = await serve({ server: { ident: 'OpenSSH_9.9' } });
    await signIn();
    expect(asked).toEqual([]);
    const { mailHost, mailPort, from } = FIRST;
    await session?.openForward(mailHost, mailPort, from, 1_000);
    expect(asked).toEqual(['mail:110']);
    expect(objectors.has('127.0.0.1', port)).toBe(true);
  });

  it('sends the key alone to a server that may not take things in turn', async () => {
    const { seen } = await serve();
    await signIn();
    expect(seen).toEqual(['key!']);
    expect(asked).toEqual([]);
    expect(await open(FIRST)).toBe('+OK');
  });

  it('waits with the channel where compression begins with the sign-in', async () => {
    const { seen } = await serve({
      server: { ident: 'OpenSSH_9.9', algorithms: { compress: ['zlib@openssh.com'] } },
    });
    await signIn({ compression: true });
    expect(session?.facts.compressed).toBe(true);
    expect(seen).toEqual(['key!']);
    expect(asked).toEqual([]);
    expect(await open(FIRST)).toBe('+OK');
  });

  it('sends nothing behind a key that nobody chose for this server', async () => {
    await serve(IN_TURN);
    await signIn({ required: false });
    expect(asked).toEqual([]);
    expect(await open(FIRST)).toBe('+OK');
  });

  it('shows a locked key first: no passphrase is asked for in vain', async () => {
    const { seen } = await serve();
    await signIn({ path: lockedPath });
    expect(seen).toEqual(['key?', 'key!']);
  });

  it('goes step by step with a server that hangs up at it, at once and from then on', async () => {
    const { seen, port } = await serve({
      first: (context, connection) => {
        const first = connection as typeof connection & { asked?: boolean };
        const objects = context.method === 'publickey' && context.signature !== undefined;
        if (objects && first.asked !== true) {
          connection.end();
          return true;
        }
        first.asked = true;
        return false;
      },
    });
    const failure = await signIn().catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(TunnelFailure);
    expect(failure).toMatchObject({ redial: true, error: { kind: 'connection-lost' } });
    await signIn();
    expect(seen).toEqual(['key?', 'key!']);
    expect(port).toBe(server?.port);
    expect(await open(FIRST)).toBe('+OK');
  });
});

it.each([
  ['OpenSSH_9.2p1 Debian-2+deb12u3', true],
  ['dropbear_2022.83', true],
  ['ssh2js1.17.0', false],
  ['Cisco-1.25', false],
  ['', false],
])('a server is known to take things in turn: %s', (version, known) =>
  expect(takesInTurn(version)).toBe(known),
);

describe('servers that object', () => {
  it('are tried again after a while the first time, and never after the second', () => {
    let now = 0;
    const objectors = new Objectors(() => now);
    expect(objectors.has('h', 22)).toBe(false);
    objectors.add('h', 22);
    expect(objectors.has('h', 22)).toBe(true);
    expect(objectors.has('h', 23)).toBe(false);
    now = 10 * 60_000;
    expect(objectors.has('h', 22)).toBe(false);
    objectors.add('h', 22);
    now = 1e12;
    expect(objectors.has('h', 22)).toBe(true);
  });
});

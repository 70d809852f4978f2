import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import ssh2, { type ClientChannel } from 'ssh2';
import { beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/secrets/secret';
import { dial } from '../../../electron/tunnel/dial';
import { throughHttpConnect } from '../../../electron/tunnel/http-connect';
import { ProxyFailure, type ProxyCredentials } from '../../../electron/tunnel/proxy-talk';
import { throughSocks5 } from '../../../electron/tunnel/socks5';
import { startHttpProxy, startSocksProxy, type Proxy } from '../../world/proxies';
import { makeKey } from '../../world/ssh-keys';
import { startSshd, type Sshd } from '../../world/sshd';
import { freePort } from '../../world/world-folder';
import { keep, keepForFile, tidyUp } from './tidy';

tidyUp();

const KINDS = {
  SOCKS5: { start: startSocksProxy, through: throughSocks5 },
  'HTTP CONNECT': { start: startHttpProxy, through: throughHttpConnect },
} as const;
type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

const never = new AbortController().signal;
const key = await makeKey({ type: 'ed25519' });
let sshd: Sshd;
let open: Readonly<Record<Kind, Proxy>>;
let locked: Readonly<Record<Kind, Proxy>>;

beforeAll(async () => {
  sshd = await keepForFile(startSshd({ authorizedKeys: [key] }));
  const both = async (signIn: boolean) => ({
    SOCKS5: await keepForFile(startSocksProxy({ signIn })),
    'HTTP CONNECT': await keepForFile(startHttpProxy({ signIn })),
  });
  open = await both(false);
  locked = await both(true);
});

function credentialsOf({ signIn }: Proxy): ProxyCredentials | null {
  return signIn && { user: signIn.user, password: new Secret(signIn.password) };
}

interface Way {
  readonly kind: Kind;
  readonly proxy: { readonly host: string; readonly port: number };
  readonly host?: string;
  readonly port?: number;
  readonly credentials?: ProxyCredentials | null;
  readonly signal?: AbortSignal;
}

/** A socket that leads through the proxy, to sshd unless told otherwise. */
async function reach(way: Way): Promise<Socket> {
  const { kind, proxy, host = '127.0.0.1', port = sshd.port } = way;
  const { credentials = null, signal = never } = way;
  const socket = await dial(proxy.host, proxy.port, signal);
  await keep(Promise.resolve({ stop: () => Promise.resolve(void socket.destroy()) }));
  await KINDS[kind].through(socket, { host, port }, credentials, signal);
  return socket;
}

async function failure(way: Way): Promise<ProxyFailure> {
  const thrown: unknown = await reach(way).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProxyFailure)) throw new Error('no ProxyFailure', { cause: thrown });
  return thrown;
}

/** Signs in to sshd over a socket, its own key and no other accepted. */
async function signIn(socket: Socket): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  await keep(Promise.resolve({ stop: () => Promise.resolve(void client.end()) }));
  const ready = new Promise<void>((resolve, reject) => {
    client.on('ready', resolve).on('error', reject);
  });
  client.connect({
    sock: socket,
    username: sshd.user,
    privateKey: key.privateKey,
    hostVerifier: (presented: Buffer) => {
      const hash = createHash('sha256').update(presented).digest('base64').replace(/=+$/, '');
      return `SHA256:${hash}` === sshd.hostKeys[0]?.fingerprint;
    },
  });
  await ready;
  return client;
}

/** A server that says everything back. */
async function startEcho(host: string): Promise<number> {
  const server: Server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen(0, host);
  await once(server, 'listening');
  await keep(Promise.resolve({ stop: () => Promise.resolve(void server.close()) }));
  return (server.address() as AddressInfo).port;
}

describe.each(kinds)('through a real %s proxy', (kind) => {
  it.each([false, true])(
    'SSH is signed in to and carries every byte; signed in: %s',
    async (signsIn) => {
      const proxy = signsIn ? locked[kind] : open[kind];
      const socket = await reach({ kind, proxy, credentials: credentialsOf(proxy) });
      const client = await signIn(socket);
      const echo = await startEcho('127.0.0.1');
      const channel = await new Promise<ClientChannel>((resolve, reject) =>
        client.forwardOut('127.0.0.1', 1, '127.0.0.1', echo, (error, made) =>
          error === undefined ? resolve(made) : reject(error),
        ),
      );
      const sent = Buffer.alloc(3_000_000, 'All that is written comes back.');
      channel.end(sent);
      const got: Buffer[] = [];
      for await (const chunk of channel) got.push(chunk as Buffer);
      expect(Buffer.concat(got).equals(sent)).toBe(true);
    },
  );

  it('names are resolved by the proxy', async () => {
    const socket = await reach({ kind, proxy: open[kind], host: 'localhost' });
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    expect(greeting.toString()).toMatch(/^SSH-2\.0-/);
    await open[kind].waitForLog(new RegExp(`localhost:${sshd.port}`));
  });

  it('IPv6 addresses are reached', async () => {
    const port = await startEcho('::1');
    const socket = await reach({ kind, proxy: open[kind], host: '::1', port });
    socket.write('hello');
    expect(String(await once(socket, 'data'))).toBe('hello');
  });

  it('a proxy that wants a sign-in says so, and refuses a wrong one', async () => {
    const proxy = locked[kind];
    expect((await failure({ kind, proxy })).reason).toBe('sign-in-needed');
    const user = proxy.signIn?.user ?? '';
    const wrong = await failure({
      kind,
      proxy,
      credentials: { user, password: new Secret('geheim') },
    });
    expect(wrong.reason).toBe('sign-in-refused');
    expect(`${wrong.message} ${wrong.detail}`).not.toContain('geheim');
  });

  it('credentials that nobody asks for do no harm', async () => {
    const socket = await reach({
      kind,
      proxy: open[kind],
      credentials: credentialsOf(locked[kind]),
    });
    expect(String(await once(socket, 'data'))).toMatch(/^SSH-2\.0-/);
  });

  // tinyproxy does not tell one cause from another, and microsocks calls a name that is not found a general failure.
  it('a target that nobody listens on, and a name that nobody has', async () => {
    const refused = await failure({ kind, proxy: open[kind], port: await freePort() });
    expect(refused.reason).toBe(kind === 'SOCKS5' ? 'refused' : 'unreachable');
    const unknown = await failure({ kind, proxy: open[kind], host: 'nowhere.invalid' });
    expect(unknown.reason).toBe(kind === 'SOCKS5' ? 'other' : 'unreachable');
  });

  it('sshd itself is not a proxy', async () => {
    expect((await failure({ kind, proxy: sshd })).reason).toBe('not-a-proxy');
  });

  it('a proxy that dies ends what it carries', async () => {
    const proxy = await keep(KINDS[kind].start());
    const socket = await reach({ kind, proxy });
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    await proxy.kill();
    await ended;
  });
});

describe('what does not fit', () => {
  it('a SOCKS5 proxy is no HTTP proxy', async () => {
    const answer = await failure({ kind: 'HTTP CONNECT', proxy: open.SOCKS5 });
    expect(answer.reason).toBe('not-a-proxy');
  });

  it('an HTTP proxy waits for ever for the rest of SOCKS5: the time limit ends it', async () => {
    const signal = AbortSignal.timeout(300);
    const pending = reach({ kind: 'SOCKS5', proxy: open['HTTP CONNECT'], signal });
    await expect(pending).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it("a proxy's rules may forbid a port", async () => {
    const strict = await keep(startHttpProxy({ config: 'ConnectPort 443' }));
    const answer = await failure({ kind: 'HTTP CONNECT', proxy: strict });
    expect(answer.reason).toBe('forbidden');
  });

  it('a proxy that is not there is a plain refusal', async () => {
    const proxy = { host: '127.0.0.1', port: await freePort() };
    await expect(reach({ kind: 'SOCKS5', proxy })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

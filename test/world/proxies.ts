import { needProgram, whenListening } from './child.ts';
import { makeServer, withFreePorts } from './server.ts';
import type { ServerHandle, ServerPlan } from './server.ts';
import { isRoot, testAccount } from './test-account.ts';
import { freePort, inWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

export interface ProxyOptions {
  /** Default false: everybody is led on. */
  readonly signIn?: boolean;
}

export interface HttpProxyOptions extends ProxyOptions {
  /** More lines of tinyproxy.conf, such as `ConnectPort 443`, which forbids all other ports. */
  readonly config?: string;
}

export interface Proxy extends ServerHandle {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** What it lets in; null when it asks for nothing. */
  readonly signIn: { readonly user: string; readonly password: string } | null;
}

/** tinyproxy's own file takes letters, digits and dots only. */
const SIGN_IN = { user: 'msingh', password: 'foobar.1998' };

type Command = Pick<ServerPlan, 'command' | 'args'>;

/** Starts a real SOCKS5 proxy (microsocks) on a free port of 127.0.0.1. */
export function startSocksProxy({ signIn = false }: ProxyOptions = {}): Promise<Proxy> {
  return startProxy('microsocks', signIn, (_, port) => {
    const login = signIn ? ['-u', SIGN_IN.user, '-P', SIGN_IN.password] : [];
    const args = ['-i', '127.0.0.1', '-p', String(port), ...login];
    return Promise.resolve({ command: needProgram('microsocks', 'microsocks'), args });
  });
}

/** Starts a real HTTP proxy (tinyproxy) on a free port of 127.0.0.1; it leads on to any port. */
export function startHttpProxy({
  signIn = false,
  config = '',
}: HttpProxyOptions = {}): Promise<Proxy> {
  return startProxy('tinyproxy', signIn, async (folder, port) => {
    const lines = [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'LogLevel Connect',
      ...(signIn ? [`BasicAuth ${SIGN_IN.user} ${SIGN_IN.password}`] : []),
      config,
    ];
    const file = await folder.write('tinyproxy.conf', lines.join('\n'), 0o644);
    return { command: needProgram('tinyproxy', 'tinyproxy-bin'), args: ['-d', '-c', file] };
  });
}

/** Runs a proxy under the test account, as neither needs more. */
function startProxy(
  name: string,
  signIn: boolean,
  plan: (folder: WorldFolder, port: number) => Promise<Command>,
): Promise<Proxy> {
  return withFreePorts(() =>
    inWorldFolder(name, async (folder) => {
      const { uid, gid } = await testAccount();
      const port = await freePort();
      const server = makeServer({
        ...(await plan(folder, port)),
        name,
        folder,
        ...(isRoot() ? { runAs: { uid, gid } } : {}),
        ready: (child, log) => whenListening(port, { child, log }),
      });
      await server.start();
      return { ...server, host: '127.0.0.1', port, signIn: signIn ? SIGN_IN : null };
    }),
  );
}

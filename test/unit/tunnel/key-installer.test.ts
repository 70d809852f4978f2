import type { Connection } from 'ssh2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeyRing } from '../../../electron/secrets/key-ring';
import type { AttemptDependencies } from '../../../electron/tunnel/attempt';
import { HostKeys } from '../../../electron/tunnel/host-keys';
import { installKey } from '../../../electron/tunnel/key-installer';
import { KeyOpener } from '../../../electron/tunnel/key-opener';
import { systemClock } from '../../../electron/tunnel/system-clock';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { startAuthServer, type AuthServer } from './auth-server';
import { accountOf } from './stand-ins';

let folder: WorldFolder;
let server: AuthServer | null = null;
beforeAll(async () => {
  folder = await makeWorldFolder('installer');
});
afterAll(async () => {
  server?.stop();
  await folder.remove();
});

/** Takes a request for SFTP, or for a shell, and never says a word more. */
function stall(connection: Connection, way: 'sftp' | 'shell', asked: () => void): void {
  connection.on('session', (accept) => {
    const session = accept();
    if (way === 'shell')
      session.on('exec', (acceptExec) => {
        acceptExec().resume();
        asked();
      });
    else
      session.on('sftp', (acceptSftp) => {
        acceptSftp().on('LSTAT', () => asked());
      });
  });
}

it.each(['sftp', 'shell'] as const)(
  'a server that takes a request over %s and falls silent is given up, and named',
  async (way) => {
    let asked = false;
    server = await startAuthServer({
      ways: [['password']],
      first: (context, connection) => {
        if (context.method !== 'password') return false;
        stall(connection, way, () => (asked = true));
        context.accept();
        return true;
      },
    });
    const knownHosts = await folder.write('known_hosts', server.hostLine);
    const deps: AttemptDependencies = {
      settings: () => ({
        knownHostsFiles: [knownHosts],
        ownKnownHostsFile: folder.file('own'),
        defaultKeyFiles: [],
        agentSocket: null,
        waits: { files: 300 },
      }),
      hostKeys: new HostKeys([knownHosts], folder.file('own')),
      keyRing: new KeyRing(),
      opener: new KeyOpener(new URL('file:///no-worker')),
      prompter: {
        ask: () => ({ id: 'q', answer: Promise.resolve({ kind: 'secret', secret: 's' }) }),
      },
      clock: systemClock,
      log: () => undefined,
    };
    const keyPath = await writeKey(folder, await makeKey({ type: 'ed25519' }), way);
    const account = accountOf({
      ...{ sshHost: '127.0.0.1', sshPort: server.port },
      signIn: { kind: 'password' },
    });
    const installing = installKey({ account, keyPath }, deps, new AbortController().signal);
    await expect(installing).rejects.toMatchObject({
      error: { kind: 'key-not-installed', host: '127.0.0.1', why: 'no-files' },
    });
    expect(asked).toBe(true);
    const { sockets } = server;
    await until('nothing is left open', () => sockets.every((socket) => socket.closed));
    server.stop();
  },
);

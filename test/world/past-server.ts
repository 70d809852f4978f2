import { startPythonServer } from './python-server.ts';
import { withFreePorts } from './server.ts';
import type { ServerHandle } from './server.ts';
import { writeKey } from './ssh-keys.ts';
import type { TestKey } from './ssh-keys.ts';
import { freePort, inWorldFolder } from './world-folder.ts';

/** A server that takes no signature of an RSA key but one with SHA-1. */
export interface PastServer extends ServerHandle {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'anybody';
}

/**
 * Starts one, by Paramiko: Debian's sshd cannot play it, since it tells of better signatures whatever it is set to.
 *
 * @param authorized an RSA key
 * @param manner does it tell which signatures it takes?
 */
export function startPastServer(
  authorized: TestKey,
  hostKey: TestKey,
  manner: 'silent' | 'telling',
): Promise<PastServer> {
  return withFreePorts(() =>
    inWorldFolder('past-server', async (folder) => {
      const port = await freePort();
      const keyFile = await writeKey(folder, hostKey, 'host-key');
      const [, base64 = ''] = authorized.publicKey.split(' ');
      const args = [String(port), keyFile, base64, manner];
      const server = await startPythonServer('past-server', args, folder);
      return { ...server, host: '127.0.0.1', port, user: 'anybody' };
    }),
  );
}

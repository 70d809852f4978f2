import type { ConnectionDependencies } from './connection-dependencies';
import { Handshake } from './handshake';
import { reachServer } from './reach';
import type { SshSession } from './ssh-session';

/**
 * Makes one SSH connection: reaches the server, verifies it, signs in. Its socket is ours, since only that can be
 * destroyed for certain (ssh2's own `destroy` does nothing once `end` was called). The phase's clock stands still
 * while a person is asked. A server on the way is verified and signed in to in just this manner first.
 *
 * @throws TunnelFailure with the reason, once nothing of the connection is left; `redial` when a new connection can go on from there
 */
export async function openSession(
  deps: ConnectionDependencies,
  signal: AbortSignal,
): Promise<SshSession> {
  deps.onPhase('reaching-server');
  const openHop = () => {
    if (deps.via === null) throw new Error('nothing is known of the server to jump from');
    return openSession(deps.via, signal);
  };
  const socket = await reachServer({ ...deps, openHop }, signal);
  const gone = new Promise<void>((resolve) => socket.once('close', resolve));
  try {
    return await new Handshake(deps, socket, signal).run();
  } catch (thrown) {
    // A socket that was destroyed before anybody listened has told already that it is closed.
    if (!socket.closed) await gone;
    throw thrown;
  }
}

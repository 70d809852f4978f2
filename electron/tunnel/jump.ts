import type { TunnelError } from '../shared/tunnel-error';
import type { Place } from './dial-within';
import { JumpStream } from './jump-stream';
import type { SshSession } from './ssh-session';
import { TunnelFailure } from './tunnel-failure';

/** Who is said to ask for the channel (RFC 4254, 7.2); servers at most write it down. */
export const ASKED_BY = { address: '127.0.0.1', port: 0 };

/**
 * Leads on from one SSH server to the next: a stream to that, which owns the session from then on.
 *
 * @param session of the server `via`; ended when it does not lead on
 * @throws TunnelFailure why it does not
 */
export async function throughHop(
  session: SshSession,
  via: Place,
  target: Place,
  signal: AbortSignal,
): Promise<JumpStream> {
  const stop = () => session.drop('stopped');
  signal.addEventListener('abort', stop);
  try {
    // A signal that was given already is not given again.
    if (signal.aborted) stop();
    return new JumpStream(await session.openForward(target.host, target.port, ASKED_BY), session);
  } catch (thrown) {
    await session.end();
    if (!(thrown instanceof TunnelFailure)) throw thrown;
    throw new TunnelFailure(inTermsOf(thrown.error, via, target));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What `openForward` says of a mail server, said of an SSH server behind another. */
function inTermsOf(error: TunnelError, via: Place, target: Place): TunnelError {
  const { host, port } = target;
  if (error.kind !== 'forward-refused' && error.kind !== 'no-greeting') return error;
  const detail = `through ${via.host}: ${error.detail}`;
  if (error.kind === 'no-greeting')
    return { kind: 'timed-out', host, phase: 'reaching-server', detail };
  switch (error.reason) {
    case 'prohibited':
      return {
        kind: 'proxy-failed',
        host: via.host,
        port: via.port,
        reason: 'no-forwarding',
        detail: `to ${host}:${port}: ${error.detail}`,
      };
    case 'refused':
      return { kind: 'connection-refused', host, port, detail };
    case 'not-found':
      return { kind: 'host-not-found', host, detail };
    case 'other':
      return { kind: 'unreachable', host, port, detail };
  }
}

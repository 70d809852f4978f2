import type { Forward } from '../shared/account';
import { GREETING_TIMEOUT_MS, readGreeting, SILENCE } from './greeting';
import type { ChannelRequest } from './early-channel';
import type { OpenMailServer } from './mail-channel';
import { speaksTlsItself } from './mail-protocol';
import type { SshSession } from './ssh-session';
import { speaksTls } from './tls-bridge';
import { toTunnelError, TunnelFailure } from './tunnel-failure';

/** A server that waits for TLS answers at once; one that does not within this time, in milliseconds, waits for something else. */
const PROBE_TIMEOUT_MS = 5_000;
/** The proof is nobody's connection. */
const FROM_HERE = { address: '127.0.0.1', port: 0 };

/** The channel that the first forward's greeting is read from; null where there is no forward. */
export function channelForProof([forward]: readonly Forward[]): ChannelRequest | null {
  if (forward === undefined) return null;
  return { mailHost: forward.mailHost, mailPort: forward.mailPort, from: FROM_HERE };
}

/**
 * Proves that a forward leads to a mail server of its kind, by the way that a mail program's connection would go.
 *
 * A server that waits for TLS says nothing to one who waits for its greeting. So where plain text was meant and
 * nothing came, a second channel asks in TLS. Not sooner: some servers let a caller wait, and shut out for a day whom
 * they catch speaking first.
 *
 * @param timeoutMs how long the server may keep silent
 * @returns its greeting, word for word
 * @throws TunnelFailure
 */
export async function proveForward(
  session: SshSession,
  forward: Forward,
  open: OpenMailServer,
  timeoutMs = GREETING_TIMEOUT_MS,
): Promise<string> {
  try {
    const { stream } = await open(session, forward, FROM_HERE);
    return await readGreeting(stream, forward, timeoutMs);
  } catch (thrown) {
    const error = toTunnelError(thrown);
    const plainWasMeant = forward.tls !== 'implicit' && !speaksTlsItself(forward);
    if (error.kind !== 'no-greeting' || error.detail !== SILENCE || !plainWasMeant) throw thrown;
    if (!(await answersInTls(session, forward))) throw thrown;
    const { mailHost, mailPort, detail } = error;
    const reason = 'tls-there';
    throw new TunnelFailure({ kind: 'tls-failed', mailHost, mailPort, reason, detail });
  }
}

/**
 * Proves every forward at the same time.
 *
 * @param timeoutMs how long each server may keep silent
 * @returns each one's greeting, in their order
 * @throws TunnelFailure of the first that fails
 */
export function proveForwards(
  session: SshSession,
  forwards: readonly Forward[],
  open: OpenMailServer,
  timeoutMs?: number,
): Promise<readonly { readonly forwardId: string; readonly text: string }[]> {
  return Promise.all(
    forwards.map(async (forward) => ({
      forwardId: forward.id,
      text: await proveForward(session, forward, open, timeoutMs),
    })),
  );
}

async function answersInTls(session: SshSession, forward: Forward): Promise<boolean> {
  try {
    const { mailHost, mailPort } = forward;
    const channel = await session.openForward(mailHost, mailPort, FROM_HERE);
    return await speaksTls(channel.stream, PROBE_TIMEOUT_MS);
  } catch {
    // The proof failed by silence already; that is told then.
    return false;
  }
}

import type { Forward } from '../shared/account';
import type { FarEnd } from './forward-pipe';
import { GREETING_TIMEOUT_MS } from './greeting';
import { trustForMail } from './mail-trust';
import type { EngineSettings } from './ports';
import type { SshSession } from './ssh-session';
import { bridged } from './tls-bridge';
import { TunnelFailure } from './tunnel-failure';

/**
 * Opens a forward's way to its mail server: a channel, and the TLS bridge in it where the forward has one.
 *
 * @param from the mail program's address, which the SSH server is told
 * @throws TunnelFailure `connection-lost` when the session is gone, or why the mail server could not be reached
 */
export type OpenMailServer = (
  session: SshSession,
  forward: Forward,
  from: { readonly address: string; readonly port: number },
) => Promise<FarEnd>;

/** @param settings read afresh for every connection */
export function mailOpener(settings: () => EngineSettings): OpenMailServer {
  return async (session, forward, from) => {
    const { waits, extraCaFile } = settings();
    const { mailHost, mailPort } = forward;
    const channel = await session.openForward(mailHost, mailPort, from, waits?.open);
    try {
      return await bridged(channel, forward, {
        trust: () => trustForMail(extraCaFile ?? null),
        timeoutMs: waits?.greet ?? GREETING_TIMEOUT_MS,
      });
    } catch (thrown) {
      const { lost } = session;
      throw lost === null ? thrown : new TunnelFailure(lost);
    }
  };
}

import type { Account, Forward, ForwardProtocol } from '../../electron/shared/account';

/** Who keeps one part of the way private: the tunnel, Mailmole's TLS in it, the mail program's own encryption, or nobody. */
export type Leg = 'tunnel' | 'bridge' | 'mail-program' | 'nobody';

/** The way that mail goes from this computer, for the forwards that share it. */
export interface MailPath {
  readonly protocols: readonly ForwardProtocol[];
  readonly server: string;
  /** Null when the mail server is the server that the tunnel ends at. */
  readonly mailServer: string | null;
  /** The part from the server to the mail server; the part before it is always the tunnel's. */
  readonly beyond: Leg | null;
}

const OWN_NAMES = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/iu;

function isSameHost(mailHost: string, sshHost: string): boolean {
  return OWN_NAMES.test(mailHost) || mailHost.toLowerCase() === sshHost.toLowerCase();
}

function pathOf(forward: Forward, sshHost: string): MailPath {
  const protocols = [forward.protocol];
  if (isSameHost(forward.mailHost, sshHost)) {
    return { protocols, server: sshHost, mailServer: null, beyond: null };
  }
  return { protocols, server: sshHost, mailServer: forward.mailHost, beyond: beyondOf(forward) };
}

function beyondOf({ protocol, tls }: Forward): Leg {
  if (tls !== 'none') return 'bridge';
  return protocol === 'pop3s' || protocol === 'imaps' ? 'mail-program' : 'nobody';
}

/** The ways a mailbox's mail goes, one for each different one, in the order of its forwards. */
export function mailPathsOf(account: Pick<Account, 'sshHost' | 'forwards'>): readonly MailPath[] {
  const paths: MailPath[] = [];
  for (const forward of account.forwards) {
    const path = pathOf(forward, account.sshHost);
    const at = paths.findIndex(
      ({ mailServer, beyond }) => mailServer === path.mailServer && beyond === path.beyond,
    );
    const same = paths[at];
    if (same === undefined) paths.push(path);
    else paths[at] = { ...same, protocols: [...new Set([...same.protocols, forward.protocol])] };
  }
  return paths;
}

import type { Account, Forward, ForwardProtocol, Route } from '../../electron/shared/account';

/** Who keeps one part of the way private: the tunnel, Mailmole's TLS in it, the mail program's own encryption, or nobody. */
export type Leg = 'tunnel' | 'bridge' | 'mail-program' | 'nobody';

/** Where the tunnel passes through on its way, without being read there. */
export interface Passage {
  readonly kind: 'proxy' | 'jump';
  readonly host: string;
}

/** The way that mail goes from this computer, for the forwards that share it. */
export interface MailPath {
  readonly protocols: readonly ForwardProtocol[];
  /** What the tunnel passes through before the server, in that order. */
  readonly via: readonly Passage[];
  readonly server: string;
  /** Null when the mail server is the server that the tunnel ends at. */
  readonly mailServer: string | null;
  /** The part from the server to the mail server; every part before it is the tunnel's. */
  readonly beyond: Leg | null;
}

const OWN_NAMES = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/iu;

function isSameHost(mailHost: string, sshHost: string): boolean {
  return OWN_NAMES.test(mailHost) || mailHost.toLowerCase() === sshHost.toLowerCase();
}

/** A route's stations, from the one nearest to this computer on. */
function passagesOf(route: Route): readonly Passage[] {
  switch (route.kind) {
    case 'direct':
      return [];
    case 'socks5':
    case 'http':
      return [{ kind: 'proxy', host: route.host }];
    case 'jump':
      return [...passagesOf(route.route), { kind: 'jump', host: route.host }];
  }
}

function endOf(forward: Forward, sshHost: string): Pick<MailPath, 'mailServer' | 'beyond'> {
  if (isSameHost(forward.mailHost, sshHost)) return { mailServer: null, beyond: null };
  return { mailServer: forward.mailHost, beyond: beyondOf(forward) };
}

function beyondOf({ protocol, tls }: Forward): Leg {
  if (tls !== 'none') return 'bridge';
  return protocol === 'pop3s' || protocol === 'imaps' ? 'mail-program' : 'nobody';
}

type Routed = Pick<Account, 'sshHost' | 'route' | 'forwards'>;

/** The ways a mailbox's mail goes, one for each different one, in the order of its forwards. */
export function mailPathsOf({ sshHost: server, route, forwards }: Routed): readonly MailPath[] {
  const paths: MailPath[] = [];
  const via = passagesOf(route);
  for (const forward of forwards) {
    const end = endOf(forward, server);
    const at = paths.findIndex(
      ({ mailServer, beyond }) => mailServer === end.mailServer && beyond === end.beyond,
    );
    const same = paths[at];
    if (same === undefined) paths.push({ protocols: [forward.protocol], via, server, ...end });
    else paths[at] = { ...same, protocols: [...new Set([...same.protocols, forward.protocol])] };
  }
  return paths;
}

/**
 * The forwards with Mailmole's own encryption (STARTTLS) between the server and this mail server, where there was none:
 * what the picture of the way offers.
 */
export function bridged(
  { sshHost, forwards }: Pick<Account, 'sshHost' | 'forwards'>,
  mailServer: string,
): readonly Forward[] {
  return forwards.map((forward) => {
    const end = endOf(forward, sshHost);
    return end.mailServer === mailServer && end.beyond === 'nobody'
      ? { ...forward, tls: 'starttls' }
      : forward;
  });
}

import type { Account } from '../../electron/shared/account';
import type { TunnelError } from '../../electron/shared/tunnel-error';

/** The field of the form (a path in the draft) where an error is most likely mended. */
export function fieldToMend(error: TunnelError, { forwards }: Pick<Account, 'forwards'>): string {
  switch (error.kind) {
    case 'port-in-use':
    case 'port-forbidden':
    case 'address-unavailable': {
      const index = forwards.findIndex(({ localPort }) => localPort === error.port);
      return `forwards.${Math.max(index, 0)}.localPort`;
    }
    case 'forward-refused':
    case 'no-greeting':
    case 'wrong-greeting':
    case 'certificate-refused':
    case 'tls-failed': {
      const name = error.kind === 'tls-failed' ? 'tls' : 'mailHost';
      const index = forwards.findIndex(
        ({ mailHost, mailPort }) => mailHost === error.mailHost && mailPort === error.mailPort,
      );
      return `forwards.${Math.max(index, 0)}.${name}`;
    }
    case 'sign-in-refused':
    case 'no-way-to-sign-in':
    case 'agent-unavailable':
    case 'key-not-installed':
      return 'signIn';
    case 'key-unusable':
    case 'key-not-made':
      return 'signIn.path';
    case 'connection-refused':
    case 'not-ssh':
      return 'sshPort';
    case 'host-not-found':
    case 'unreachable':
    case 'timed-out':
    case 'proxy-failed':
    case 'no-common-algorithm':
    case 'host-key-changed':
    case 'host-key-revoked':
      return 'sshHost';
    case 'answer-needed':
    case 'cancelled-by-person':
    case 'connection-lost':
    case 'no-network':
    case 'known-hosts-unusable':
    case 'engine-stopped':
    case 'unexpected':
      return 'name';
  }
}

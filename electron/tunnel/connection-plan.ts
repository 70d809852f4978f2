import type { Account, AccountId, Forward, SignIn } from '../shared/account';
import { assertNever } from '../shared/result';
import type { EngineSettings } from './ports';

/** One way of signing in, as it will be tried. */
export type AuthStep =
  | {
      readonly kind: 'key-file';
      readonly path: string;
      /** Chosen by the person: trouble with it is an error, not a reason to try the next. */ readonly required: boolean;
    }
  | { readonly kind: 'agent'; readonly required: boolean }
  | { readonly kind: 'keyboard-interactive' }
  | { readonly kind: 'password' };

/** Everything needed to make one SSH connection; built before connecting, so that nothing is decided half-way. */
export interface ConnectionPlan {
  readonly accountId: AccountId;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly steps: readonly AuthStep[];
  readonly compression: boolean;
  readonly timeouts: { readonly reach: number; readonly verify: number; readonly signIn: number };
  readonly keepalive: { readonly intervalMs: number; readonly count: number };
}

/**
 * The order of signing in: the chosen key or the agent and the default keys first, then what the server asks for
 * (keyboard-interactive), then a password. A password is never offered before a key (ssh2's own order would).
 */
export function buildPlan(account: Account, settings: EngineSettings): ConnectionPlan {
  const { waits = {} } = settings;
  return {
    accountId: account.id,
    host: account.sshHost,
    port: account.sshPort,
    user: account.sshUser,
    steps: stepsFor(account.signIn, settings),
    compression: account.compression,
    timeouts: {
      reach: waits.reach ?? 20_000,
      verify: waits.verify ?? 30_000,
      signIn: waits.signIn ?? 60_000,
    },
    keepalive: { intervalMs: waits.keepalive ?? 15_000, count: 3 },
  };
}

function stepsFor(signIn: SignIn, settings: EngineSettings): readonly AuthStep[] {
  const asked: AuthStep[] = [{ kind: 'keyboard-interactive' }, { kind: 'password' }];
  switch (signIn.kind) {
    case 'key-file':
      return [{ kind: 'key-file', path: signIn.path, required: true }, ...asked];
    case 'agent':
      return [{ kind: 'agent', required: true }, ...asked];
    case 'automatic':
      return [
        { kind: 'agent', required: false },
        ...settings.defaultKeyFiles.map(
          (path) => ({ kind: 'key-file', path, required: false }) as const,
        ),
        ...asked,
      ];
    case 'password':
      return asked;
    default:
      return assertNever(signIn);
  }
}

/** What of an account matters to a running tunnel: a change of anything else needs no reconnect. */
export function connectionMatters(before: Account, after: Account): boolean {
  const essence = (account: Account) =>
    JSON.stringify([
      account.sshHost,
      account.sshPort,
      account.sshUser,
      account.signIn,
      account.compression,
      account.route,
      account.oldServer,
      account.forwards.map(forwardEssence),
    ]);
  return essence(before) !== essence(after);
}

function forwardEssence(forward: Forward): readonly unknown[] {
  const { id, protocol, localAddress, localPort, mailHost, mailPort, tls } = forward;
  return [id, protocol, localAddress, localPort, mailHost, mailPort, tls];
}

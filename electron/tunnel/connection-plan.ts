import type { Account, AccountId, Route, SignIn } from '../shared/account';
import { assertNever } from '../shared/result';
import type { EngineSettings } from './ports';

/** One way of signing in, as it will be tried. */
export type AuthStep =
  | {
      readonly kind: 'key-file';
      readonly path: string;
      /** Chosen by the person: trouble with it is an error, not a reason to try the next. */ readonly required: boolean;
    }
  | {
      readonly kind: 'agent';
      readonly required: boolean;
      /** Its own socket or pipe; null for the agent that is running. */
      readonly socket: string | null;
      /** Only the key with this fingerprint; null for all. */
      readonly key: string | null;
    }
  | { readonly kind: 'keyboard-interactive' }
  | { readonly kind: 'password' };

/** How a plan's server is reached: a jump is a plan of its own. */
export type PlannedRoute =
  Exclude<Route, { kind: 'jump' }> | { readonly kind: 'jump'; readonly via: ConnectionPlan };

/** Everything needed to make one SSH connection; built before connecting, so that nothing is decided half-way. */
export interface ConnectionPlan {
  readonly accountId: AccountId;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly route: PlannedRoute;
  readonly steps: readonly AuthStep[];
  readonly compression: boolean;
  /** Also offer what only servers of the past need, SHA-1 signatures among it. */
  readonly oldServer: boolean;
  readonly timeouts: { readonly reach: number; readonly verify: number; readonly signIn: number };
  /** In place of Mailmole's own; null for that. */
  readonly knownHostsFile: string | null;
  readonly keepalive: { readonly intervalMs: number; readonly count: number };
}

/** An old server on a slow computer needs this long for its part of the key exchange. */
const SHORTEST_VERIFY_MS = 30_000;

/**
 * The order of signing in: the chosen key or the agent and the default keys first, then what the server asks for
 * (keyboard-interactive), then a password. A password is never offered before a key (ssh2's own order would).
 */
export function buildPlan(account: Account, settings: EngineSettings): ConnectionPlan {
  const { waits = {} } = settings;
  const { connection } = account;
  const reach = connection.connectTimeoutSeconds * 1000;
  const shared = {
    accountId: account.id,
    timeouts: {
      reach: waits.reach ?? reach,
      verify: waits.verify ?? Math.max(reach, SHORTEST_VERIFY_MS),
      signIn: waits.signIn ?? 60_000,
    },
    knownHostsFile: connection.knownHostsFile,
    keepalive: {
      intervalMs: waits.keepalive ?? connection.keepaliveSeconds * 1000,
      count: connection.keepaliveCount,
    },
  };
  return {
    ...shared,
    host: account.sshHost,
    port: account.sshPort,
    user: account.sshUser,
    route: planned(account.route),
    steps: stepsFor(account.signIn, settings),
    compression: account.compression,
    oldServer: account.oldServer,
  };

  function planned(route: Route): PlannedRoute {
    if (route.kind !== 'jump') return route;
    const { host, port, user } = route;
    const steps = stepsFor(route.signIn, settings);
    // What goes through a hop is encrypted already, which leaves nothing to compress; and old is the account's server.
    const via = { ...shared, host, port, user, steps, compression: false, oldServer: false };
    return { kind: 'jump', via: { ...via, route: planned(route.route) } };
  }
}

/** What this computer connects to first on the way to an account's server: that itself, a proxy or a hop. */
export function firstHost({ sshHost, route }: Pick<Account, 'sshHost' | 'route'>): string {
  switch (route.kind) {
    case 'direct':
      return sshHost;
    case 'socks5':
    case 'http':
      return route.host;
    case 'jump':
      return firstHost({ sshHost: route.host, route: route.route });
  }
}

function stepsFor(signIn: SignIn, settings: EngineSettings): readonly AuthStep[] {
  const asked: AuthStep[] = [{ kind: 'keyboard-interactive' }, { kind: 'password' }];
  switch (signIn.kind) {
    case 'key-file':
      return [{ kind: 'key-file', path: signIn.path, required: true }, ...asked];
    case 'agent':
      return [{ ...signIn, required: true }, ...asked];
    case 'automatic':
      return [
        { kind: 'agent', required: false, socket: null, key: null },
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

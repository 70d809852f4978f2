import type { Duplex } from 'node:stream';
import type { AttemptSecrets } from '../secrets/key-ring';
import type { ConnectionPlan } from './connection-plan';
import { dialWithin } from './dial-within';
import { throughHop } from './jump';
import type { Person } from './person';
import { throughProxy } from './proxy-route';
import type { SshSession } from './ssh-session';

export interface Way {
  readonly plan: ConnectionPlan;
  readonly person: Person;
  /** For the passwords of proxies, which are accepted by those and not by the server. */
  readonly proxySecrets: AttemptSecrets;
  /** Signs in to the server that the plan jumps from. */
  readonly openHop: () => Promise<SshSession>;
}

/**
 * Reaches the plan's server by the plan's route: a stream that leads there, with nothing of the server read from it
 * yet. Whatever lies below the stream ends with it.
 *
 * @throws TunnelFailure why the server could not be reached; it names the proxy or the server where it failed
 */
export async function reachServer(way: Way, signal: AbortSignal): Promise<Duplex> {
  const { plan, openHop } = way;
  const { route } = plan;
  switch (route.kind) {
    case 'direct':
      return dialWithin(plan.timeouts.reach, plan, signal);
    case 'socks5':
    case 'http':
      return throughProxy(route, way, signal);
    case 'jump':
      return throughHop(await openHop(), route.via, plan, signal);
  }
}

import type { Socket } from 'node:net';
import type { Route } from '../shared/account';
import type { TunnelError } from '../shared/tunnel-error';
import type { AttemptSecrets } from '../secrets/key-ring';
import type { Secret } from '../secrets/secret';
import type { ConnectionPlan } from './connection-plan';
import { dialWithin, within, type Place } from './dial-within';
import { throughHttpConnect } from './http-connect';
import { TRIES } from './key-offers';
import { askSecret, type Person } from './person';
import { ProxyFailure, type ProxyCredentials } from './proxy-talk';
import { throughSocks5 } from './socks5';
import { TunnelFailure } from './tunnel-failure';

/** A way that leads through a proxy. */
export type ProxyRoute = Extract<Route, { kind: 'socks5' | 'http' }>;

export interface ProxyUser {
  readonly plan: ConnectionPlan;
  readonly person: Person;
  readonly proxySecrets: AttemptSecrets;
}

/**
 * Reaches the plan's server through a proxy. Its password is asked for only once it is known to be there, kept once
 * it accepted that, and forgotten when it did not; it may be typed wrong three times. No clock runs meanwhile.
 *
 * @throws TunnelFailure in terms of the proxy, or of the server where the proxy says that this could not be reached
 */
export async function throughProxy(
  route: ProxyRoute,
  { plan, person, proxySecrets }: ProxyUser,
  signal: AbortSignal,
): Promise<Socket> {
  const { host, port, user } = route;
  const { reach } = plan.timeouts;
  const name = `proxy-password:${user ?? ''}@${host}:${port}`;
  const lead = route.kind === 'socks5' ? throughSocks5 : throughHttpConnect;
  for (let typed = 0; ;) {
    const socket = await dialWithin(reach, route, signal);
    const password = user === null ? null : proxySecrets.get(name);
    if (user !== null && password === undefined) {
      // Proxies do not wait for long; there will be a new connection.
      socket.destroy();
      proxySecrets.offer(name, await askPassword(person, { host, user }, typed > 0));
      typed++;
      continue;
    }
    const failure = await within(reach, route, signal, (both) =>
      failureOf(lead(socket, plan, credentials(user, password), both)),
    );
    if (failure === null) {
      proxySecrets.accept();
      return socket;
    }
    const refused = failure.reason === 'sign-in-refused';
    if (refused) proxySecrets.refuse(name);
    if (!refused || typed >= TRIES) throw new TunnelFailure(inTermsOf(failure, route, plan));
  }
}

function askPassword(
  person: Person,
  { host, user }: { host: string; user: string },
  wrongBefore: boolean,
): Promise<Secret> {
  return askSecret(person.at(host), 'password', { kind: 'password', user, host, wrongBefore });
}

function credentials(
  user: string | null,
  password: Secret | null | undefined,
): ProxyCredentials | null {
  return user === null || !password ? null : { user, password };
}

/** The proxy's own failure; everything else is thrown on. */
async function failureOf(leading: Promise<void>): Promise<ProxyFailure | null> {
  try {
    await leading;
    return null;
  } catch (thrown) {
    if (thrown instanceof ProxyFailure) return thrown;
    throw thrown;
  }
}

function inTermsOf({ reason, detail }: ProxyFailure, proxy: Place, target: Place): TunnelError {
  const { host, port } = target;
  const through = `through ${proxy.host}: ${detail}`;
  switch (reason) {
    case 'refused':
      return { kind: 'connection-refused', host, port, detail: through };
    case 'unreachable':
      return { kind: 'unreachable', host, port, detail: through };
    case 'forbidden':
    case 'sign-in-needed':
    case 'sign-in-refused':
    case 'not-a-proxy':
    case 'other':
      return { kind: 'proxy-failed', host: proxy.host, port: proxy.port, reason, detail };
  }
}

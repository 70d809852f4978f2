import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Route } from '../../../electron/shared/account';
import { AttemptSecrets, KeyRing } from '../../../electron/secrets/key-ring';
import { buildPlan, firstHost, type PlannedRoute } from '../../../electron/tunnel/connection-plan';
import { reachServer } from '../../../electron/tunnel/reach';
import { TunnelFailure } from '../../../electron/tunnel/tunnel-failure';
import { listen } from './ssh-pair';
import { accountOf, nobody, personWho, PLAN, type Answers } from './stand-ins';

const settings = {
  knownHostsFiles: [],
  ownKnownHostsFile: '/own',
  defaultKeyFiles: ['/a'],
  agentSocket: null,
  waits: { reach: 1, keepalive: 2 },
};
const PROXY = { kind: 'socks5', host: 'proxy', port: 1080, user: 'u' } as const;

function jump(host: string, route: Route): Route {
  return { kind: 'jump', host, port: 22, user: `at-${host}`, signIn: { kind: 'password' }, route };
}

describe('a planned route', () => {
  it('holds a whole plan for each hop, the nearest innermost', () => {
    const route = jump('b', jump('a', PROXY));
    const plan = buildPlan(accountOf({ route, compression: true, oldServer: true }), settings);
    const asked = [{ kind: 'keyboard-interactive' }, { kind: 'password' }];
    const hop = (host: string, user: string, onward: unknown) => ({
      ...{ accountId: 'a', host, port: 22, user, steps: asked, route: onward },
      ...{ compression: false, oldServer: false, knownHostsFile: null },
      timeouts: plan.timeouts,
      keepalive: { intervalMs: 2, count: 3 },
    });
    const via = hop('b', 'at-b', { kind: 'jump', via: hop('a', 'at-a', PROXY) });
    expect(plan).toMatchObject({ compression: true, oldServer: true, timeouts: { reach: 1 } });
    expect(plan.route).toEqual({ kind: 'jump', via });
  });

  it.each<[Route, string]>([
    [{ kind: 'direct' }, 'server'],
    [PROXY, 'proxy'],
    [jump('b', { kind: 'direct' }), 'b'],
    [jump('b', jump('a', { kind: 'direct' })), 'a'],
    [jump('b', jump('a', PROXY)), 'proxy'],
  ])('begins where this computer connects to: %j', (route, host) => {
    expect(firstHost({ sshHost: 'server', route })).toBe(host);
  });
});

describe('reaching', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A server that takes connections and says nothing; how many it has taken. */
  async function silent(): Promise<{ port: number; taken: () => number }> {
    let taken = 0;
    const server = createServer((socket) => {
      taken++;
      socket.on('error', () => undefined).resume();
    });
    servers.push(server);
    return { port: await listen(server), taken: () => taken };
  }

  const never = new AbortController().signal;

  async function failureOf(
    route: PlannedRoute,
    { answers = nobody, signal = never }: { answers?: Answers; signal?: AbortSignal } = {},
  ): Promise<{ error: unknown; asked: readonly unknown[] }> {
    const { person, asked } = personWho(answers);
    const plan = { ...PLAN, route, timeouts: { ...PLAN.timeouts, reach: 200 } };
    const proxySecrets = new AttemptSecrets(new KeyRing());
    const openHop = () =>
      Promise.reject(new TunnelFailure({ kind: 'connection-lost', host: 'hop', detail: '' }, true));
    const way = { plan, person, proxySecrets, openHop };
    const thrown: unknown = await reachServer(way, signal).then(
      () => null,
      (failure: unknown) => failure,
    );
    if (!(thrown instanceof TunnelFailure)) throw new Error('no failure', { cause: thrown });
    return { error: thrown, asked };
  }

  it.each(['socks5', 'http'] as const)('gives a silent %s proxy up, by its name', async (kind) => {
    const { port } = await silent();
    const { error } = await failureOf({ kind, host: '127.0.0.1', port, user: null });
    expect(error).toMatchObject({
      error: { kind: 'timed-out', host: '127.0.0.1', phase: 'reaching-server' },
    });
  });

  it('lets no clock run while a person looks for the password of a proxy', async () => {
    const { port, taken } = await silent();
    const answers = async () => {
      // It takes longer than a proxy may take: until another one is given up.
      await failureOf({ kind: 'http', host: '127.0.0.1', port, user: null });
      return { kind: 'secret', secret: 's' } as const;
    };
    const route = { kind: 'http', host: '127.0.0.1', port, user: 'u' } as const;
    const { error, asked } = await failureOf(route, { answers });
    expect(error).toMatchObject({ error: { kind: 'timed-out' } });
    expect(asked).toEqual([{ kind: 'password', user: 'u', host: '127.0.0.1', wrongBefore: false }]);
    expect(taken()).toBe(3);
  });

  it('asks nobody for the password of a proxy that is not there', async () => {
    const { port } = await silent();
    servers.splice(0).forEach((server) => server.close());
    const route = { kind: 'socks5', host: '127.0.0.1', port, user: 'u' } as const;
    const { error } = await failureOf(route);
    expect(error).toMatchObject({ error: { kind: 'connection-refused', port } });
  });

  it('ends with its attempt', async () => {
    const { port } = await silent();
    const signal = AbortSignal.timeout(50);
    const route = { kind: 'socks5', host: '127.0.0.1', port, user: null } as const;
    const { error } = await failureOf(route, { signal });
    expect(error).toMatchObject({ error: { kind: 'connection-lost', detail: 'stopped' } });
  });

  it('fails as its hop does, and goes on where that does', async () => {
    const { error } = await failureOf({ kind: 'jump', via: PLAN });
    expect(error).toMatchObject({ error: { host: 'hop' }, redial: true });
  });
});

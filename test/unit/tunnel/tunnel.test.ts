import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_CONNECTION, type Account } from '../../../electron/shared/account';
import type { SessionFacts, Traffic } from '../../../electron/shared/app-snapshot';
import type { TunnelState } from '../../../electron/shared/tunnel-state';
import { KeyRing } from '../../../electron/secrets/key-ring';
import { findFreePort } from '../../../electron/tunnel/free-port';
import { HOLD_MS } from '../../../electron/tunnel/clients';
import { HostKeys } from '../../../electron/tunnel/host-keys';
import { KeyOpener } from '../../../electron/tunnel/key-opener';
import { ASK_AGAIN_MS, IDLE_CLOSE_MS } from '../../../electron/tunnel/tunnel-steps';
import { TunnelManager } from '../../../electron/tunnel/tunnel-manager';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { sayGarbage, startAuthServer, type AuthServer } from './auth-server';
import { HandClock, accountOf, forwardOf } from './stand-ins';

describe('a tunnel', () => {
  let folder: WorldFolder;
  let server: AuthServer;
  let clock: HandClock;
  let manager: TunnelManager;
  let states: TunnelState[];
  let traffic: Traffic | null;
  let facts: SessionFacts | null;
  let port: number;
  /** What the mail server says first; null for nothing. */
  let greeting: string | null;
  const programs: Socket[] = [];

  beforeEach(async () => {
    folder = await makeWorldFolder('tunnel');
    greeting = '+OK ready\r\n';
    server = await startAuthServer({
      ways: [],
      first: (context) => {
        context.accept();
        return true;
      },
      onForward: (accept) => {
        const channel = accept();
        channel.on('error', () => undefined);
        channel.on('end', () => channel.end());
        channel.resume();
        if (greeting === null) channel.end();
        else channel.write(greeting);
      },
    });
    const knownHosts = await folder.write('known_hosts', server.hostLine);
    clock = new HandClock();
    states = [];
    traffic = null;
    facts = null;
    port = await findFreePort('localhost', 20_000 + Math.floor(Math.random() * 20_000));
    const settings = {
      knownHostsFiles: [knownHosts],
      ownKnownHostsFile: folder.file('own'),
      defaultKeyFiles: [],
      agentSocket: null,
    };
    manager = new TunnelManager({
      settings: () => settings,
      hostKeys: new HostKeys([knownHosts], folder.file('own')),
      keyRing: new KeyRing(),
      opener: new KeyOpener(new URL('file:///no-worker')),
      prompter: {
        ask: () => {
          throw new Error('nobody is to be asked');
        },
      },
      clock,
      log: () => undefined,
      inWords: (error) => error.kind,
      onState: (_id, state, now, session) => {
        traffic = now;
        facts = session;
        if (states.at(-1) !== state) states.push(state);
      },
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    for (const program of programs.splice(0)) program.destroy();
    await manager.closeAll();
    server.stop();
    await folder.remove();
  });

  const account = (more: Partial<Account> = {}): Account =>
    accountOf({
      sshHost: '127.0.0.1',
      sshPort: server.port,
      signIn: { kind: 'password' },
      forwards: [forwardOf({ localPort: port })],
      ...more,
    });
  const on = (more: Partial<Account> = {}, dial = true) =>
    manager.set(account(more), 'background', dial);
  const state = (): TunnelState => states.at(-1) ?? { kind: 'off' };
  const reaches = (kind: TunnelState['kind']) =>
    until(`it is ${kind}`, () => state().kind === kind, { detail: () => JSON.stringify(states) });
  const green = () =>
    until('it is green', () => {
      const now = state();
      return now.kind === 'connected' && now.proof.kind === 'greeted';
    });

  /** A mail program that connects; what it has got so far. */
  async function program(
    to = port,
  ): Promise<{ socket: Socket; got: () => string; ended: () => string | null }> {
    const socket = connect({ host: '127.0.0.1', port: to });
    programs.push(socket);
    let got = '';
    let ended: string | null = null;
    socket.on('data', (chunk) => (got += String(chunk)));
    socket.on('end', () => (ended ??= 'end'));
    socket.on('error', (error: NodeJS.ErrnoException) => (ended ??= error.code ?? 'error'));
    await once(socket, 'connect');
    return { socket, got: () => got, ended: () => ended };
  }

  async function holder(at: number): Promise<Server> {
    const taken = createServer();
    taken.listen({ port: at, host: '127.0.0.1', exclusive: true });
    await once(taken, 'listening');
    return taken;
  }

  async function isFree(at: number): Promise<boolean> {
    return (await findFreePort('localhost', at)) === at;
  }

  it('goes its way from the ports to the greeting, and leaves nothing when it is switched off', async () => {
    on();
    await green();
    const way = states.map((s) => (s.kind === 'connecting' ? s.phase : s.kind));
    expect(way.filter((step, i) => step !== way[i - 1])).toEqual([
      'reserving-port',
      'reaching-server',
      'verifying-host',
      'signing-in',
      'connected',
    ]);
    expect(clock.pending.filter((ms) => ms > 500)).toEqual([]);
    const one = await program();
    await until('the greeting', () => one.got() === '+OK ready\r\n');
    on({ wanted: false });
    await reaches('off');
    expect(await until('it is reset', () => one.ended())).toBe('ECONNRESET');
    await until('the port is free', () => isFree(port));
    await until('the server sees it go', () => server.sockets.every((socket) => socket.closed));
    await until('it counts nobody', () => traffic?.openConnections === 0);
  });

  it('on demand rests until a mail program comes, and again when it has been idle', async () => {
    on({ mode: 'on-demand' }, false);
    await reaches('ready');
    expect(server.sockets).toHaveLength(0);
    const one = await program();
    await until('it is served', () => one.got() === '+OK ready\r\n');
    await green();
    expect(clock.pending).not.toContain(IDLE_CLOSE_MS);
    one.socket.end();
    await until('the idle timer runs', () => clock.pending.includes(IDLE_CLOSE_MS));
    await until('it counts nobody', () => {
      clock.advance(500);
      return traffic?.openConnections === 0;
    });
    manager.set(account({ mode: 'on-demand', name: 'Renamed' }), 'person', true);
    expect(clock.pending.filter((ms) => ms > 500)).toHaveLength(1);
    clock.advance(IDLE_CLOSE_MS);
    expect(state().kind).toBe('ready');
    const next = await program();
    await until('the next is served', () => next.got() === '+OK ready\r\n');
    await green();
    next.socket.end();
    await until('the idle timer runs again', () => clock.pending.includes(IDLE_CLOSE_MS));
    // Another patience counts at once, and does not hang up.
    on({ mode: 'on-demand', connection: { ...DEFAULT_CONNECTION, idleSeconds: 7 } }, false);
    expect(clock.pending).toContain(7_000);
    expect(clock.pending).not.toContain(IDLE_CLOSE_MS);
    expect(state().kind).toBe('connected');
    clock.advance(7_000 - 1);
    expect(state().kind).toBe('connected');
    clock.advance(1);
    expect(state()).toMatchObject({ kind: 'ready', last: { text: '+OK ready' } });
    const two = await program();
    await until('it is served, too', () => two.got() === '+OK ready\r\n');
    expect(server.sockets).toHaveLength(3);
  });

  it('comes back when the line is lost, and resets what went through it', async () => {
    on();
    await green();
    const one = await program();
    await until('the greeting', () => one.got() !== '');
    server.sockets.at(-1)?.resetAndDestroy();
    await reaches('retrying');
    expect(await until('it is reset', () => one.ended())).toBe('ECONNRESET');
    expect(clock.pending).toContain(1_000);
    const held = await program();
    clock.advance(1_000);
    await until('the held one is served', () => held.got() === '+OK ready\r\n');
    await green();
  });

  it('does without compression once that broke a connection, until the account is changed', async () => {
    on({ compression: true });
    await green();
    expect(facts).toMatchObject({ compressed: true });
    sayGarbage(server.connections.at(-1));
    await reaches('retrying');
    manager.tryNow('a');
    await green();
    expect(facts).toMatchObject({ compressed: false });
    on({ compression: true, sshUser: 'v' });
    await until('it is compressed again', () => facts?.compressed === true);
  });

  it('is not green while the mail server does not greet, and asks it again', async () => {
    greeting = null;
    on();
    await until('it is told', () => {
      const now = state();
      return now.kind === 'connected' && now.proof.kind === 'failed';
    });
    expect(state()).toMatchObject({ proof: { error: { kind: 'no-greeting' } } });
    greeting = '+OK at last\r\n';
    clock.advance(ASK_AGAIN_MS);
    await green();
  });

  it('needs every forward to be greeted, and shows the first', async () => {
    const other = await findFreePort('localhost', port + 1);
    const forwards = [
      forwardOf({ localPort: port }),
      forwardOf({ id: 'g', localPort: other, protocol: 'imap' }),
    ];
    on({ forwards });
    await until('it is told', () => {
      const now = state();
      return now.kind === 'connected' && now.proof.kind === 'failed';
    });
    expect(state()).toMatchObject({
      proof: { error: { kind: 'wrong-greeting', expected: '* OK' } },
    });
  });

  describe('its ports', () => {
    it('are bound all or none, and a taken one is named before anybody is dialled', async () => {
      const other = await findFreePort('localhost', port + 1);
      const taken = await holder(other);
      on({ forwards: [forwardOf({ localPort: port }), forwardOf({ id: 'g', localPort: other })] });
      await reaches('needs-attention');
      expect(state()).toMatchObject({ error: { kind: 'port-in-use', port: other } });
      expect(server.sockets).toHaveLength(0);
      expect(await isFree(port)).toBe(true);
      taken.close();
      manager.tryNow('a');
      await green();
      expect(await isFree(port)).toBe(false);
    });

    it('are bound once, however often it is switched', async () => {
      for (let i = 0; i < 5; i++) {
        on();
        on({ wanted: false });
      }
      on();
      await green();
      expect(server.sockets.filter((socket) => !socket.closed)).toHaveLength(1);
      on({ wanted: false });
      await reaches('off');
      await until('the port is free', () => isFree(port));
    });

    it('move with the account, even while the old ones are still being bound', async () => {
      const other = await findFreePort('localhost', port + 1);
      on();
      on({ forwards: [forwardOf({ localPort: other })] });
      await green();
      expect(await isFree(port)).toBe(true);
      const one = await program(other);
      await until('it is served', () => one.got() !== '');
    });

    it('that cannot be bound any more after a change are not dialled for', async () => {
      const other = await findFreePort('localhost', port + 1);
      const taken = await holder(other);
      on();
      on({ forwards: [forwardOf({ localPort: other })] });
      await reaches('needs-attention');
      await until('nobody is connected', () => server.sockets.every((socket) => socket.closed));
      expect(state()).toMatchObject({ error: { kind: 'port-in-use', port: other } });
      taken.close();
    });
  });

  it('is not gone before the last of its connections is, however many it began', async () => {
    on();
    await green();
    // Its end takes a while, since the server no longer reads.
    server.sockets[0]?.pause();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    on({ sshUser: 'w' });
    await until('the next is there', () => server.sockets.length > 1);
    let gone = false;
    const removed = manager.remove('a').then(() => (gone = true));
    await until('the next has gone', () => server.sockets.slice(1).every(({ closed }) => closed));
    await until('the port is free', () => isFree(port));
    expect(gone).toBe(false);
    vi.advanceTimersByTime(1_000);
    await removed;
  });

  it('is gone for good once it is removed', async () => {
    on();
    await green();
    await manager.remove('a');
    expect(server.sockets.every((socket) => socket.readableEnded || socket.closed)).toBe(true);
    expect(await isFree(port)).toBe(true);
    manager.tryNow('a');
    manager.networkChanged(true);
    expect(state().kind).toBe('off');
  });

  describe('and the network', () => {
    it('of a server on this computer is no matter, not even after a move to it', async () => {
      manager.networkChanged(false);
      // A name that nobody knows, so that this ends in waiting for a network.
      on({ sshHost: 'no-such-host.invalid' });
      await reaches('offline');
      on();
      await green();
      server.sockets.at(-1)?.resetAndDestroy();
      await reaches('retrying');
    });

    it('that is away is waited for, and its return tries at once', async () => {
      manager.networkChanged(false);
      on({ sshHost: 'no-such-host.invalid' });
      await reaches('offline');
      expect(clock.pending.filter((ms) => ms > 500)).toEqual([]);
      manager.networkChanged(true);
      expect(state().kind).toBe('connecting');
      await reaches('retrying');
      on();
      await green();
      manager.networkChanged(false);
      on({ sshHost: 'no-such-host.invalid' });
      await reaches('offline');
    });
  });

  it('tells a mail program that waited in vain that there is no network', async () => {
    manager.networkChanged(false);
    on({ sshHost: 'no-such-host.invalid' });
    await reaches('offline');
    const waiting = await program();
    await until('it is held', () => clock.pending.includes(HOLD_MS));
    clock.advance(HOLD_MS);
    await until('it is told', () => waiting.got() !== '');
    expect(waiting.got()).toContain('no-network');
  });

  it('carries byte counts, told at most twice a second', async () => {
    on();
    await green();
    const one = await program();
    await until('the greeting', () => one.got() !== '');
    one.socket.write('USER me\r\n');
    clock.advance(500);
    await until('it is counted', () => {
      clock.advance(500);
      return traffic?.bytesUp === 9 && traffic.bytesDown === 11;
    });
  });
});

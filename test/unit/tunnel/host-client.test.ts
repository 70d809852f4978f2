import { beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../electron/shared/account';
import { NO_TRAFFIC } from '../../../electron/shared/app-snapshot';
import type { TunnelState } from '../../../electron/shared/tunnel-state';
import { startTunnelHost } from '../../../electron/tunnel/host-client';
import {
  commandSchema,
  type HostCommand,
  type HostEvent,
} from '../../../electron/tunnel/host-protocol';
import type { EngineSettings, HostProcess, TunnelHost } from '../../../electron/tunnel/ports';
import { HandClock, accountOf } from './stand-ins';

/** A tunnel host that lives in memory: it hears what is posted, and says and dies as it is told. */
class MemoryProcess implements HostProcess {
  readonly posted: HostCommand[] = [];
  killed = 0;
  #hear: (message: unknown) => void = () => undefined;
  #exit: (detail: string) => void = () => undefined;

  post(message: unknown): void {
    // Whatever crosses must be understood on the other side, and be data only.
    this.posted.push(commandSchema.parse(structuredClone(message)));
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#hear = listener;
  }
  onExit(listener: (detail: string) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.killed++;
  }

  says(event: HostEvent): void {
    this.#hear(structuredClone(event));
  }
  saysNonsense(message: unknown): void {
    this.#hear(message);
  }
  dies(detail = 'exit code 134'): void {
    this.#exit(detail);
  }
  types(): readonly string[] {
    return this.posted.map(({ type }) => type);
  }
}

const CONNECTED: TunnelState = {
  kind: 'connected',
  attempt: 2,
  since: 1,
  proof: { kind: 'asking' },
};
const READY: TunnelState = { kind: 'ready', since: 1, last: null };

describe('the tunnel host, as the main process holds it', () => {
  let clock: HandClock;
  let processes: MemoryProcess[];
  let settings: EngineSettings;
  let states: [string, TunnelState][];
  let prompts: string[];
  let log: string[];
  let host: TunnelHost;

  beforeEach(() => {
    clock = new HandClock();
    processes = [];
    settings = {
      knownHostsFiles: [],
      ownKnownHostsFile: '/own',
      defaultKeyFiles: [],
      agentSocket: null,
    };
    states = [];
    prompts = [];
    log = [];
    host = startTunnelHost({
      spawn: () => {
        const started = new MemoryProcess();
        processes.push(started);
        return started;
      },
      settings: () => settings,
      clock,
      listener: {
        stateChanged: (id, state) => states.push([id, state]),
        promptOpened: (id) => prompts.push(`+${id}`),
        promptClosed: (id) => prompts.push(`-${id}`),
        log: (level, text) => log.push(`${level}: ${text}`),
      },
    });
  });

  const current = (): MemoryProcess => {
    const last = processes.at(-1);
    if (last === undefined) throw new Error('none was started');
    return last;
  };
  const state = (id: string, value: TunnelState): HostEvent => ({
    type: 'state',
    id,
    state: value,
    traffic: NO_TRAFFIC,
    session: null,
  });
  const account = (id: string, more: Partial<Account> = {}) => accountOf({ id, ...more });

  it('is started at once, and told the settings and the network first', () => {
    expect(processes).toHaveLength(1);
    expect(current().posted).toEqual([
      { type: 'settings', settings },
      { type: 'network', online: true },
    ]);
  });

  it('is told everything in its own words', () => {
    const one = account('a');
    host.setAccount(one, 'person');
    host.setAccount(one, 'background');
    host.tryNow('a');
    host.acceptChangedKey('a', 'SHA256:x');
    host.answer('q', { kind: 'secret', secret: 's' });
    host.networkChanged(false);
    host.power('resumed');
    host.lock();
    host.removeAccount('a');
    const said = current()
      .posted.slice(2)
      .filter(({ type }) => type !== 'settings');
    expect(said).toEqual([
      { type: 'set-account', account: one, by: 'person', dial: true },
      { type: 'set-account', account: one, by: 'background', dial: false },
      { type: 'try-now', id: 'a' },
      { type: 'accept-changed-key', id: 'a', fingerprint: 'SHA256:x' },
      { type: 'answer', id: 'q', answer: { kind: 'secret', secret: 's' } },
      { type: 'network', online: false },
      { type: 'power', what: 'resumed' },
      { type: 'lock' },
      { type: 'remove-account', id: 'a' },
    ]);
  });

  it('hears of an agent that was started meanwhile, before anything is dialled', () => {
    settings = { ...settings, agentSocket: '/run/agent' };
    host.tryNow('a');
    expect(current().posted.slice(2)).toEqual([
      { type: 'settings', settings },
      { type: 'try-now', id: 'a' },
    ]);
  });

  it('passes on states, questions and its log; states of an account that is gone are not', () => {
    host.setAccount(account('a'), 'background');
    current().says(state('a', CONNECTED));
    current().says(state('gone', CONNECTED));
    current().says({ type: 'log', level: 'warn', text: 'hm' });
    const request = { kind: 'password', user: 'u', host: 'h', wrongBefore: false } as const;
    current().says({ type: 'prompt', id: 'q', accountId: 'a', request });
    current().says({ type: 'prompt-gone', id: 'q' });
    expect(states).toEqual([['a', CONNECTED]]);
    expect(log).toEqual(['warn: hm']);
    expect(prompts).toEqual(['+q', '-q']);
  });

  it.each([
    ['no object', 'hunter2'],
    ['nothing', undefined],
    ['an unknown type', { type: 'hunter2' }],
    [
      'a state that is none',
      { type: 'state', id: 'a', state: { kind: 'hunter2' }, traffic: NO_TRAFFIC, session: null },
    ],
    ['a field of another kind', { type: 'log', level: 'warn', text: ['hunter2'] }],
    ['an unknown level', { type: 'log', level: 'hunter2', text: 'hunter2' }],
    [
      'a prompt that is none',
      { type: 'prompt', id: 'q', accountId: 'a', request: { kind: 'password', user: 'hunter2' } },
    ],
  ])('says that it did not understand %s, without its content', (_what, message) => {
    current().saysNonsense(message);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^error: a message from the tunnel host was not understood/);
    expect(log[0]).not.toContain('hunter2');
    expect([states, prompts]).toEqual([[], []]);
  });

  describe('when it crashes', () => {
    it('is started again at once, with all accounts, by nobody, and dials what was up', () => {
      const [up, resting, off] = [
        account('up'),
        account('resting'),
        account('off', { wanted: false }),
      ];
      for (const one of [up, resting, off]) host.setAccount(one, 'person');
      current().says(state('up', CONNECTED));
      current().says(state('resting', READY));
      host.networkChanged(false);
      current().dies();
      clock.advance(0);
      expect(processes).toHaveLength(2);
      expect(current().posted).toEqual([
        { type: 'settings', settings },
        { type: 'network', online: false },
        { type: 'set-account', account: up, by: 'background', dial: true },
        { type: 'set-account', account: resting, by: 'background', dial: false },
        { type: 'set-account', account: off, by: 'background', dial: false },
      ]);
    });

    it('shows every mailbox as trying again, and closes every question', () => {
      host.setAccount(account('a'), 'background');
      host.setAccount(account('b', { wanted: false }), 'background');
      const request = { kind: 'password', user: 'u', host: 'h', wrongBefore: false } as const;
      for (const id of ['q1', 'q2'])
        current().says({ type: 'prompt', id, accountId: 'a', request });
      current().says({ type: 'prompt-gone', id: 'q1' });
      current().dies('SIGSEGV');
      expect(states).toEqual([
        [
          'a',
          {
            kind: 'retrying',
            tries: 1,
            retryAt: clock.now(),
            cause: { kind: 'engine-stopped', detail: 'SIGSEGV' },
          },
        ],
        ['b', { kind: 'off' }],
      ]);
      expect(prompts).toEqual(['+q1', '+q2', '-q1', '-q2']);
      expect(log).toEqual(['error: the tunnel host ended unexpectedly: SIGSEGV']);
    });

    it('is heard no more, and told nothing, until the next one runs', () => {
      host.setAccount(account('a'), 'background');
      const dead = current();
      dead.dies();
      dead.dies();
      dead.says(state('a', CONNECTED));
      const before = dead.posted.length;
      host.lock();
      expect(dead.posted).toHaveLength(before);
      expect(states.map(([, { kind }]) => kind)).toEqual(['retrying']);
      clock.advance(0);
      expect(processes).toHaveLength(2);
    });

    it('again and again is started with growing waits, up to a minute, and from the start once it was well', () => {
      const waits: number[] = [];
      const crash = () => {
        current().dies();
        waits.push(...clock.pending);
        clock.advance(clock.pending[0] ?? 0);
      };
      for (let i = 0; i < 8; i++) crash();
      expect(waits).toEqual([0, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
      clock.advance(60_001);
      waits.length = 0;
      crash();
      crash();
      expect(waits).toEqual([0, 2_000]);
    });

    it('takes over what was changed while it was down', () => {
      host.setAccount(account('a'), 'background');
      host.setAccount(account('b'), 'background');
      current().dies();
      host.setAccount(account('a', { name: 'Other' }), 'background');
      host.removeAccount('b');
      clock.advance(0);
      const accounts = current().posted.flatMap((c) =>
        c.type === 'set-account' ? [c.account] : [],
      );
      expect(accounts).toEqual([account('a', { name: 'Other' })]);
    });

    it('does for a person what they asked for while it was down', () => {
      host.setAccount(account('a', { wanted: false }), 'background');
      current().dies();
      host.setAccount(account('a'), 'person');
      clock.advance(0);
      expect(current().posted.at(-1)).toEqual({
        type: 'set-account',
        account: account('a'),
        by: 'person',
        dial: true,
      });
      current().dies();
      clock.advance(60_000);
      expect(current().posted.at(-1)).toMatchObject({ by: 'background', dial: false });
    });

    it('is started without waiting when a person wants to try now', () => {
      host.setAccount(account('a'), 'background');
      for (let i = 0; i < 4; i++) {
        current().dies();
        if (i < 3) clock.advance(60_000 - 1);
      }
      const count = processes.length;
      expect(clock.pending[0]).toBeGreaterThan(0);
      host.tryNow('a');
      expect(processes).toHaveLength(count + 1);
      expect(current().posted.at(-1)).toMatchObject({
        type: 'set-account',
        by: 'person',
        dial: true,
      });
      clock.advance(60_000);
      expect(processes).toHaveLength(count + 1);
    });
  });

  describe('when it is shut down', () => {
    it('is asked to, and waited for', async () => {
      let over = false;
      const shutting = host.shutDown().then(() => (over = true));
      expect(current().types().at(-1)).toBe('shut-down');
      await Promise.resolve();
      expect(over).toBe(false);
      current().says({ type: 'stopped' });
      current().dies('exit code 0');
      await shutting;
      expect(current().killed).toBe(0);
      expect(clock.pending).toEqual([]);
      expect(log.filter((line) => line.startsWith('error'))).toEqual([]);
    });

    it('is ended by force after 3 s', async () => {
      const shutting = host.shutDown();
      clock.advance(2_999);
      expect(current().killed).toBe(0);
      clock.advance(1);
      expect(current().killed).toBe(1);
      current().dies('SIGKILL');
      await shutting;
      clock.advance(120_000);
      expect(processes).toHaveLength(1);
    });

    it('twice is done once, and both hear of it', async () => {
      const both = Promise.all([host.shutDown(), host.shutDown()]);
      expect(
        current()
          .types()
          .filter((type) => type === 'shut-down'),
      ).toHaveLength(1);
      current().dies('exit code 0');
      await both;
      await host.shutDown();
    });

    it('while it is down is over at once, and never starts again', async () => {
      host.setAccount(account('a'), 'background');
      current().dies();
      await host.shutDown();
      host.tryNow('a');
      clock.advance(120_000);
      expect(processes).toHaveLength(1);
    });

    it('closes its questions and says nothing of a crash', async () => {
      host.setAccount(account('a'), 'background');
      const request = { kind: 'password', user: 'u', host: 'h', wrongBefore: false } as const;
      current().says({ type: 'prompt', id: 'q', accountId: 'a', request });
      const shutting = host.shutDown();
      current().dies('exit code 0');
      await shutting;
      expect(prompts).toEqual(['+q', '-q']);
      expect(states).toEqual([]);
    });
  });
});

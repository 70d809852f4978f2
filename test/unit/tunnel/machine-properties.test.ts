import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TUNNEL_MODES, type TunnelMode } from '../../../electron/shared/account';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { reduce } from '../../../electron/tunnel/tunnel-machine';
import { currentAttempt } from '../../../electron/tunnel/tunnel-steps';
import {
  initialMachine,
  type Effect,
  type Machine,
  type TimerName,
  type TunnelEvent,
} from '../../../electron/tunnel/tunnel-events';
import { ANSWER, GREETING, KINDS, LOST, nameOf, REFUSED, STATES } from './machine-cases';

type PortWork = { readonly do: 'bind'; readonly attempt: number } | { readonly do: 'release' };

/**
 * The world a machine lives in, kept as `tunnel.ts` keeps it: port work done one after the other, attempts that run
 * until they end or are hung up, timers. It complains about everything that must never happen.
 */
class World {
  machine: Machine;
  readonly running = new Set<number>();
  readonly timers = new Map<TimerName, number>();
  readonly ports: PortWork[] = [];
  bound = false;
  #lastDialled = 0;

  constructor(mode: TunnelMode) {
    this.machine = initialMachine(mode);
  }

  send(event: TunnelEvent, random = 0.5): void {
    const { machine, effects } = reduce(this.machine, event, { now: 1_000, random });
    this.machine = machine;
    for (const effect of effects) this.#carryOut(effect);
    this.#inspect(event);
  }

  /** Does the port work that is due; true when it came out well. */
  workOnPorts(well: boolean): void {
    const work = this.ports.shift();
    if (work === undefined) return;
    if (work.do === 'release') {
      this.bound = false;
      return;
    }
    this.bound = well;
    const { attempt } = work;
    this.send(
      well
        ? { type: 'ports-bound', attempt }
        : {
            type: 'ports-failed',
            attempt,
            error: { kind: 'port-forbidden', address: 'a', port: 1 },
          },
    );
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'bind-ports':
        this.ports.push({ do: 'bind', attempt: effect.attempt });
        return;
      case 'release-ports':
        this.ports.push({ do: 'release' });
        return;
      case 'dial':
        expect(this.bound, 'dials with its ports bound').toBe(true);
        expect(this.ports, 'dials with no port work to come').toEqual([]);
        expect([...this.running], 'dials when no attempt runs').toEqual([]);
        expect(effect.attempt, 'names attempts upwards').toBeGreaterThan(this.#lastDialled);
        this.#lastDialled = effect.attempt;
        this.running.add(effect.attempt);
        return;
      case 'hang-up':
        this.running.delete(effect.attempt);
        return;
      case 'set-timer':
        expect(effect.ms).toBeGreaterThanOrEqual(0);
        this.timers.set(effect.timer, effect.ms);
        return;
      case 'clear-timer':
        this.timers.delete(effect.timer);
        return;
      case 'ask-greeting':
      case 'probe':
        expect(currentAttempt(this.machine.state), `${effect.do} of the current attempt`).toBe(
          effect.attempt,
        );
        return;
      case 'refuse-clients':
        return;
    }
  }

  #inspect(event: TunnelEvent): void {
    const { machine, timers } = this;
    const { state, mode, clients } = machine;
    const why = `after ${event.type} in ${state.kind}`;
    expect(timers.has('retry'), `retry timer ${why}`).toBe(state.kind === 'retrying');
    const mayRest = state.kind === 'connected' && mode === 'on-demand' && clients === 0;
    expect(timers.has('idle'), `idle timer ${why}`).toBe(mayRest);
    const asksAgain = state.kind === 'connected' && state.proof.kind === 'failed';
    if (!asksAgain) expect(timers.has('ask-again'), `ask-again timer ${why}`).toBe(false);
    const up = ['connecting', 'waiting-for-user', 'connected'].includes(state.kind);
    const reserving = state.kind === 'connecting' && this.ports.length > 0;
    if (up && !reserving)
      expect([...this.running], `running ${why}`).toEqual([currentAttempt(state)]);
    if (!up) expect([...this.running], `running ${why}`).toEqual([]);
    if (machine.portsBound) expect(this.bound || this.ports.length > 0, `bound ${why}`).toBe(true);
  }
}

/** What can happen next. `stale` picks an attempt of the past where the event names one. */
type Action =
  | { readonly do: 'ports'; readonly well: boolean }
  | { readonly do: 'timer'; readonly timer: TimerName }
  | {
      readonly do: 'event';
      readonly make: (attempt: number) => TunnelEvent;
      readonly stale: boolean;
    };

const anyError = fc.constantFrom<TunnelError>(LOST, REFUSED, ANSWER);
const makeEvent: fc.Arbitrary<(attempt: number) => TunnelEvent> = fc.oneof(
  fc
    .record({ by: fc.constantFrom('person' as const, 'background' as const), dial: fc.boolean() })
    .map((on) => () => ({ type: 'switched-on' as const, ...on })),
  fc
    .constantFrom(
      'switched-off' as const,
      'try-now' as const,
      'suspended' as const,
      'resumed' as const,
    )
    .map((type) => () => ({ type })),
  fc
    .record({
      type: fc.constantFrom('reconfigured' as const, 'mode-changed' as const),
      mode: fc.constantFrom(...TUNNEL_MODES),
    })
    .map((event) => () => event),
  fc
    .constantFrom('person' as const, 'background' as const)
    .map((by) => () => ({ type: 'check' as const, by })),
  fc.nat(3).map((count) => () => ({ type: 'clients' as const, count })),
  fc.boolean().map((online) => () => ({ type: 'network' as const, online })),
  fc.constant((attempt: number) => ({
    type: 'phase' as const,
    attempt,
    phase: 'signing-in' as const,
  })),
  fc.constant((attempt: number) => ({ type: 'prompt-opened' as const, attempt, prompt: 'p' })),
  fc
    .constantFrom('prompt-closed' as const, 'session-up' as const, 'hung-up' as const)
    .map((type) => (attempt: number) => ({ type, attempt })),
  anyError.map((error) => (attempt: number) => ({
    type: 'session-ended' as const,
    attempt,
    error,
  })),
  anyError.map((error) => (attempt: number) => ({ type: 'not-greeted' as const, attempt, error })),
  fc.constant((attempt: number) => ({ type: 'greeted' as const, attempt, greeting: GREETING })),
);
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'ports' as const, well: true }) },
  { weight: 1, arbitrary: fc.constant({ do: 'ports' as const, well: false }) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('retry' as const, 'idle' as const, 'ask-again' as const)
      .map((timer) => ({ do: 'timer' as const, timer })),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(makeEvent, fc.integer({ min: 0, max: 4 }))
      .map(([make, n]) => ({ do: 'event' as const, make, stale: n === 0 })),
  },
);

function act(world: World, action: Action): void {
  switch (action.do) {
    case 'ports':
      world.workOnPorts(action.well);
      return;
    case 'timer':
      if (!world.timers.delete(action.timer)) return;
      world.send({ type: `${action.timer}-due` });
      return;
    case 'event': {
      const current = currentAttempt(world.machine.state) ?? world.machine.lastAttempt;
      const event = action.make(action.stale ? current - 1 : current);
      // A session comes up, asks, greets and ends only as long as it runs.
      const running = !('attempt' in event) || action.stale || world.running.has(event.attempt);
      const ends = event.type === 'hung-up' && world.machine.state.kind === 'disconnecting';
      if (!running && !ends) return;
      if (event.type === 'hung-up' && !ends && !action.stale) return;
      const before = world.machine;
      if (event.type === 'session-ended' && !action.stale) world.running.delete(event.attempt);
      world.send(event);
      if (action.stale && 'attempt' in event) expect(world.machine).toBe(before);
    }
  }
}

const anyMode = fc.constantFrom(...TUNNEL_MODES);
/** Most stories begin with the switch, so that they have something to tell. */
const anyStory = fc
  .tuple(
    fc.array(anyAction, { minLength: 5, maxLength: 80, size: 'max' }),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([actions, n]): Action[] => {
    const make = () => ({ type: 'switched-on' as const, by: 'person' as const, dial: n % 2 === 0 });
    const on: Action = { do: 'event', make, stale: false };
    return n === 9 ? actions : [on, ...actions];
  });

describe('whatever happens to a tunnel', () => {
  it('dials only on bound ports, one attempt at a time, and sets no timer that its state does not use', () => {
    fc.assert(
      fc.property(anyMode, anyStory, (mode, story) => {
        const world = new World(mode);
        for (const action of story) act(world, action);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a switch that is turned off ends in off, with the ports released', () => {
    fc.assert(
      fc.property(anyMode, anyStory, (mode, story) => {
        const world = new World(mode);
        for (const action of story) act(world, action);
        world.send({ type: 'switched-off' });
        const attempt = currentAttempt(world.machine.state);
        if (attempt !== null) world.send({ type: 'hung-up', attempt });
        while (world.ports.length > 0) world.workOnPorts(true);
        expect(world.machine.state).toEqual({ kind: 'off' });
        expect(world.machine.portsBound).toBe(false);
        expect(world.bound).toBe(false);
        expect([...world.timers.keys()]).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('every state can be reached', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(anyMode, anyStory, (mode, story) => {
        const world = new World(mode);
        for (const action of story) {
          act(world, action);
          reached.add(nameOf(world.machine.state));
        }
      }),
      { numRuns: 500, seed: 1 },
    );
    // With a switch that always leads back to off, there is no dead end either.
    const all = [...Object.values(KINDS), ...Object.values(STATES)].map(nameOf);
    expect([...reached].sort()).toEqual([...new Set([...all, 'connecting/signing-in'])].sort());
  });
});

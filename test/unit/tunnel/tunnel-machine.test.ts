import { describe, expect, it } from 'vitest';
import { TUNNEL_MODES, type TunnelMode } from '../../../electron/shared/account';
import { reduce } from '../../../electron/tunnel/tunnel-machine';
import { initialMachine, type TunnelEvent } from '../../../electron/tunnel/tunnel-events';
import {
  ASK_AGAIN_MS,
  IDLE_CLOSE_MS,
  PROBE_MS,
  SHORTEST_WAIT_MS,
} from '../../../electron/tunnel/tunnel-steps';
import {
  CURRENT,
  EVENT_ROWS,
  NOW,
  REFUSED,
  STATES,
  STATE_NAMES,
  inShort,
  machineIn,
  type StateName,
} from './machine-cases';

/** Half of the jitter's ceiling for the third failure: 8 s. */
const MOMENT = { now: NOW, random: 0.5 };

/**
 * What each cell of the table means: the next state (`=` for the same) and the effects in order. `+` marks a new
 * attempt; `clear` stands for all three timers.
 */
const MEANING = {
  '.': '.',
  bind: 'connecting/reserving-port clear bind-ports+',
  rebind: 'connecting/reserving-port release-ports clear bind-ports+',
  restart: 'connecting/reserving-port hang-up release-ports clear bind-ports+',
  dial: 'connecting/reaching-server clear dial+',
  redial: 'connecting/reaching-server hang-up clear dial+',
  off: 'off clear release-ports',
  end: 'disconnecting clear release-ports hang-up',
  done: 'off',
  attend: 'needs-attention clear refuse',
  question: 'needs-attention clear',
  signing: 'connecting/signing-in',
  back: 'connecting/signing-in',
  ask: 'waiting-for-user',
  up: 'connected/asking ask-greeting clear-idle',
  retry: 'retrying clear retry@4000',
  green: 'connected/greeted clear-ask-again',
  'green=': '= clear-ask-again',
  red: `connected/failed ask-again@${ASK_AGAIN_MS}`,
  'red=': `= ask-again@${ASK_AGAIN_MS}`,
  reask: '= ask-greeting',
  again: 'connected/asking clear-ask-again ask-greeting',
  prove: 'connected/asking clear-ask-again ask-greeting probe',
  soon: `retrying retry@${SHORTEST_WAIT_MS}`,
  refuse: '= refuse',
  probe: '= probe',
  offline: 'offline clear',
  busy: '= clear-idle',
  idle: `= idle@${IDLE_CLOSE_MS}`,
  rest: 'ready clear hang-up',
  spare: 'ready clear',
  'up+': `connected/asking ask-greeting idle@${IDLE_CLOSE_MS}`,
} as const;
type Code = keyof typeof MEANING;

function meaningOf(code: Code | 'quiet', mode: TunnelMode): string {
  // The one cell of the table that the mode decides: only on demand does an empty tunnel hang up by and by.
  return MEANING[code === 'quiet' ? (mode === 'on-demand' ? 'idle' : 'busy') : code];
}

/** Always on, with one mail program connected: every state against every event. */
const TABLE = `
                off    ready   binding  dialling  waiting  asking  greeted  ungreeted  retrying  offline  attention  answer    ending
switched-on     bind   .       .        .         .        .       .        .          .         .        .          .         bind
switched-off    .      off     end      end       end      end     end      end        off       off      off        off       .
try-now         .      dial    .        .         .        .       .        again      dial      dial     dial       dial      .
check           .      dial    .        .         .        .       prove    prove      dial      dial     dial       dial      .
reconfigured    .      rebind  restart  restart   restart  restart restart  restart    rebind    rebind   rebind     rebind    .
to-always       .      dial    .        .         .        busy    busy     busy       .         .        .          .         .
to-demand       .      .       .        .         .        busy    busy     busy       .         .        .          .         .
ports-bound     .      .       dial     .         .        .       .        .          .         .        .          .         .
ports-failed    .      .       attend   .         .        .       .        .          .         .        .          .         .
phase           .      .       signing  signing   .        .       .        .          .         .        .          .         .
prompt-opened   .      .       ask      ask       ask      .       .        .          .         .        .          .         .
prompt-closed   .      .       .        .         back     .       .        .          .         .        .          .         .
session-up      .      .       up       up        up       .       .        .          .         .        .          .         .
ended-lost      .      .       retry    retry     retry    retry   retry    retry      .         .        .          .         done
ended-refused   .      .       attend   attend    attend   attend  attend   attend     .         .        .          .         done
ended-answer    .      .       question question  question question question question  .         .        .          .         done
hung-up         .      .       .        .         .        .       .        .          .         .        .          .         done
greeted         .      .       .        .         .        green   green=   green      .         .        .          .         .
not-greeted     .      .       .        .         .        red     red      red=       .         .        .          .         .
clients-2       .      dial    .        .         .        busy    busy     busy       soon      .        refuse     .         .
clients-0       .      .       .        .         .        quiet   quiet    quiet      .         .        .          .         .
retry-due       .      .       .        .         .        .       .        .          dial      .        .          .         .
idle-due        .      .       .        .         .        .       .        .          .         .        .          .         .
ask-again-due   .      .       .        .         .        .       .        reask      .         .        .          .         .
net-up          .      .       .        .         .        probe   probe    probe      dial      dial     .          .         .
net-down        .      .       .        .         .        probe   probe    probe      offline   .        .          .         .
suspended       .      .       .        .         .        .       .        .          .         .        .          .         .
resumed         .      .       .        redial    .        probe   probe    probe      dial      .        .          .         .
`;

interface Cell {
  readonly state: StateName;
  readonly event: string;
  readonly code: Code | 'quiet';
}

function cellsOf(table: string): readonly Cell[] {
  const [head = [], ...rows] = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([event = '', ...cells]) => {
    expect(cells.length, `cells of ${event}`).toBe(head.length);
    return cells.map((cell, i) => ({
      state: head[i] as StateName,
      event,
      code: cell as Code | 'quiet',
    }));
  });
}

const CELLS = cellsOf(TABLE);

function eventNamed(name: string): TunnelEvent {
  const event = EVENT_ROWS[name];
  if (event === undefined) throw new Error(`no event ${name}`);
  return event;
}

describe('the table of the machine', () => {
  it('has exactly one cell for every state and event', () => {
    const pairs = (list: readonly string[]) => [...list].sort();
    const all = Object.keys(EVENT_ROWS).flatMap((e) => STATE_NAMES.map((s) => `${s} ${e}`));
    expect(pairs(CELLS.map(({ state, event }) => `${state} ${event}`))).toEqual(pairs(all));
  });

  it('is what the machine does in every mode while a mail program is connected', () => {
    const wrong: string[] = [];
    for (const mode of TUNNEL_MODES)
      for (const { state, event, code } of CELLS) {
        const meaning = meaningOf(code, mode);
        const before = machineIn(state, mode);
        const done = inShort(before, reduce(before, eventNamed(event), MOMENT));
        if (done !== meaning) wrong.push(`${mode}: ${state} + ${event} → ${done}, not ${meaning}`);
      }
    expect(wrong).toEqual([]);
  });

  it('changes nothing for an event of an old attempt, in any state', () => {
    for (const state of STATE_NAMES)
      for (const event of Object.values(EVENT_ROWS)) {
        if (!('attempt' in event)) continue;
        const before = machineIn(state, 'on-demand');
        const step = reduce(before, { ...event, attempt: CURRENT - 1 }, MOMENT);
        expect(step, `${state} + ${event.type}`).toEqual({ machine: before, effects: [] });
      }
  });
});

describe('what depends on mode and company', () => {
  const idle = { clients: 0 };
  const rows: readonly [StateName, string, TunnelMode, Code, string][] = [
    ['binding', 'ports-bound', 'always-on', 'dial', 'nobody waits'],
    ['binding', 'ports-bound', 'manual', 'dial', 'nobody waits'],
    ['dialling', 'session-up', 'on-demand', 'up+', 'nobody waits'],
    ['dialling', 'session-up', 'always-on', 'up', 'nobody waits'],
    ['dialling', 'session-up', 'manual', 'up', 'nobody waits'],
    ['greeted', 'clients-0', 'on-demand', 'idle', 'the last one left'],
    ['greeted', 'clients-2', 'on-demand', 'busy', 'one came'],
    ['greeted', 'clients-0', 'manual', 'busy', 'the last one left'],
    ['greeted', 'to-demand', 'always-on', 'idle', 'nobody waits'],
    ['greeted', 'to-always', 'on-demand', 'busy', 'nobody waits'],
    ['greeted', 'idle-due', 'on-demand', 'rest', 'nobody waits'],
    ['asking', 'idle-due', 'on-demand', 'rest', 'nobody waits'],
    ['greeted', 'idle-due', 'always-on', '.', 'nobody waits'],
    ['greeted', 'idle-due', 'manual', '.', 'nobody waits'],
    ['asking', 'ended-lost', 'on-demand', 'spare', 'nobody waits'],
    ['greeted', 'ended-lost', 'on-demand', 'spare', 'nobody waits'],
    ['ungreeted', 'ended-lost', 'on-demand', 'spare', 'nobody waits'],
    ['greeted', 'ended-lost', 'always-on', 'retry', 'nobody waits'],
    ['greeted', 'ended-lost', 'manual', 'retry', 'nobody waits'],
    [
      'dialling',
      'ended-lost',
      'on-demand',
      'retry',
      'nobody waits, but somebody wants to see it work',
    ],
    ['greeted', 'ended-refused', 'on-demand', 'attend', 'nobody waits'],
  ];
  it.each(rows)('%s + %s, %s → %s when %s', (state, event, mode, cell) => {
    const before = machineIn(state, mode, idle);
    expect(inShort(before, reduce(before, eventNamed(event), MOMENT))).toBe(MEANING[cell]);
  });

  it('on demand, waits for a mail program unless somebody wants to see it work', () => {
    const rest = { kind: 'ready', since: NOW, last: null };
    for (const by of ['person', 'background'] as const)
      for (const dialAtOnce of [true, false])
        for (const clients of [0, 1]) {
          const before = machineIn('binding', 'on-demand', { clients, by, dialAtOnce });
          const { machine, effects } = reduce(before, eventNamed('ports-bound'), MOMENT);
          expect(machine.portsBound).toBe(true);
          if (dialAtOnce || clients > 0)
            expect(effects).toContainEqual({ do: 'dial', attempt: CURRENT + 1, by });
          else expect(machine.state).toEqual(rest);
        }
  });

  it('takes a dial that was asked for by the application for what it is: nobody may be asked', () => {
    const on = { type: 'switched-on', by: 'background', dial: true } as const;
    const bound = reduce(initialMachine('on-demand'), on, MOMENT).machine;
    const { effects } = reduce(bound, { type: 'ports-bound', attempt: 1 }, MOMENT);
    expect(effects).toContainEqual({ do: 'dial', attempt: 2, by: 'background' });
  });

  it('without a network, a lost session waits for one, and its return tries at once from the start', () => {
    const offline = machineIn('greeted', 'always-on', { online: false });
    const waiting = reduce(offline, eventNamed('ended-lost'), MOMENT);
    expect(inShort(offline, waiting)).toBe(MEANING.offline);
    const { machine } = reduce(waiting.machine, eventNamed('net-up'), MOMENT);
    expect(machine.state).toMatchObject({ kind: 'connecting', tries: 0 });
  });

  it('without a network, a lost session that carried nothing on demand waits for a mail program', () => {
    const offline = machineIn('greeted', 'on-demand', { online: false, clients: 0 });
    const resting = reduce(offline, eventNamed('ended-lost'), MOMENT);
    expect(inShort(offline, resting)).toBe(MEANING.spare);
    const { machine } = reduce(resting.machine, eventNamed('net-up'), MOMENT);
    expect(machine.state.kind).toBe('ready');
  });

  it('a mail program cuts a wait short, but never prolongs it', () => {
    const near = { ...STATES.retrying, retryAt: NOW + SHORTEST_WAIT_MS };
    const before = machineIn('retrying', 'always-on', { state: near });
    expect(inShort(before, reduce(before, eventNamed('clients-2'), MOMENT))).toBe('.');
    const far = machineIn('retrying', 'always-on');
    const { machine } = reduce(far, eventNamed('clients-2'), MOMENT);
    expect(machine.state).toMatchObject({ retryAt: NOW + SHORTEST_WAIT_MS, tries: 2 });
  });

  it('a mail program that comes to a question is held, one that comes to a repair is told', () => {
    const { effects } = reduce(machineIn('attention', 'manual'), eventNamed('clients-2'), MOMENT);
    expect(effects).toEqual([{ do: 'refuse-clients', error: REFUSED }]);
  });

  it('counts failures up from one session to the next, and from zero after one that was up', () => {
    let machine = machineIn('dialling', 'always-on', { tries: 0 });
    const ceilings = [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];
    for (const [i, ceiling] of ceilings.entries()) {
      const attempt = machine.lastAttempt;
      const ended = { ...eventNamed('ended-lost'), attempt } as TunnelEvent;
      const step = reduce(machine, ended, MOMENT);
      expect(step.machine.state).toMatchObject({ tries: i + 1, retryAt: NOW + ceiling / 2 });
      expect(step.effects).toContainEqual({ do: 'set-timer', timer: 'retry', ms: ceiling / 2 });
      machine = reduce(step.machine, eventNamed('retry-due'), MOMENT).machine;
    }
    const up = { type: 'session-up', attempt: machine.lastAttempt } as const;
    expect(reduce(machine, up, MOMENT).machine.tries).toBe(0);
  });

  it('a probe has its time limit, and names the attempt', () => {
    const { effects } = reduce(machineIn('greeted', 'always-on'), eventNamed('resumed'), MOMENT);
    expect(effects).toEqual([{ do: 'probe', attempt: CURRENT, ms: PROBE_MS }]);
    expect(PROBE_MS).toBe(5_000);
  });

  it('remembers the last greeting when it rests', () => {
    const asking = machineIn('asking', 'on-demand', { clients: 0 });
    const green = reduce(asking, eventNamed('greeted'), MOMENT).machine;
    const resting = reduce(green, eventNamed('idle-due'), MOMENT).machine;
    expect(resting.state).toMatchObject({ kind: 'ready', last: { text: '+OK' } });
  });
});

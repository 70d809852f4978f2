import type { ServerChannel } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FORWARD_PROTOCOLS, type ForwardProtocol } from '../../../electron/shared/account';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { Clients, HOLD_MS, MOST_CLIENTS } from '../../../electron/tunnel/clients';
import type { EngineSettings } from '../../../electron/tunnel/ports';
import { mailOpener } from '../../../electron/tunnel/mail-channel';
import { until } from '../../world/wait';
import { closeLocals, localPair, startPair, type LocalPair, type SshPair } from './ssh-pair';
import { HandClock, forwardOf } from './stand-ins';

const WHY: TunnelError = { kind: 'unreachable', host: 'h', port: 22, detail: '' };

const SETTINGS: EngineSettings = {
  knownHostsFiles: [],
  ownKnownHostsFile: '/nowhere',
  defaultKeyFiles: [],
  agentSocket: null,
};

describe('the mail programs of one account', () => {
  let pairs: SshPair[] = [];
  let clock: HandClock;
  let counts: number[];
  let clients: Clients;

  beforeEach(() => {
    clock = new HandClock();
    counts = [];
    clients = new Clients({
      clock,
      holdMs: () => HOLD_MS,
      open: mailOpener(() => SETTINGS),
      whyNot: () => WHY,
      inWords: (error) => `because ${error.kind}`,
      onCount: (count) => counts.push(count),
      onTraffic: () => undefined,
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    clients.dropAll();
    closeLocals();
    await Promise.all(pairs.map((pair) => pair.stop()));
    pairs = [];
  });

  /** A server that greets by the port it was asked for, and refuses port 1. */
  async function session(): Promise<SshPair & { channels: ServerChannel[] }> {
    const channels: ServerChannel[] = [];
    const pair = await startPair((accept, reject, { destPort }) => {
      if (destPort === 1) {
        reject();
        return;
      }
      const channel = accept();
      channel.on('error', () => undefined);
      channel.resume();
      channel.on('end', () => channel.end());
      channel.write(`greeting of ${destPort}\r\n`);
      channels.push(channel);
    });
    pairs.push(pair);
    return Object.assign(pair, { channels });
  }

  async function arrive(protocol: ForwardProtocol = 'pop3', mailPort = 110): Promise<LocalPair> {
    const pair = await localPair();
    clients.arrived(pair.local, forwardOf({ protocol, mailPort }));
    return pair;
  }

  async function ended(pair: LocalPair): Promise<[string | null, string]> {
    await until('it ended', () => pair.ended() !== null);
    return [pair.ended(), pair.got().toString()];
  }

  it('are held without a session, and get their channels once there is one', async () => {
    const [early, late] = [await arrive('pop3', 110), await arrive('imap', 143)];
    expect(clients.count).toBe(2);
    expect(clients.traffic.openConnections).toBe(0);
    expect(clock.pending).toEqual([HOLD_MS, HOLD_MS]);
    const { session: up } = await session();
    clients.serve(up);
    await until('both are greeted', () => early.got().length > 0 && late.got().length > 0);
    expect(early.got().toString()).toBe('greeting of 110\r\n');
    expect(late.got().toString()).toBe('greeting of 143\r\n');
    expect(clock.pending).toEqual([]);
    expect(clients.traffic).toEqual({
      openConnections: 2,
      totalConnections: 2,
      bytesDown: 34,
      bytesUp: 0,
      beforeCompression: 0,
      afterCompression: 0,
    });
    expect(counts).not.toContain(3);
  });

  it('say what they have to say once they are served, not before', async () => {
    const early = await arrive();
    early.program.write('USER me\r\n');
    const up = await session();
    clients.serve(up.session);
    await until('the greeting', () => early.got().length > 0);
    await until('it is counted', () => clients.traffic.bytesUp === 9);
  });

  it('go through at once while there is a session', async () => {
    clients.serve((await session()).session);
    const one = await arrive();
    await until('the greeting', () => one.got().length > 0);
    expect(clock.pending).toEqual([]);
    one.program.end();
    await until('it is gone', () => clients.count === 0);
    expect(counts.at(-1)).toBe(0);
    expect(clients.traffic.totalConnections).toBe(1);
  });

  const WORDS: Readonly<Record<ForwardProtocol, string | null>> = {
    pop3: '-ERR [SYS/TEMP] Mailmole: because unreachable\r\n',
    imap: '* BYE Mailmole: because unreachable\r\n',
    smtp: '421 Mailmole: because unreachable\r\n',
    submission: '421 Mailmole: because unreachable\r\n',
    pop3s: null,
    imaps: null,
  };
  it.each(FORWARD_PROTOCOLS)('of %s hear why after 60 s, in their own words', async (protocol) => {
    const one = await arrive(protocol);
    clock.advance(HOLD_MS - 1);
    expect(clients.count).toBe(1);
    clock.advance(1);
    expect(clients.count).toBe(0);
    expect(counts.at(-1)).toBe(0);
    const words = WORDS[protocol];
    expect(await ended(one)).toEqual([words === null ? 'ECONNRESET' : 'end', words ?? '']);
  });

  it('that already spoke still get the words, and a clean end', async () => {
    const one = await arrive('smtp');
    one.program.write('EHLO me\r\n'.repeat(1_000));
    await until('it was sent', () => one.program.bytesWritten === 9_000);
    clients.refuseHeld(WHY);
    expect(await ended(one)).toEqual(['end', WORDS.smtp]);
  });

  it('that never read nor close are let go 5 s after the words, even if they chatter', async () => {
    const one = await arrive();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    clients.refuseHeld(WHY);
    vi.advanceTimersByTime(4_999);
    one.program.write('still here\r\n');
    await until('it was read', () => one.local.bytesRead > 0);
    expect(one.local.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(one.local.destroyed).toBe(true);
  });

  it('that are held all hear a reason at once, the joined ones do not', async () => {
    clients.serve((await session()).session);
    const joined = await arrive();
    await until('the greeting', () => joined.got().length > 0);
    clients.refuseHeld(WHY);
    expect(joined.ended()).toBeNull();
    expect(clients.count).toBe(1);
  });

  it('hear of a server that refuses one channel, and nobody else is touched', async () => {
    clients.serve((await session()).session);
    const fine = await arrive('imap', 143);
    const refused = await arrive('imap', 1);
    expect(await ended(refused)).toEqual(['end', '* BYE Mailmole: because forward-refused\r\n']);
    await until('only one is left', () => clients.count === 1);
    const after = await arrive('pop3', 110);
    await until('both work', () => fine.got().length > 0 && after.got().length > 0);
    expect(fine.ended()).toBeNull();
  });

  it('do not feel it when one of them breaks', async () => {
    const up = await session();
    clients.serve(up.session);
    const many = await Promise.all(Array.from({ length: 9 }, () => arrive()));
    await until('all are greeted', () => many.every(({ got }) => got().length > 0));
    many[0]?.program.resetAndDestroy();
    many[1]?.program.end();
    up.channels[2]?.close();
    up.channels[3]?.end();
    await until('some are gone', () => clients.count <= 6);
    const others = many.slice(4);
    for (const channel of up.channels) if (channel.writable) channel.write('more\r\n');
    await until('the others go on', () => others.every(({ got }) => got().includes('more')));
    expect(others.every((one) => one.ended() === null)).toBe(true);
  });

  it('are reset when the session dies under them; new ones are held', async () => {
    const up = await session();
    clients.serve(up.session);
    const one = await arrive();
    await until('the greeting', () => one.got().length > 0);
    clients.lose();
    expect((await ended(one))[0]).toBe('ECONNRESET');
    await until('it is forgotten', () => clients.count === 0);
    await arrive();
    expect(clients.count).toBe(1);
    expect(clock.pending).toEqual([HOLD_MS]);
  });

  it('whose channel was only being opened when the session died wait for the next', async () => {
    const dead = await session();
    dead.onForward = () => undefined;
    clients.serve(dead.session);
    const one = await arrive();
    expect(clients.traffic.openConnections).toBe(1);
    dead.far.resetAndDestroy();
    await dead.session.closed;
    clients.lose();
    await until('it is held', () => clock.pending.length === 1);
    expect(clients.count).toBe(1);
    expect(one.ended()).toBeNull();
    clients.serve((await session()).session);
    await until('the greeting', () => one.got().length > 0);
    expect(clients.traffic.totalConnections).toBe(1);
  });

  it('whose channel was being opened on a session that was hung up go on with one that is up already', async () => {
    const old = await session();
    old.onForward = () => undefined;
    clients.serve(old.session);
    const one = await arrive();
    clients.lose();
    clients.serve((await session()).session);
    await old.session.end();
    await until('the greeting', () => one.got().length > 0);
    expect(clock.pending).toEqual([]);
  });

  it('whose channel opens when the session is given up already are reset, not forgotten', async () => {
    const old = await session();
    const asked: (() => void)[] = [];
    old.onForward = (accept) => asked.push(accept);
    clients.serve(old.session);
    const one = await arrive();
    await until('it was asked for', () => asked.length === 1);
    clients.lose();
    asked[0]?.();
    expect((await ended(one))[0]).toBe('ECONNRESET');
    await until('it is forgotten', () => clients.count === 0);
  });

  it('are all reset when the account is switched off, the waiting and the opening too', async () => {
    const up = await session();
    clients.serve(up.session);
    const joined = await arrive();
    await until('the greeting', () => joined.got().length > 0);
    up.onForward = () => undefined;
    const opening = await arrive();
    clients.lose();
    const held = await arrive();
    clients.dropAll();
    await up.session.end();
    for (const one of [joined, opening, held]) expect((await ended(one))[0]).toBe('ECONNRESET');
    await until('none is left', () => clients.count === 0);
    expect(clock.pending).toEqual([]);
    expect(counts.at(-1)).toBe(0);
  });

  it('that left while they were held do no harm', async () => {
    const gone = await arrive();
    gone.program.destroy();
    const stays = await arrive();
    clients.serve((await session()).session);
    await until('the other is greeted', () => stays.got().length > 0);
    await until('only it is left', () => clients.count === 1);
    expect(stays.ended()).toBeNull();
  });

  it(`are refused above ${MOST_CLIENTS}, and taken again below`, async () => {
    for (let i = 0; i < MOST_CLIENTS; i += 50)
      await Promise.all(Array.from({ length: 50 }, () => arrive()));
    expect(clients.count).toBe(MOST_CLIENTS);
    const [, words] = await ended(await arrive());
    expect(words).toBe('-ERR [SYS/TEMP] Mailmole: more than 1000 connections at a time\r\n');
    expect(clients.count).toBe(MOST_CLIENTS);
    clock.advance(HOLD_MS);
    expect(clients.count).toBe(0);
    await arrive();
    expect(clients.count).toBe(1);
  });
});

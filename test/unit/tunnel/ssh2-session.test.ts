import type { ServerChannel, Session } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { FLOOD } from '../../../electron/tunnel/ssh-session';
import { SessionChannels } from '../../../electron/tunnel/ssh2-session';
import { until } from '../../world/wait';
import { ERRORS } from './errors';
import { startPair, type SshPair } from './ssh-pair';
import { HandClock } from './stand-ins';

const FROM = { address: '127.0.0.1', port: 0 };
const MB = 1024 * 1024;
const PACKET = 32_767;

/** What the far end may still send on a channel, as its ssh2 counts it. */
const outgoing = (channel: ServerChannel) =>
  (channel as unknown as { outgoing: { id: number; window: number } }).outgoing;

describe('a command that does nothing', () => {
  let pair: SshPair;
  afterEach(() => pair.stop());

  interface Far {
    readonly commands: readonly string[];
    readonly channels: readonly ServerChannel[];
    /** How many sessions are over. */
    readonly closed: () => number;
  }

  /** A server that opens sessions, and runs what is asked for or refuses it. */
  async function start(runs: boolean): Promise<Far> {
    pair = await startPair((accept) => accept().write('+OK'));
    const commands: string[] = [];
    const channels: ServerChannel[] = [];
    let closed = 0;
    pair.connection.on('session', (accept) => {
      const session: Session = accept();
      session.on('close', () => closed++);
      session.on('exec', (yes, no, { command }) => {
        commands.push(command);
        if (runs) channels.push(yes().on('error', () => undefined));
        else no();
      });
    });
    return { commands, channels, closed: () => closed };
  }

  it('is run once a connection, may print nothing, and is not waited for', async () => {
    const { commands, channels, closed } = await start(true);
    expect(await pair.session.runNothing()).toBe('ran');
    expect(commands).toEqual(['exit']);
    // It goes on running for all we know; its channel is closed all the same.
    await until('its channel is closed', () => closed() === 1);
    expect(channels.map((channel) => outgoing(channel).window)).toEqual([0]);
    expect(pair.session.runNothing()).toBeNull();
  });

  it('takes nothing from the windows of the channels that come after', async () => {
    await start(true);
    await pair.session.runNothing();
    const { stream } = await pair.session.openForward('h', 1, FROM);
    expect(String(await new Promise((resolve) => stream.once('data', resolve)))).toBe('+OK');
  });

  it('runs by the public surface of another ssh2, too', async () => {
    const { commands, closed } = await start(true);
    const { _protocol: protocol } = pair.client as unknown as { _protocol: { _identRaw: Buffer } };
    protocol._identRaw = Buffer.from('SSH-2.0-ssh2js1.18.0');
    expect(await pair.session.runNothing()).toBe('ran');
    await until('its channel is closed', () => closed() === 1);
    expect(commands).toEqual(['exit']);
  });

  it('may be refused, and leaves no channel behind', async () => {
    const { commands, closed } = await start(false);
    expect(await pair.session.runNothing()).toEqual({ refused: 'Unable to exec' });
    expect(commands).toEqual(['exit']);
    await until('its channel is closed', () => closed() === 1);
  });

  it('may find a server without sessions', async () => {
    pair = await startPair((accept) => accept().write('+OK'));
    pair.connection.on('session', (_accept, reject) => reject());
    expect(await pair.session.runNothing()).toEqual({
      refused: expect.stringContaining('open failure') as string,
    });
    const { stream } = await pair.session.openForward('h', 1, FROM);
    expect(String(await new Promise((resolve) => stream.once('data', resolve)))).toBe('+OK');
  });

  it('is no longer asked for once the server was told that no session will come', async () => {
    const { commands } = await start(true);
    pair.session.probe(10_000);
    expect(pair.session.runNothing()).toBeNull();
    await pair.session.openForward('h', 1, FROM);
    expect(commands).toEqual([]);
  });

  it.each([
    ['that we end', () => void pair.session.end()],
    ['that is lost', () => pair.far.destroy()],
  ])('goes with a connection %s, which is no refusal', async (_which, end) => {
    pair = await startPair((accept) => accept());
    pair.connection.on('session', end);
    expect(await pair.session.runNothing()).toBe('gone');
    expect(pair.session.runNothing()).toBeNull();
  });

  it('cannot flood us: a server that sends without leave loses the connection', async () => {
    pair = await startPair((accept) => accept());
    const { _protocol: protocol } = pair.connection as unknown as {
      readonly _protocol: { channelData(id: number, data: Buffer): void };
    };
    pair.connection.on('session', (accept) => {
      accept().on('exec', (yes) => {
        const { id } = outgoing(yes().on('error', () => undefined));
        // Past its window at once, and by no whole number of packets: ssh2 looks only whether it is exactly used up.
        for (let sent = 0; sent < 12 * MB; sent += PACKET)
          protocol.channelData(id, Buffer.alloc(PACKET));
      });
    });
    expect(await pair.session.runNothing()).toBe('ran');
    expect(await pair.session.closed).toMatchObject({ kind: 'connection-lost', detail: FLOOD });
  });
});

describe('the memory of servers that want no session channel', () => {
  const clock = new HandClock();
  const lost: TunnelError = ERRORS['connection-lost'];

  /** A connection on which something comes of the command, or nothing yet; and which ends when it is told to. */
  function connection(answer: 'ran' | 'gone' | { refused: string }) {
    let asked = 0;
    let end: (error: TunnelError | null) => void = () => undefined;
    const closed = new Promise<TunnelError | null>((resolve) => (end = resolve));
    const runNothing = () => {
      asked++;
      return Promise.resolve(answer);
    };
    return { session: { runNothing, closed }, asked: () => asked, end };
  }

  function memory() {
    const log: string[] = [];
    const sessions = new SessionChannels({
      clock,
      log: (level, text) => log.push(`${level}: ${text}`),
    });
    const next = async (
      answer: 'ran' | 'gone' | { refused: string },
      after: { ms?: number; error?: TunnelError | null } = {},
    ): Promise<number> => {
      const made = connection(answer);
      sessions.ask(made.session);
      await Promise.resolve();
      clock.advance(after.ms ?? 0);
      made.end(after.error ?? null);
      await made.session.closed;
      await Promise.resolve();
      return made.asked();
    };
    return { next, log };
  }

  it('asks on every connection of a server that takes it', async () => {
    const { next, log } = memory();
    for (let i = 0; i < 4; i++) expect(await next('ran')).toBe(1);
    expect(log).toEqual([]);
  });

  it('asks no more once it was refused, and says so once, without what steers a terminal', async () => {
    const { next, log } = memory();
    expect(await next({ refused: '\u001b[31mno sessions here' })).toBe(1);
    for (let i = 0; i < 3; i++) expect(await next({ refused: 'no' })).toBe(0);
    expect(log).toEqual(['debug: no session channel: [31mno sessions here']);
  });

  it('asks no more once two connections in a row were lost over it', async () => {
    const { next, log } = memory();
    expect(await next('ran', { error: lost })).toBe(1);
    expect(await next('gone', { error: lost })).toBe(1);
    expect(await next('ran')).toBe(0);
    expect(log).toHaveLength(2);
  });

  it('does not blame it for a connection that was lost later, or in between, or that we ended', async () => {
    const { next, log } = memory();
    for (let i = 0; i < 3; i++) expect(await next('ran', { ms: 10_000, error: lost })).toBe(1);
    expect(log).toEqual([]);
    expect(await next('ran', { error: lost })).toBe(1);
    expect(await next('ran', { ms: 10_000 })).toBe(1);
    expect(await next('ran', { error: lost })).toBe(1);
    expect(await next('gone')).toBe(1);
    expect(await next('ran')).toBe(1);
    expect(clock.pending).toEqual([]);
  });
});

import type { ServerChannel } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNREAD_LIMIT, type ForwardChannel } from '../../../electron/tunnel/forward-channel';
import { joinForward, type Pipe } from '../../../electron/tunnel/forward-pipe';
import { GATE_LIMIT } from '../../../electron/tunnel/send-gate';
import { until } from '../../world/wait';
import {
  closeLocals,
  localPair,
  patternOf,
  startPair,
  type LocalPair,
  type SshPair,
} from './ssh-pair';

const MB = 1024 * 1024;
/** Far more than every buffer between the two ends together: socket buffers, the window of 2 MB, ours. */
const LARGE = 12 * MB;

interface Joined extends LocalPair {
  readonly pipe: Pipe;
  /** The mail server's end of the channel. */
  readonly far: ServerChannel;
  readonly bytes: { down: number; up: number };
  readonly done: () => boolean;
  readonly forward: ForwardChannel;
}

describe('a mail program joined to a channel', () => {
  let pair: SshPair;
  let nextFar: (far: ServerChannel) => void = () => undefined;
  /** What the far end does in the very moment in which it opens the channel. */
  let atOnce: (far: ServerChannel) => void = () => undefined;

  beforeEach(async () => {
    atOnce = () => undefined;
    pair = await startPair((accept) => {
      const far = accept();
      far.on('error', () => undefined);
      atOnce(far);
      nextFar(far);
    });
  });
  afterEach(async () => {
    closeLocals();
    await pair.stop();
  });

  async function join(options: { paused?: boolean } = {}): Promise<Joined> {
    const local = await localPair(options);
    const opened = new Promise<ServerChannel>((resolve) => (nextFar = resolve));
    const forward = await pair.session.openForward('mail', 110, { address: '127.0.0.1', port: 1 });
    const bytes = { down: 0, up: 0 };
    const pipe = joinForward(local.local, forward, pair.session.gate, {
      down: (n) => void (bytes.down += n),
      up: (n) => void (bytes.up += n),
    });
    let done = false;
    void pipe.done.then(() => (done = true));
    return { ...local, pipe, far: await opened, bytes, done: () => done, forward };
  }

  /** Everything the mail server gets, and whether it ended. */
  function collect(far: ServerChannel): { got: () => Buffer; ended: () => boolean } {
    const chunks: Buffer[] = [];
    let ended = false;
    far.on('data', (chunk: Buffer) => chunks.push(chunk));
    far.on('end', () => (ended = true));
    return { got: () => Buffer.concat(chunks), ended: () => ended };
  }

  /** A value that has not changed for a while: whatever fills has filled. */
  async function settled(value: () => number): Promise<number> {
    let last = -1;
    let since = Date.now();
    await until('it stands still', () => {
      if (value() !== last) [last, since] = [value(), Date.now()];
      return Date.now() - since > 150;
    });
    return last;
  }

  it('carries both ways, byte for byte, and counts', async () => {
    const joined = await join();
    const { far, program, got, bytes } = joined;
    const server = collect(far);
    const [down, up] = [patternOf(3 * MB, 1), patternOf(3 * MB, 2)];
    far.write(down);
    program.write(up);
    await until('all has arrived', () => got().length === 3 * MB && server.got().length === 3 * MB);
    expect(got().equals(down)).toBe(true);
    expect(server.got().equals(up)).toBe(true);
    expect(bytes).toEqual({ down: 3 * MB, up: 3 * MB });
    expect(joined.ended()).toBeNull();
  });

  describe('back-pressure', () => {
    /** Uploads over a line that takes nothing: more of them than kernels buffer, as each sends a window of 2 MB. */
    async function clog(): Promise<readonly Joined[]> {
      const uploads: Joined[] = [];
      for (let i = 0; i < 8; i++) uploads.push(await join());
      pair.far.pause();
      for (const { program } of uploads) program.write(patternOf(3 * MB));
      await until('some wait', () => pair.session.gate.waiting > 0);
      await settled(() => uploads.reduce((sum, { bytes }) => sum + bytes.up, 0));
      return uploads;
    }

    it('stops taking from a server whose mail program does not read, and goes on when it does', async () => {
      const { far, program, got, bytes } = await join({ paused: true });
      const all = patternOf(LARGE);
      far.write(all);
      const taken = await settled(() => bytes.down);
      expect(taken).toBeLessThan(LARGE - MB);
      program.on('data', () => undefined);
      const chunks: Buffer[] = [];
      program.on('data', (chunk: Buffer) => chunks.push(chunk));
      program.resume();
      await until('the rest comes', () => Buffer.concat(chunks).length === LARGE);
      expect(Buffer.concat(chunks).equals(all)).toBe(true);
      expect(got().length).toBe(0);
    });

    it('stops taking from a mail program whose server does not read, and goes on when it does', async () => {
      const { far, program, bytes } = await join();
      const all = patternOf(LARGE);
      program.write(all);
      const taken = await settled(() => bytes.up);
      // Two windows (the server's own buffer is one), what may wait for them, and a chunk or two.
      expect(taken).toBeLessThan(5 * MB);
      const server = collect(far);
      await until('the rest comes', () => server.got().length === LARGE);
      expect(server.got().equals(all)).toBe(true);
    });

    it('of one connection leaves the others alone', async () => {
      const stuckDown = await join({ paused: true });
      const stuckUp = await join();
      stuckDown.far.write(patternOf(LARGE));
      stuckUp.program.write(patternOf(LARGE));
      await settled(() => stuckDown.bytes.down + stuckUp.bytes.up);
      const free = await join();
      const server = collect(free.far);
      free.program.write('QUIT\r\n');
      free.far.write('+OK\r\n');
      await until('it passes', () => free.got().length === 5 && server.got().length === 6);
    });

    it('keeps what waits on the SSH socket short when the line is slow', async () => {
      const uploads = await clog();
      // 64 KB open the gate for one chunk more, and for no other's; ssh2 adds a little to each.
      expect(pair.socket.writableLength).toBeLessThan(2 * GATE_LIMIT + 4096);
      const servers = uploads.map(({ far }) => collect(far));
      pair.far.resume();
      await until('all goes on', () => servers.every(({ got }) => got().length === 3 * MB));
    });

    it('takes its place in the queue back when the mail program leaves', async () => {
      const uploads = await clog();
      for (const { program } of uploads) program.resetAndDestroy();
      // Whoever waits in vain would wait for ever here: nothing drains.
      for (const { local } of uploads) local.destroy();
      await until('they left', () => pair.session.gate.waiting === 0);
      pair.far.resume();
      await until('they are gone', () => uploads.every(({ done }) => done()));
    });
  });

  describe('a clean end', () => {
    it('of the server is an end for the mail program, which may still send', async () => {
      const { far, program, got, ended, done } = await join();
      const server = collect(far);
      far.write('* BYE\r\n');
      far.eof();
      await until('the end', () => ended() === 'end');
      expect(got().toString()).toBe('* BYE\r\n');
      program.end('late\r\n');
      await until('the rest', () => server.ended());
      expect(server.got().toString()).toBe('late\r\n');
      await until('both sides are gone', done);
      expect(await until('it ended', ended)).toBe('end');
    });

    it('of the mail program is an end for the server, which may still send', async () => {
      const { far, program, got, ended, done } = await join();
      const server = collect(far);
      program.end('QUIT\r\n');
      await until('the end', () => server.ended());
      const answer = patternOf(5 * MB);
      far.end(answer);
      await until('the end of the answer', () => ended() === 'end');
      expect(got().equals(answer)).toBe(true);
      expect(server.got().toString()).toBe('QUIT\r\n');
      await until('both sides are gone', done);
    });

    it('loses nothing when the mail program ends while the window is full', async () => {
      const { far, program, bytes, done, ended } = await join();
      const all = patternOf(4 * MB);
      program.end(all);
      await settled(() => bytes.up);
      const server = collect(far);
      await until('the end', () => server.ended());
      expect(server.got().equals(all)).toBe(true);
      far.end();
      await until('both sides are gone', done);
      expect(await until('it ended', ended)).toBe('end');
    });

    it('loses nothing when the mail program ends, and is gone before the server has read', async () => {
      const { far, program, local, bytes, closed, done } = await join();
      // ssh2 as a server takes three megabytes that it does not read; so just the last of this waits in the channel.
      const all = patternOf(3 * MB + 60 * 1024);
      program.end(all);
      await until('all was taken', () => bytes.up === all.length && local.readableEnded);
      program.destroy();
      await until('the mail program is known to be gone', () => {
        far.write('an answer to nobody');
        return closed();
      });
      const server = collect(far);
      await until('the end', () => server.ended());
      expect(server.got().equals(all)).toBe(true);
      far.end();
      await until('both sides are gone', done);
    });

    it('loses nothing when the server ends and closes while the mail program is slow', async () => {
      const { far, program, ended, done } = await join({ paused: true });
      const all = patternOf(7 * MB);
      far.write(all);
      far.end();
      const chunks: Buffer[] = [];
      program.write('NOOP\r\n');
      await until('it waits', () => program.bytesWritten > 0);
      program.on('data', (chunk: Buffer) => chunks.push(chunk));
      program.resume();
      await until('the end', () => ended() !== null);
      expect(ended()).toBe('end');
      expect(Buffer.concat(chunks).equals(all)).toBe(true);
      program.end();
      await until('both sides are gone', done);
    });

    it('loses nothing when the server says all and closes in one packet with its opening', async () => {
      atOnce = (far) => {
        far.write('-ERR too many connections\r\n');
        far.end();
        far.close();
      };
      const { got, ended, done, program } = await join();
      await until('the end', () => ended() !== null);
      expect(got().toString()).toBe('-ERR too many connections\r\n');
      expect(ended()).toBe('end');
      program.end();
      await until('both sides are gone', done);
    });

    it('does not mind a mail program that speaks to a server which has closed', async () => {
      const { far, program, got, ended, bytes } = await join({ paused: true });
      const all = patternOf(6 * MB);
      far.write(all);
      far.end();
      // The server takes nothing more: it closes its side of the channel at once.
      await settled(() => bytes.down);
      far.close();
      program.write(patternOf(MB));
      await settled(() => program.bytesWritten);
      const chunks: Buffer[] = [];
      program.on('data', (chunk: Buffer) => chunks.push(chunk));
      program.resume();
      await until('the end', () => ended() !== null);
      expect(Buffer.concat([got(), ...chunks]).equals(all)).toBe(true);
      expect(bytes.up).toBe(0);
    });
  });

  describe('a break', () => {
    it.each(['lost', 'closed by the server', 'closed by us'] as const)(
      'of the session (%s) resets the mail program, never a clean end',
      async (how) => {
        const { far, got, ended, done, pipe } = await join();
        far.write('+OK 2 octets\r\nHalf a mess');
        await until('half of it', () => got().length === 25);
        void pair.session.closed.then(() => pipe.reset());
        if (how === 'lost') pair.far.resetAndDestroy();
        else if (how === 'closed by the server') pair.connection.end();
        else void pair.session.end();
        await until('it ended', () => ended() !== null);
        expect(ended()).toBe('ECONNRESET');
        await until('both sides are gone', done);
      },
    );

    it.each(['mail program', 'server', 'mail program in the midst of it'] as const)(
      'of the session after an end of the %s leaves nothing behind and throws nothing',
      async (whose) => {
        const { far, program, done, pipe, closed, ended, bytes } = await join();
        void pair.session.closed.then(() => pipe.reset());
        const server = whose.endsWith('of it') ? null : collect(far);
        if (whose === 'server') far.eof();
        else program.end(server === null ? patternOf(4 * MB) : 'x');
        if (whose === 'server') await until('the end', () => ended() === 'end');
        else if (server === null) await settled(() => bytes.up);
        else await until('the end', () => server.ended());
        pair.far.resetAndDestroy();
        await until('both sides are gone', () => done() && closed());
        expect(await until('it ended', ended)).toBe(whose === 'server' ? 'end' : 'ECONNRESET');
      },
    );

    it('of the channel without an end resets the mail program', async () => {
      const { far, got, ended, done } = await join();
      far.write('Half a mess');
      await until('half of it', () => got().length === 11);
      far.close();
      await until('it ended', () => ended() !== null);
      expect(ended()).toBe('ECONNRESET');
      await until('both sides are gone', done);
    });

    it('of the mail program closes the channel', async () => {
      const { far, program, done } = await join();
      let closed = false;
      far.on('close', () => (closed = true));
      far.resume();
      program.resetAndDestroy();
      await until('the channel is closed', () => closed);
      await until('both sides are gone', done);
    });

    it('of a mail program that is not reading leaves nothing behind', async () => {
      const { far, program, bytes, done } = await join({ paused: true });
      far.write(patternOf(LARGE));
      await settled(() => bytes.down);
      program.resetAndDestroy();
      await until('both sides are gone', done);
      expect(channelsOf(pair)).toBe(0);
    });

    it.each([
      ['at once', (act: () => void) => act()],
      ['a tick later', (act: () => void) => process.nextTick(act)],
      ['two ticks later', (act: () => void) => process.nextTick(() => process.nextTick(act))],
      ['a turn later', (act: () => void) => setImmediate(act)],
      ['two turns later', (act: () => void) => setImmediate(() => setImmediate(act))],
    ])('%s after the end leaves no socket behind', async (_when, later) => {
      const { far, pipe, closed, done, forward } = await join();
      forward.stream.once('end', () => later(() => pipe.reset()));
      far.write('+OK\r\n');
      far.eof();
      await until('both sides are gone', done);
      await until('the socket is closed', closed);
    });

    it('may be made twice, and after everything is over', async () => {
      const { far, program, done, pipe } = await join();
      far.resume();
      far.end();
      program.end();
      await until('both sides are gone', done);
      pipe.reset();
      pipe.reset();
    });

    it('before it was joined is noticed', async () => {
      const local = await localPair();
      local.local.destroy();
      const forward = await pair.session.openForward('m', 1, { address: '::1', port: 1 });
      const pipe = joinForward(local.local, forward, pair.session.gate, {
        down: () => undefined,
        up: () => undefined,
      });
      await pipe.done;
    });
  });

  it('drops the connection when a server sends far more than its window', async () => {
    const { far, bytes, closed, pipe, done } = await join({ paused: true });
    void pair.session.closed.then(() => pipe.reset());
    await settled(() => bytes.down);
    // The server's own bookkeeping of the window, set aside as a hostile server would.
    const { outgoing } = far as unknown as { outgoing: { window: number; packetSize: number } };
    outgoing.window = 1024 * MB;
    // ssh2 drops what comes when the window is exactly used up, and lets pass what comes when it is overdrawn.
    outgoing.packetSize = 32 * 1024 - 1;
    far.write(Buffer.alloc(UNREAD_LIMIT + 8 * MB));
    const error = await pair.session.closed;
    expect(error).toMatchObject({ kind: 'connection-lost' });
    await until('both sides are gone', () => done() && closed());
    expect(bytes.down).toBeLessThan(UNREAD_LIMIT);
  });

  it('leaves no channel and no socket after a hundred connections of every kind', async () => {
    const joins = await Promise.all(Array.from({ length: 100 }, () => join0()));
    for (const [i, { far, program }] of joins.entries()) {
      far.resume();
      if (i % 4 === 0) program.end('x');
      else if (i % 4 === 1) far.end('y');
      else if (i % 4 === 2) program.resetAndDestroy();
      else far.close();
      if (i % 4 === 0) far.end();
      if (i % 4 === 1) program.end();
    }
    await until('all are gone', () => joins.every(({ done }) => done()));
    expect(channelsOf(pair)).toBe(0);
    await until('all sockets are closed', () => joins.every(({ closed }) => closed()));
  });

  /** One after the other, since the far end is matched to its caller by order. */
  let queue: Promise<unknown> = Promise.resolve();
  function join0(): Promise<Joined> {
    const joined = queue.then(() => join());
    queue = joined;
    return joined;
  }
});

/** How many channels ssh2 holds for our end. */
function channelsOf(pair: SshPair): number {
  return (pair.client as unknown as { _chanMgr: { _count: number } })._chanMgr._count;
}

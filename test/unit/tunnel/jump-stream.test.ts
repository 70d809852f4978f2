import type { ServerChannel } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { throughHop } from '../../../electron/tunnel/jump';
import type { JumpStream } from '../../../electron/tunnel/jump-stream';
import { GATE_LIMIT } from '../../../electron/tunnel/send-gate';
import { TunnelFailure } from '../../../electron/tunnel/tunnel-failure';
import { until } from '../../world/wait';
import { patternOf, startPair, type OnForward, type SshPair } from './ssh-pair';

const MB = 1024 * 1024;
const HOP = { host: 'hop', port: 22 };
const TARGET = { host: 'target', port: 2222 };

let pair: SshPair;
let far: ServerChannel | null = null;
/** What the far end has got, and how it ended. */
let got: Buffer[] = [];
let farEnded = false;

const taking: OnForward = (accept) => {
  const channel = accept();
  far = channel;
  channel.on('error', () => undefined);
  channel.on('data', (chunk: Buffer) => got.push(chunk));
  // That of the test before may end only now.
  channel.on('end', () => (farEnded ||= far === channel));
};

beforeEach(async () => {
  got = [];
  far = null;
  farEnded = false;
  pair = await startPair(taking);
});
afterEach(() => pair.stop());

interface Opened {
  readonly stream: JumpStream;
  readonly channel: ServerChannel;
  /** What was told of the stream so far, in order. */
  readonly told: string[];
}

const never = new AbortController().signal;

async function opened(): Promise<Opened> {
  const stream = await throughHop(pair.session, HOP, TARGET, never);
  const told: string[] = [];
  stream.on('end', () => told.push('end'));
  stream.on('error', (error) => told.push(error instanceof TunnelFailure ? 'failure' : 'error'));
  stream.on('close', () => told.push('close'));
  if (far === null) throw new Error('no channel');
  return { stream, channel: far, told };
}

const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof TunnelFailure)) throw new Error('no failure', { cause: thrown });
  return thrown.error;
};

describe('a channel as a socket', () => {
  it('carries every byte both ways, whatever the size of its writes', async () => {
    const { stream, channel } = await opened();
    const sent = patternOf(3 * MB);
    for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 7) % 65_521)
      stream.write(sent.subarray(at, at + size));
    await until('all came', () => Buffer.concat(got).length >= sent.length);
    expect(Buffer.concat(got).equals(sent)).toBe(true);
    const back: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => back.push(chunk));
    channel.write(sent);
    await until('all came back', () => Buffer.concat(back).length >= sent.length);
    expect(Buffer.concat(back).equals(sent)).toBe(true);
  });

  it('makes one message of what a tick writes', async () => {
    const { stream } = await opened();
    stream.cork();
    for (const part of ['a', 'b', 'c']) stream.write(part);
    stream.uncork();
    await until('it came', () => Buffer.concat(got).length === 3);
    expect(got.map(String)).toEqual(['abc']);
  });

  it('takes no more than the connection below sends', async () => {
    const { stream } = await opened();
    pair.far.pause();
    const sent = patternOf(16 * MB);
    let written = 0;
    let most = 0;
    const chunk = 16 * 1024;
    while (written < sent.length && stream.writableLength <= 4 * GATE_LIMIT) {
      stream.write(sent.subarray(written, written + chunk));
      written += chunk;
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, pair.socket.writableLength);
    }
    expect(written).toBeLessThan(sent.length);
    expect(most).toBeLessThanOrEqual(GATE_LIMIT + 4 * chunk);
    const drained = new Promise((resolve) => stream.once('drain', resolve));
    pair.far.resume();
    await drained;
    await until('all came', () => Buffer.concat(got).length === written);
    expect(Buffer.concat(got).equals(sent.subarray(0, written))).toBe(true);
  });

  it('is read no faster than its reader', async () => {
    const { stream, channel } = await opened();
    const sent = patternOf(16 * MB);
    channel.write(sent);
    await until('something came', () => stream.readableLength > 0);
    await until('the far side waits', () => channel.writableLength > 0);
    expect(stream.readableLength).toBeLessThan(MB);
    const back: Buffer[] = [];
    let length = 0;
    stream.on('data', (chunk: Buffer) => (length += back.push(chunk) && chunk.length));
    await until('all came', () => length >= sent.length);
    expect(Buffer.concat(back).equals(sent)).toBe(true);
  });
});

describe('the end', () => {
  it('of ours comes after all that was written, and takes the connection below along', async () => {
    const { stream, channel, told } = await opened();
    const sent = patternOf(2 * MB);
    stream.resume().end(sent);
    await until('the far side is told', () => farEnded);
    expect(Buffer.concat(got).equals(sent)).toBe(true);
    channel.end();
    expect(await pair.session.closed).toBeNull();
    await until('closed', () => stream.closed);
    expect(told).toEqual(['end', 'close']);
  });

  it('of theirs comes after all that they wrote, and takes the connection below along', async () => {
    const { stream, channel, told } = await opened();
    const sent = patternOf(2 * MB);
    channel.end(sent);
    const back: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => back.push(chunk));
    await until('closed', () => stream.closed);
    expect(Buffer.concat(back).equals(sent)).toBe(true);
    expect(await pair.session.closed).toBeNull();
    expect(told).toEqual(['end', 'close']);
  });

  it('by a closed channel is no clean one', async () => {
    const { stream, channel, told } = await opened();
    stream.resume();
    channel.close();
    await until('closed', () => stream.closed);
    expect(told).toEqual(['close']);
    expect(await pair.session.closed).toBeNull();
  });

  it('by destroying is certain, though nobody answers any more', async () => {
    const { stream, told } = await opened();
    pair.far.pause();
    stream.write(patternOf(8 * MB));
    stream.destroy();
    expect(stream.destroyed).toBe(true);
    await until('closed', () => stream.closed);
    expect(told).toEqual(['close']);
    expect(pair.socket.destroyed).toBe(true);
  });

  it('by the loss of the connection below is a failure that names it', async () => {
    const { stream, told } = await opened();
    stream.resume();
    pair.far.resetAndDestroy();
    await until('closed', () => stream.closed);
    expect(told).toEqual(['failure', 'close']);
    expect(stream.errored).toMatchObject({ error: { kind: 'connection-lost', host: 'h' } });
  });

  it('is noticed though nobody reads', async () => {
    const { stream, channel } = await opened();
    channel.write(patternOf(MB));
    await until('something came', () => stream.readableLength > 0);
    pair.session.drop('gone');
    await until('closed', () => stream.closed);
    expect(stream.errored).toMatchObject({ error: { detail: 'gone' } });
  });
});

describe('a hop that does not lead on', () => {
  it('is left, and says why in terms of the next server', async () => {
    pair.onForward = (_accept, reject) => reject();
    const error = await failureOf(throughHop(pair.session, HOP, TARGET, never));
    expect(error).toMatchObject({ kind: 'unreachable', host: 'target', port: 2222 });
    expect(error).toMatchObject({ detail: expect.stringContaining('through hop: ') as string });
    expect(await pair.session.closed).toBeNull();
  });

  it('is dropped when the attempt is given up while it thinks, or was before', async () => {
    pair.onForward = () => undefined;
    const abort = new AbortController();
    const pending = failureOf(throughHop(pair.session, HOP, TARGET, abort.signal));
    abort.abort();
    expect(await pending).toEqual({ kind: 'connection-lost', host: 'h', detail: 'stopped' });
    expect(pair.socket.destroyed).toBe(true);
    const again = failureOf(throughHop(pair.session, HOP, TARGET, abort.signal));
    expect(await again).toMatchObject({ kind: 'connection-lost', detail: 'stopped' });
  });
});

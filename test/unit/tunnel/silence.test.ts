import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchSilence } from '../../../electron/tunnel/silence';
import { until } from '../../world/wait';
import { startPair } from './ssh-pair';

const KEEPALIVE = { intervalMs: 1_000, count: 3 };

describe('a line', () => {
  let line: PassThrough;
  let silences: number;
  let asked: number;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    line = new PassThrough();
    silences = 0;
    asked = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const watch = (keepalive = KEEPALIVE) => watchSilence(line, keepalive, () => silences++);
  const watchAsking = (): void => {
    watchSilence(
      line,
      KEEPALIVE,
      () => silences++,
      () => asked++,
    );
  };
  const speak = () => line.emit('data', Buffer.from('.'));

  it('is given up when nothing came for one interval more than the server may owe answers, once', () => {
    watch();
    vi.advanceTimersByTime(4_999);
    expect(silences).toBe(0);
    vi.advanceTimersByTime(1);
    expect(silences).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect(silences).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(line.listenerCount('data') + line.listenerCount('close')).toBe(0);
  });

  it('is kept as long as anything comes, however little, and timed anew from there', () => {
    watch();
    for (let i = 0; i < 50; i++) {
      vi.advanceTimersByTime(3_900);
      speak();
    }
    expect(silences).toBe(0);
    // At 195.0 s something came.
    vi.advanceTimersByTime(4_000);
    expect(silences).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(silences).toBe(1);
  });

  it('is watched by one timer only, which goes with it', () => {
    watch();
    expect(vi.getTimerCount()).toBe(1);
    line.emit('close');
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(silences).toBe(0);
  });

  it('is asked at every interval, and given up when as many questions in a row had no answer', () => {
    watchAsking();
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(1_000);
      speak();
    }
    expect(asked).toBe(20);
    vi.advanceTimersByTime(3_999);
    expect([asked, silences]).toEqual([23, 0]);
    vi.advanceTimersByTime(1);
    expect([asked, silences]).toEqual([23, 1]);
    vi.advanceTimersByTime(60_000);
    expect([asked, silences]).toEqual([23, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not asked while it speaks anyway', () => {
    watchAsking();
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(400);
      speak();
    }
    expect(asked).toBe(0);
    // The last word came at 8.0 s; questions at 9, 10 and 11 s.
    vi.advanceTimersByTime(3_999);
    expect([asked, silences]).toEqual([3, 0]);
    vi.advanceTimersByTime(1);
    expect([asked, silences]).toEqual([3, 1]);
  });

  it('shares its timer with all that have the same interval, and loses nobody else’s', () => {
    const lines = Array.from({ length: 20 }, () => new PassThrough());
    const asked: number[] = [];
    for (const [i, one] of lines.entries()) {
      vi.advanceTimersByTime(20);
      watchSilence(
        one,
        KEEPALIVE,
        () => one.destroy(),
        () => asked.push(i),
      );
    }
    watchSilence(line, { intervalMs: 700, count: 3 }, () => silences++);
    expect(vi.getTimerCount()).toBe(2);
    // All of them in the first one's rhythm, within an interval each.
    vi.advanceTimersByTime(620);
    expect(asked).toEqual(lines.map((_, i) => i));
    for (const one of lines.slice(1)) one.emit('close');
    vi.advanceTimersByTime(1_000);
    expect(asked).toHaveLength(21);
    lines[0]?.emit('close');
    expect(vi.getTimerCount()).toBe(1);
    line.emit('close');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not watched when that is not wanted, or when it is gone already', () => {
    watch({ intervalMs: 0, count: 3 });
    expect(vi.getTimerCount()).toBe(0);
    line.destroy();
    watch();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a session whose own keepalive does not notice', () => {
  it('is lost all the same when the far end falls silent, and not before', async () => {
    const pair = await startPair((accept) => {
      const channel = accept();
      channel.on('data', (chunk: Buffer) => channel.write(chunk));
    });
    watchSilence(pair.socket, { intervalMs: 40, count: 3 }, () => pair.session.drop('silence'));
    const from = { address: '127.0.0.1', port: 1 };
    const { stream } = await pair.session.openForward('mail', 110, from);
    let echoes = 0;
    stream.on('data', () => {
      echoes++;
      if (echoes < 50) setTimeout(() => stream.write('x'), 10);
    });
    stream.write('x');
    await until('it is spoken on for longer than the watch waits', () => echoes === 50);
    expect(pair.socket.destroyed).toBe(false);
    pair.far.pause();
    expect(await pair.session.closed).toEqual({
      kind: 'connection-lost',
      host: 'h',
      detail: 'silence',
    });
    await pair.stop();
  });
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PhaseTimer } from '../../../electron/tunnel/phase-timer';

let expired: string[] = [];
let timer: PhaseTimer;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  expired = [];
  timer = new PhaseTimer((phase) => expired.push(phase));
});
afterEach(() => {
  vi.useRealTimers();
});

it('ends a phase when its time is over, once', () => {
  timer.enter('reaching-server', 1_000);
  vi.advanceTimersByTime(999);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(10_000);
  expect(expired).toEqual(['reaching-server']);
});

it('gives each phase its own time', () => {
  timer.enter('reaching-server', 1_000);
  vi.advanceTimersByTime(900);
  timer.enter('verifying-host', 500);
  expect(timer.phase).toBe('verifying-host');
  vi.advanceTimersByTime(499);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual(['verifying-host']);
});

it('stands still while a person is asked, however long and however often', () => {
  timer.enter('signing-in', 1_000);
  for (let i = 0; i < 3; i++) {
    vi.advanceTimersByTime(300);
    timer.hold(true);
    timer.hold(true);
    vi.advanceTimersByTime(600_000);
    timer.hold(false);
    timer.hold(false);
  }
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(99);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual(['signing-in']);
});

it('begins a phase that starts under a question when the question is closed', () => {
  timer.hold(true);
  timer.enter('signing-in', 1_000);
  vi.advanceTimersByTime(5_000);
  expect(expired).toEqual([]);
  timer.hold(false);
  vi.advanceTimersByTime(999);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(expired).toEqual(['signing-in']);
});

it('ends a phase whose time was over to the millisecond when the question came', () => {
  timer.enter('signing-in', 1_000);
  // The process was busy, so that the question is opened before the timer could be called.
  const late = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1_000);
  timer.hold(true);
  late.mockRestore();
  timer.hold(false);
  vi.advanceTimersByTime(0);
  expect(expired).toEqual(['signing-in']);
});

it('says nothing more once stopped, or after it has spoken, whatever is held then', () => {
  timer.enter('reaching-server', 1_000);
  timer.stop();
  timer.hold(true);
  timer.hold(false);
  vi.advanceTimersByTime(10_000);
  expect(expired).toEqual([]);
  timer.enter('signing-in', 1_000);
  vi.advanceTimersByTime(1_000);
  timer.hold(true);
  timer.hold(false);
  vi.advanceTimersByTime(10_000);
  expect(expired).toEqual(['signing-in']);
  expect(vi.getTimerCount()).toBe(0);
});

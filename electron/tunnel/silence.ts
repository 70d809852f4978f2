import type { Duplex } from 'node:stream';

export interface Keepalive {
  /** In milliseconds, 0 for none. */
  readonly intervalMs: number;
  /** How many answers the server may owe. */
  readonly count: number;
}

/**
 * Notices a line from which nothing at all comes any more. With `ask` it is the keepalive: it asks the server at every
 * interval, and calls `onSilence` when `count` questions in a row had no answer, nor anything else came. Without, ssh2
 * keeps its own keepalive, which (1.17.0) is known to miss some dead lines, and is let be first: `onSilence` is called
 * between `count` + 1 and `count` + 2 intervals after the last byte.
 *
 * It counts intervals, not the clock, so that a sleep of the computer is not taken for a silence. All lines with the
 * same interval share one timer, so that a computer with many tunnels wakes up once for all of them.
 *
 * @param socket what the SSH connection runs on; watched until it closes
 * @param onSilence is called once
 */
export function watchSilence(
  socket: Duplex,
  { intervalMs, count }: Keepalive,
  onSilence: () => void,
  ask: (() => void) | null = null,
): void {
  if (intervalMs === 0 || socket.destroyed) return;
  let silent = 0;
  const onData = () => {
    silent = 0;
  };
  const stop = () => {
    leave();
    socket.off('data', onData).off('close', stop);
  };
  const leave = joinRhythm(intervalMs, () => {
    silent++;
    // The first of these intervals may have begun just before the last byte came.
    if (silent < (ask === null ? count + 2 : count + 1)) {
      ask?.();
      return;
    }
    stop();
    onSilence();
  });
  socket.on('data', onData).once('close', stop);
}

interface Rhythm {
  readonly timer: NodeJS.Timeout;
  readonly beats: Set<() => void>;
}

/** One timer for each length of interval that somebody keeps. */
const rhythms = new Map<number, Rhythm>();

/** Calls back at every beat of an interval, the first time within one; the returned function ends that. */
function joinRhythm(intervalMs: number, beat: () => void): () => void {
  const rhythm = rhythms.get(intervalMs) ?? startRhythm(intervalMs);
  rhythm.beats.add(beat);
  return () => {
    rhythm.beats.delete(beat);
    if (rhythm.beats.size > 0 || rhythms.get(intervalMs) !== rhythm) return;
    clearInterval(rhythm.timer);
    rhythms.delete(intervalMs);
  };
}

function startRhythm(intervalMs: number): Rhythm {
  const beats = new Set<() => void>();
  const timer = setInterval(() => {
    for (const beat of [...beats]) beat();
  }, intervalMs);
  const rhythm = { timer, beats };
  rhythms.set(intervalMs, rhythm);
  return rhythm;
}

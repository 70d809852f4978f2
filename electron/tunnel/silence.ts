import type { Duplex } from 'node:stream';

export interface Keepalive {
  /** In milliseconds, 0 for none. */
  readonly intervalMs: number;
  /** How many answers the server may owe. */
  readonly count: number;
}

/**
 * Notices a line from which nothing at all comes any more. With `ask` it is the keepalive: at every interval it asks a
 * server from which nothing came for the last half of it, and calls `onSilence` an interval after `count` questions
 * that had no answer, nor anything else that came: between `count` + ½ and `count` + 1½ intervals after the last byte.
 * Without, ssh2 keeps its own keepalive, which (1.17.0) is known to miss some dead lines, and is let be first:
 * `onSilence` is called between `count` + 1 and `count` + 2 intervals after the last byte.
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
  // Half intervals that began since the last byte came; the first may have begun just before it.
  let halves = 0;
  let asked = 0;
  const onData = () => {
    halves = 0;
    asked = 0;
  };
  const isLost = () => (ask === null ? halves >= 2 * (count + 2) - 1 : asked >= count);
  const stop = () => {
    leave();
    socket.off('data', onData).off('close', stop);
  };
  const leave = joinRhythm(intervalMs, (isWhole) => {
    halves++;
    if (!isWhole || halves < 2) return;
    if (isLost()) {
      stop();
      onSilence();
    } else {
      asked++;
      ask?.();
    }
  });
  socket.on('data', onData).once('close', stop);
}

/** @param isWhole true at every other beat */
type Beat = (isWhole: boolean) => void;

interface Rhythm {
  readonly timer: NodeJS.Timeout;
  readonly beats: Set<Beat>;
}

/** One timer for each length of interval that somebody keeps. */
const rhythms = new Map<number, Rhythm>();

/** Calls back twice in an interval, the first time within half of one; the returned function ends that. */
function joinRhythm(intervalMs: number, beat: Beat): () => void {
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
  const beats = new Set<Beat>();
  let isWhole = true;
  const timer = setInterval(() => {
    isWhole = !isWhole;
    for (const beat of [...beats]) beat(isWhole);
  }, intervalMs / 2);
  const rhythm = { timer, beats };
  rhythms.set(intervalMs, rhythm);
  return rhythm;
}

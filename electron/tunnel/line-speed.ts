/** Below 4 Mbit/s a line is slow, in bytes a second: what may wait on a fast one takes it a quarter of a second … */
const SLOW = 512_000;
/** … and until it does twice as much: a line at the border is not to be judged anew every second. */
const NO_LONGER_SLOW = 2 * SLOW;
/** A judgement takes this long at least, in milliseconds: the kernel takes bytes in gulps, far apart on a slow line. */
const SHORTEST_MEASURE_MS = 1_000;
/** Who had nothing to send for longer than this, in milliseconds, tells nothing of the line by it. */
const LONGEST_PAUSE_MS = 250;

/**
 * Judges by what leaves a socket while bytes wait in it whether its line is slow. It has no timer: it only looks when
 * the waiting begins and ends. What the kernel takes at first, before its own buffer is full, looks fast, so a slow
 * line is known as one after some seconds of sending.
 */
export class LineSpeed {
  #slow = false;
  #since: { readonly at: number; readonly sent: number } | null = null;
  #endedAt = 0;

  get isSlow(): boolean {
    return this.#slow;
  }

  /**
   * From now on bytes wait.
   *
   * @param now milliseconds
   * @param sent how many bytes have gone out so far
   */
  waitBegins(now: number, sent: number): void {
    if (this.#since === null || now - this.#endedAt > LONGEST_PAUSE_MS)
      this.#since = { at: now, sent };
  }

  /** The bytes that waited have left. */
  waitEnds(now: number, sent: number): void {
    this.#endedAt = now;
    if (this.#since === null) return;
    const ms = now - this.#since.at;
    if (ms < SHORTEST_MEASURE_MS) return;
    const speed = ((sent - this.#since.sent) * 1000) / ms;
    this.#slow = speed < (this.#slow ? NO_LONGER_SLOW : SLOW);
    this.#since = { at: now, sent };
  }
}

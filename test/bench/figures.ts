/** The arithmetic of the bench, and how its table is written. Pure. */

/** What must be true of a measure; `ratio` is Mailmole's by the peer's, `own` Mailmole's alone. */
export interface Goal {
  readonly ratioAtMost?: number;
  readonly ratioAtLeast?: number;
  readonly ownAtMost?: number;
}

/** One thing that was measured of both in the same rounds. */
export interface Measure {
  readonly what: string;
  readonly unit: string;
  /** A figure a round; the peer's and Mailmole's of one round stand at the same place. */
  readonly peer: readonly number[];
  readonly mailmole: readonly number[];
  readonly goal: Goal;
}

/** What a measure comes to. */
export interface Figures {
  readonly peer: number;
  readonly mailmole: number;
  /** The median of the rounds' own ratios, and the least and greatest of them; null where the peer's figure is 0. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number } | null;
  readonly reached: boolean;
}

/** @throws Error when there is nothing to take the middle of */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle];
  const low = sorted[(sorted.length - 1) >> 1];
  if (high === undefined || low === undefined) throw new Error('the median of nothing');
  return (low + high) / 2;
}

/** @throws Error when the rounds of the two do not match */
export function figuresOf({ peer, mailmole, goal, what }: Measure): Figures {
  if (peer.length !== mailmole.length) throw new Error(`${what}: the rounds do not match`);
  const ratios = peer.map((value, round) => (mailmole[round] ?? NaN) / value);
  const usable = ratios.filter((ratio) => Number.isFinite(ratio) && ratio >= 0);
  const ratio =
    usable.length === 0
      ? null
      : { median: median(usable), least: Math.min(...usable), most: Math.max(...usable) };
  const own = median(mailmole);
  return { peer: median(peer), mailmole: own, ratio, reached: isReached(goal, own, ratio?.median) };
}

function isReached(goal: Goal, own: number, ratio: number | undefined): boolean {
  const { ratioAtMost, ratioAtLeast, ownAtMost } = goal;
  if (ownAtMost !== undefined && own > ownAtMost) return false;
  if (ratioAtMost !== undefined && !(ratio !== undefined && ratio <= ratioAtMost)) return false;
  return ratioAtLeast === undefined || (ratio !== undefined && ratio >= ratioAtLeast);
}

/** A figure with as many places as say something. */
export function shown(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toString();
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

export function goalInWords({ ratioAtMost, ratioAtLeast, ownAtMost }: Goal, unit: string): string {
  const parts = [
    ...(ratioAtMost === undefined ? [] : [`≤ ${ratioAtMost} ×`]),
    ...(ratioAtLeast === undefined ? [] : [`≥ ${ratioAtLeast} ×`]),
    ...(ownAtMost === undefined ? [] : [`≤ ${ownAtMost} ${unit}`.trim()]),
  ];
  return parts.join(', ');
}

/** What stands in bench.json of one row. */
export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly peer: string;
  /** When it was measured, ISO 8601. */
  readonly at: string;
  readonly notes: readonly string[];
  readonly measures: readonly Measure[];
}

/** The table as Markdown, a line a measure. */
export function tableOf(results: readonly RowResult[]): string {
  const head = ['Row', 'Measure', 'Peer', 'Mailmole', 'Ratio (spread)', 'Goal', 'Reached'];
  const lines = results.flatMap(({ name, title, measures }) =>
    measures.map((measure) => {
      const { peer, mailmole, ratio, reached } = figuresOf(measure);
      const { unit, what, goal } = measure;
      const spread =
        ratio === null
          ? '–'
          : `${shown(ratio.median)} (${shown(ratio.least)}–${shown(ratio.most)})`;
      const own = `${shown(mailmole)} ${unit}`.trim();
      const theirs = `${shown(peer)} ${unit}`.trim();
      const wanted = goalInWords(goal, unit);
      const verdict = wanted === '' ? '' : reached ? 'yes' : 'no';
      return [name, `${title}: ${what}`, theirs, own, spread, wanted, verdict];
    }),
  );
  return [head, head.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

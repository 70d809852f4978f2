import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { readArguments } from './arguments.ts';
import { tableOf, type RowResult } from './figures.ts';
import type { Row } from './rounds.ts';
import { APP_ROWS } from './rows-app.ts';
import { CLOSED_ROW } from './rows-closed.ts';
import { HERE_ROWS } from './rows-here.ts';
import { LINE_ROWS } from './rows-line.ts';
import { LOOP_ROW } from './rows-loop.ts';
import { VERB_ROW } from './rows-verb.ts';
import { WEEK_ROWS } from './rows-week.ts';

/** Every row, as the table of docs/performance.md has them. */
export const ROWS: readonly Row[] = [
  ...LINE_ROWS,
  ...HERE_ROWS,
  ...WEEK_ROWS,
  VERB_ROW,
  ...APP_ROWS,
  CLOSED_ROW,
  LOOP_ROW,
];

/** Reads the command line before anything is set up. @throws Error in one sentence for a person */
export function checkArguments(given: readonly string[]): void {
  wish(given);
}

function wish(given: readonly string[]) {
  return readArguments(
    given,
    ROWS.map(({ name }) => name),
  );
}

/** bench.json: the newest result of every row that was ever run here. */
interface Report {
  readonly machine: string;
  readonly rows: readonly RowResult[];
}

/**
 * Runs the rows that were asked for, prints their table and writes them to `file`, beside what other rows gave before.
 *
 * @param runtime what Mailmole ran on, in words
 * @returns the exit code: 1 when a row could not be run
 */
export async function runBench(
  given: readonly string[],
  file: string,
  runtime: string,
): Promise<number> {
  const { names, rounds } = wish(given);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${runtime}`;
  const results: RowResult[] = [];
  const say = (text: string) => process.stderr.write(`[bench] ${text}\n`);
  let failed = 0;
  for (const row of ROWS.filter(({ name }) => names.includes(name))) {
    say(`${row.name}: ${row.title}`);
    try {
      const { measures, notes } = await row.run(rounds ?? row.rounds, say);
      const { name, title, peer } = row;
      results.push({ name, title, peer, at: new Date().toISOString(), notes, measures });
      save(file, machine, results);
    } catch (thrown) {
      failed++;
      say(
        `${row.name} could not be run: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      );
    }
  }
  process.stdout.write(`\n${machine}\n\n${tableOf(results)}\n`);
  return failed === 0 ? 0 : 1;
}

function save(file: string, machine: string, results: readonly RowResult[]): void {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report).rows : [];
  const rows = ROWS.flatMap(({ name }) =>
    [...results, ...before].filter((result) => result.name === name).slice(0, 1),
  );
  const report: Report = { machine, rows };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

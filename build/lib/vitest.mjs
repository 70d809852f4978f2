/** Runs one of vitest's projects and counts what it says. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onInterrupt } from './interrupt.mjs';
import { ProcessWatch } from './leftovers.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

const TIME_LIMIT_MS = 30 * 60 * 1000;

/**
 * Runs a project to its end, and fails it for whatever it leaves running. A run that crashed, that
 * took more than half an hour, or that had no test counts as one failure more.
 * @param {string} project
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Counts>}
 */
export async function runProject(project, env) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mailmole-results-'));
  const report = path.join(folder, `${project}.json`);
  const watch = new ProcessWatch();
  const release = onInterrupt(() => watch.abandon());
  try {
    const result = await run(
      process.execPath,
      [
        ...['node_modules/vitest/vitest.mjs', 'run', '--project', project],
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ],
      {
        cwd: root,
        env: { ...env, ...watch.env },
        abort: AbortSignal.timeout(TIME_LIMIT_MS),
        onStart: (pid) => watch.follow(pid),
      },
    );
    const counts = readCounts(report);
    if (result.aborted) console.log(`The ${project} tests took too long and were ended.`);
    // Vitest also fails for an error outside any test, and when it finds no test at all.
    if (counts.failed === 0 && (result.code !== 0 || counts.passed === 0)) counts.failed += 1;
    for (const { pid, command } of await watch.finish()) {
      console.log(`The ${project} tests left a process running: ${pid} ${command}`);
      counts.failed += 1;
    }
    return counts;
  } finally {
    release();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} file vitest's JSON report; it is missing when vitest crashed
 * @returns {Counts}
 */
function readCounts(file) {
  if (!fs.existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(fs.readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

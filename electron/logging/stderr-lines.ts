import { fstatSync } from 'node:fs';
import type { LogLevel } from '../tunnel/ports';

/** The levels as syslog counts them; see sd-daemon(3). */
const PRIORITY: Readonly<Record<LogLevel, number>> = { error: 3, warn: 4, info: 6, debug: 7 };

const STDERR = 2;

/** Does the standard error output lead to systemd's journal? It says so by the file's own numbers (systemd.exec(5)). */
function isJournal(stream: string | undefined): boolean {
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(STDERR);
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/**
 * Prints lines for a person or an administrator to the standard error output. For the journal each begins with its
 * level; otherwise with the program's name, unless a terminal shows it, where everybody knows.
 */
export function createStderrLines(): (level: LogLevel, line: string) => void {
  const toJournal = isJournal(process.env['JOURNAL_STREAM']);
  const toTerminal = process.stderr.isTTY;
  // Whoever read along may have gone; that is no reason to end.
  process.stderr.on('error', () => undefined);
  return (level, line) => {
    const head = toJournal ? `<${PRIORITY[level]}>` : toTerminal ? '' : 'mailmole: ';
    process.stderr.write(`${head}${line}\n`);
  };
}

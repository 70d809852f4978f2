import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import electronLog from 'electron-log/node';
import type { Log, LogLevel } from '../tunnel/ports';
import { redact } from './redact';

/** A file is rotated beyond this many bytes, and so many old ones are kept. */
const MAX_BYTES = 1024 * 1024;
const OLD_FILES = 2;
const OWNER_ONLY = 0o600;

/** Most important first. */
const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export interface LoggerOptions {
  /** Absolute path of the folder; made when it is missing. */
  readonly folder: string;
  /** The user's home folder, which is written as `~`. */
  readonly home: string;
  /** Whether warnings and errors are printed as well. */
  readonly toConsole: boolean;
  /** The least important lines that are written; asked for each. */
  readonly level: () => LogLevel;
}

/** mailmole.log becomes mailmole.1.log, that one mailmole.2.log, and the oldest is gone. */
function rotate(folder: string): void {
  const name = (age: number): string =>
    join(folder, age === 0 ? 'mailmole.log' : `mailmole.${age}.log`);
  for (let age = OLD_FILES; age > 0; age -= 1) {
    if (existsSync(name(age - 1))) renameSync(name(age - 1), name(age));
  }
}

/**
 * The application's log: one file of its user only, three megabytes at most with the old ones, without secrets.
 * A disk that is full costs lines of the log and nothing else.
 */
export function createLogger({ folder, home, toConsole, level }: LoggerOptions): Log {
  const logger = electronLog.create({ logId: `mailmole:${folder}` });
  const { console, file } = logger.transports;
  console.level = toConsole ? 'warn' : false;
  // Without a name the file is silently not written where electron-log finds no package.json.
  file.setAppName('Mailmole');
  file.level = 'debug';
  file.maxSize = MAX_BYTES;
  file.writeOptions = { flag: 'a', mode: OWNER_ONLY, encoding: 'utf8' };
  file.format = '{iso} {level} {text}';
  file.resolvePathFn = () => join(folder, 'mailmole.log');
  file.archiveLogFn = () => rotate(folder);
  prepare(folder);
  return (importance, text) => {
    if (LEVELS.indexOf(importance) > LEVELS.indexOf(level())) return;
    logger[importance](redact(text, home));
  };
}

/** Makes the folder, and closes a log from before to others. A folder that cannot be made means no log, not no program. */
function prepare(folder: string): void {
  const file = join(folder, 'mailmole.log');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (existsSync(file)) chmodSync(file, OWNER_ONLY);
  } catch {
    // electron-log tells of the file it cannot write, on the console.
  }
}

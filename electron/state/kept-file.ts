import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';
import { freeName } from '../accounts/account-file';
import { textOfThrown } from '../shared/thrown';
import type { Clock, Log } from '../tunnel/ports';

/**
 * Reads a file of Mailmole's own that it could do without. One that is damaged, or of another version, is set aside
 * under another name and counts as none; so does one that cannot even be set aside. Never throws.
 */
export function readKept<T>(path: string, schema: z.ZodType<T>, now: Date, log: Log): T | null {
  if (!existsSync(path)) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success) return parsed.data;
    log('error', `${path} is damaged: ${parsed.error.issues.map(textOfIssue).join('; ')}`);
  } catch (error) {
    log('error', `${path} cannot be read: ${textOfThrown(error)}`);
  }
  try {
    renameSync(path, freeName(path, 'broken', now));
  } catch (error) {
    log('error', `${path} cannot be set aside: ${textOfThrown(error)}`);
  }
  return null;
}

function textOfIssue({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')}: ${message}`;
}

/** Writes such a file, whole and atomically, for its owner's eyes only: once in a while, and on demand. */
export class KeptWriter {
  readonly #path: string;
  readonly #everyMs: number;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #log: Log;
  #waiting: { readonly value: () => unknown; readonly cancel: () => void } | null = null;
  #hasFailed = false;

  /** @param everyMs it is written at most once in this time, in milliseconds */
  constructor(path: string, everyMs: number, clock: Pick<Clock, 'after'>, log: Log) {
    this.#path = path;
    this.#everyMs = everyMs;
    this.#clock = clock;
    this.#log = log;
  }

  /** What is to be in the file; asked for when it is written. */
  put(value: () => unknown): void {
    const cancel = this.#waiting?.cancel ?? this.#clock.after(this.#everyMs, () => this.flush());
    this.#waiting = { value, cancel };
  }

  /** Writes what waits to be written. Never throws: what cannot be written is said once, and tried again with the next change. */
  flush(): void {
    if (this.#waiting === null) return;
    const { value, cancel } = this.#waiting;
    cancel();
    this.#waiting = null;
    const half = `${this.#path}.new`;
    try {
      writeFileSync(half, JSON.stringify(value()), { mode: 0o600 });
      renameSync(half, this.#path);
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed)
        this.#log('error', `${this.#path} cannot be written: ${textOfThrown(error)}`);
      this.#hasFailed = true;
      rmSync(half, { recursive: true, force: true });
    }
  }
}

import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { AskLine } from './question-lines';
import { EMPTY_LINE, typed } from './line-editor';

/** The terminal of this process, whatever its standard input is. */
const TERMINAL = '/dev/tty';

/**
 * Is there a terminal that this process may ask at? One in the background would be stopped by the system for reading.
 * On Windows the console has no such file; it is the standard input or nothing.
 */
export function hasTerminal(): boolean {
  if (process.platform === 'win32') return process.stdin.isTTY;
  try {
    closeSync(openSync(TERMINAL, 'r+'));
    return isInForeground(groupsOf(process.pid));
  } catch {
    return false;
  }
}

/** The process group and the one in the terminal's foreground, as `ps` and proc(5) call them. */
interface Groups {
  readonly pgid: number;
  readonly tpgid: number;
}

function isInForeground({ pgid, tpgid }: Groups): boolean {
  return pgid === tpgid;
}

function groupsOf(pid: number): Groups {
  if (process.platform === 'linux') {
    // The name, in brackets, may hold anything; what follows it are state, parent, group, session, terminal, tpgid.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pgid: Number(fields[2]), tpgid: Number(fields[5]) };
  }
  const said = execFileSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(pid)], { encoding: 'utf8' });
  const [pgid, tpgid] = said.trim().split(/\s+/u).map(Number);
  return { pgid: pgid ?? 0, tpgid: tpgid ?? -1 };
}

/**
 * Asks one line at the terminal; a secret is not shown while it is typed. Null when the person declined (Ctrl-D) or
 * the question was taken back. Ctrl-C ends the program as it does everywhere.
 */
export const askAtTerminal: AskLine = async (line, signal) => {
  if (signal.aborted) return null;
  const input = openInput();
  const output = process.platform === 'win32' ? process.stderr.fd : openSync(TERMINAL, 'w');
  const write = (text: string): void => void writeSync(output, text);
  try {
    // First of all: what somebody types as soon as the question stands there is neither shown nor, as a Ctrl-D, lost.
    input.setRawMode(true);
    write(`${line.text} `);
    return await readLine(input, line.echo ? write : () => undefined, signal);
  } finally {
    input.setRawMode(false);
    input.pause();
    write('\n');
    if (process.platform !== 'win32') {
      input.destroy();
      closeSync(output);
    }
  }
};

function openInput(): ReadStream {
  return process.platform === 'win32' ? process.stdin : new ReadStream(openSync(TERMINAL, 'r'));
}

function readLine(
  input: ReadStream,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<string | null> {
  return new Promise((resolve) => {
    let line = EMPTY_LINE;
    const end = (answer: string | null): void => {
      input.off('data', hear).off('end', gone).off('error', gone);
      signal.removeEventListener('abort', gone);
      resolve(answer);
    };
    const gone = (): void => end(null);
    const hear = (chunk: string): void => {
      line = typed(line, chunk);
      show(line.shown);
      if (line.end === 'entered') end(line.text);
      else if (line.end !== 'open') end(null);
      if (line.end === 'interrupted') process.kill(process.pid, 'SIGINT');
    };
    input.setEncoding('utf8').on('data', hear).on('end', gone).on('error', gone);
    signal.addEventListener('abort', gone, { once: true });
  });
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AskLine } from './question-lines';

/** Where systems keep the program that OpenSSH asks with, when SSH_ASKPASS names none. */
const USUAL = ['/usr/bin/ssh-askpass', '/usr/libexec/ssh-askpass', '/usr/lib/ssh/ssh-askpass'];

/** An answer that is longer than OpenSSH's buffer is none, in bytes. */
const LONGEST = 1023;

/** The program of the system; null without one. */
export function usualAskpass(): string | null {
  return USUAL.find((path) => existsSync(path)) ?? null;
}

/**
 * Lets a program ask, as OpenSSH does: the question is its one argument, the first line it prints the answer, a status
 * other than 0 a no. `MAILMOLE_ASKS` and `MAILMOLE_MAILBOX` in its environment tell scripts what is asked for
 * (`host-key`, `passphrase`, `password`, `code`) without having to read the words.
 *
 * @returns what asks with it; rejects when it cannot be started, which is not a person's no
 */
export function askWith(program: string): AskLine {
  return ({ text, asks, mailbox }, signal) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, [`${text} `], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, MAILMOLE_ASKS: asks, MAILMOLE_MAILBOX: mailbox },
        signal,
      });
      const heard: Buffer[] = [];
      child.stdout.on('data', (bytes: Buffer) => heard.push(bytes));
      child.once('error', (error) => {
        if (signal.aborted) resolve(null);
        else reject(error);
      });
      child.once('close', (code) => resolve(code === 0 ? answerIn(Buffer.concat(heard)) : null));
    });
}

function answerIn(printed: Buffer): string | null {
  const [line = ''] = printed.toString('utf8').split(/[\r\n]/u, 1);
  return Buffer.byteLength(line) > LONGEST ? null : line;
}

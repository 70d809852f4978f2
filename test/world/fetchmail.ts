import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { deathBound, needProgram } from './child.ts';
import { startLmtpSink } from './lmtp-sink.ts';
import { toUnix } from './messages.ts';
import type { TestMessage } from './messages.ts';
import { endFamily, familyOf } from './processes.ts';
import { makeWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

/**
 * Where fetchmail puts the mail. `mda`: into a program, as most people have it; when the line breaks
 * in the middle of a message, fetchmail lets the program finish, and a broken-off copy is left beside
 * the whole one of the next run. `lmtp`: to a mail server, which keeps whole messages only.
 */
export type Delivery = 'mda' | 'lmtp';

export interface FetchmailRun {
  /** 0: fetched, 1: no mail, 2: socket error, 3: sign-in refused, 4: protocol error, … (its manual). */
  readonly code: number | null;
  /** Standard output and error in the order of writing. */
  readonly output: string;
}

/** One person's fetchmail: its home with the list of mails it has seen lives across runs. */
export interface Fetchmail {
  readonly folder: WorldFolder;
  /** Fetches once. `rc` is the whole text of the .fetchmailrc, without a delivery option. */
  run(rc: string, options?: { verbose?: boolean; env?: NodeJS.ProcessEnv }): Promise<FetchmailRun>;
  /** Everything delivered since it was made, with LF line ends; for when no run is under way. */
  delivered(): Promise<Buffer[]>;
  /** Ends a running fetchmail and removes the home. May be called twice. */
  stop(): Promise<void>;
}

/** The HOWTO's own .fetchmailrc, with the empty `sslproto` that fetchmail 6.4 needs for plain text. */
export function howtoRc(port: number, { user = 'msingh', password = 'foobar' } = {}): string {
  return [
    'defaults',
    `    user ${user} is manish`,
    '    no rewrite',
    '',
    `poll localhost with protocol pop3 and port ${port}:`,
    `    password ${password} sslproto '';`,
    '',
  ].join('\n');
}

/** Makes a home for the real fetchmail. Nothing runs before `run`. */
export async function makeFetchmail(delivery: Delivery = 'mda'): Promise<Fetchmail> {
  const folder = await makeWorldFolder('fetchmail');
  const target = await (delivery === 'mda' ? mdaTarget(folder) : lmtpTarget(folder));
  const running = new Set<number>();
  let stopping: Promise<void> | null = null;
  return {
    folder,
    delivered: target.delivered,
    run: async (rc, { verbose = false, env = {} } = {}) => {
      const rcFile = await folder.write('fetchmailrc', rc, 0o700);
      const files = ['--fetchmailrc', rcFile, '--pidfile', folder.file('pid')];
      const flags = ['--nosyslog', '--nodetach', ...(verbose ? ['--verbose'] : [])];
      return runOnce(folder, [...files, ...flags, ...target.flags], env, running);
    },
    stop: () =>
      (stopping ??= (async () => {
        for (const pid of running) await endFamily(() => familyOf(pid, folder.path), 2_000);
        await target.stop();
        await folder.remove();
      })()),
  };
}

interface Target {
  readonly flags: readonly string[];
  readonly delivered: () => Promise<Buffer[]>;
  readonly stop: () => Promise<void>;
}

/**
 * A script that writes its input byte for byte into a file of its own. It starts one program a message
 * and no more, since 200 messages are fetched often.
 */
async function mdaTarget(folder: WorldFolder): Promise<Target> {
  const mail = folder.file('mail');
  await mkdir(mail);
  // With -C an existing file is an error, so no message can take the place of another.
  const mda = await folder.write('mda', `#!/bin/sh -C\nexec cat > '${mail}'/$$\n`, 0o700);
  return {
    flags: ['--mda', mda],
    delivered: async () => {
      const names = await readdir(mail);
      return Promise.all(names.map((name) => readFile(`${mail}/${name}`)));
    },
    stop: () => Promise.resolve(),
  };
}

async function lmtpTarget(folder: WorldFolder): Promise<Target> {
  const socket = folder.file('lmtp.sock');
  const sink = await startLmtpSink(socket);
  return {
    flags: ['--lmtp', '--smtphost', socket],
    delivered: () => Promise.resolve(sink.messages().map(toUnix)),
    stop: () => sink.stop(),
  };
}

function runOnce(
  folder: WorldFolder,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  running: Set<number>,
): Promise<FetchmailRun> {
  const [command, bound] = deathBound(needProgram('fetchmail', 'fetchmail'), args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, bound, {
      cwd: folder.path,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        LC_ALL: 'C',
        HOME: folder.path,
        FETCHMAILHOME: folder.path,
        ...env,
      },
    });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (pid !== undefined) running.delete(pid);
      resolve({ code, output });
    });
  });
}

/** How what was delivered compares with what lay in the mailbox. Numbers are `TestMessage.index`. */
export interface DeliveryReport {
  /** How many messages arrived whole, byte for byte, at least once. */
  readonly whole: number;
  readonly missing: readonly number[];
  /** Arrived whole more than once. */
  readonly doubled: readonly number[];
  /** A beginning of the message arrived, beside the whole one or without it. */
  readonly brokenOff: readonly number[];
  /** What is neither a message nor the beginning of one: its first difference, for people to read. */
  readonly wrong: readonly string[];
}

/** The report of a perfect fetch. */
export function perfectDelivery(messages: readonly TestMessage[]): DeliveryReport {
  return { whole: messages.length, missing: [], doubled: [], brokenOff: [], wrong: [] };
}

/**
 * Compares byte for byte, but for what fetchmail does by itself: the `Received:` header it puts
 * first, LF for CRLF, and the cuts it makes in lines from 8,190 bytes on.
 */
export function compareDelivery(
  messages: readonly TestMessage[],
  delivered: readonly Buffer[],
): DeliveryReport {
  const wanted = new Map(
    messages.map((message) => [toUnix(message.bytes).toString('latin1'), message.index]),
  );
  const arrived = new Map<number, number>();
  const brokenOff: number[] = [];
  const wrong: string[] = [];
  for (const bytes of delivered) {
    const text = withoutFetchmail(bytes);
    const index = wanted.get(text);
    if (index !== undefined) {
      arrived.set(index, (arrived.get(index) ?? 0) + 1);
      continue;
    }
    const whole = [...wanted].find(([candidate]) => candidate.startsWith(text));
    if (whole === undefined) wrong.push(firstDifference(messages, text));
    else brokenOff.push(whole[1]);
  }
  const indices = messages.map((message) => message.index);
  return {
    whole: arrived.size,
    missing: indices.filter((index) => !arrived.has(index)),
    doubled: indices.filter((index) => (arrived.get(index) ?? 0) > 1),
    brokenOff,
    wrong,
  };
}

/**
 * Takes back what fetchmail 6.4 adds. Its buffer holds 8,191 bytes of a line; after each full one it
 * writes a zero byte, a byte of chance and a line feed, which no message of ours holds. A carriage
 * return that had just fitted in stands before them.
 */
function withoutFetchmail(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/^Received: from .*\n(?:\t.*\n)*/m, '')
    .replaceAll(/\r?\0[^]\n/g, '');
}

function firstDifference(messages: readonly TestMessage[], text: string): string {
  const id = /^Message-ID: <(.*)>$/m.exec(text)?.[1];
  const message = messages.find((one) => one.messageId === id);
  if (message === undefined) return `unknown message: ${JSON.stringify(text.slice(0, 200))}`;
  const wanted = toUnix(message.bytes).toString('latin1');
  let at = 0;
  while (at < text.length && text[at] === wanted[at]) at += 1;
  const show = (from: string) => JSON.stringify(from.slice(Math.max(0, at - 20), at + 40));
  return `${message.kind} ${message.index}, byte ${at}: ${show(text)} for ${show(wanted)}`;
}

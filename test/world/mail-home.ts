import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { deathBound, needProgram } from './child.ts';
import { endFamily, familyOf } from './processes.ts';
import { isRoot } from './test-account.ts';
import { makeWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

/** Where Debian keeps the authorities that everybody trusts. */
const SYSTEM_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** What a program did: its exit code, and all it wrote in the order of writing. */
export interface ProgramRun {
  readonly code: number | null;
  readonly output: string;
}

export interface RunOptions {
  /** What the program reads from its standard input. */
  readonly input?: string | Buffer;
  /** Runs it at a terminal of its own and types this once when it asks for a password there. */
  readonly password?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Lets a program believe that it does not work for root, who may be running the tests. */
  readonly notAsRoot?: boolean;
  /** Lets a program find these authorities (PEM) in place of those that the system trusts; not as root either. */
  readonly trusting?: string;
}

/** The home of a person who uses mail programs without windows. */
export interface MailHome {
  readonly folder: WorldFolder;
  /** Writes a file that only its owner can read; `~/` at the beginning is this home. */
  install(file: string, text: string): Promise<void>;
  /** Runs a line of shell, as the person would type it, until it ends. */
  sh(line: string, options?: RunOptions): Promise<ProgramRun>;
  /** Every message in the Maildirs below a folder of the home, with LF line ends. */
  mail(below: string): Promise<Buffer[]>;
  /** Ends what still runs and removes the home. May be called twice. */
  stop(): Promise<void>;
}

/** Makes a home without any file in it. */
export async function makeMailHome(): Promise<MailHome> {
  const folder = await makeWorldFolder('home');
  const running = new Set<number>();
  let stopping: Promise<void> | null = null;
  return {
    folder,
    install: async (file, text) => {
      const name = file.replace(/^~\//, '');
      await mkdir(path.dirname(folder.file(name)), { recursive: true });
      await folder.write(name, text);
    },
    sh: (line, options = {}) => run(folder, line, options, running),
    mail: async (below) => {
      const root = folder.file(below);
      const names = await readdir(root, { recursive: true });
      const messages = names.filter((name) => /(?:^|\/)(?:cur|new)\/[^/]+$/.test(name)).sort();
      return Promise.all(messages.map((name) => readFile(path.join(root, name))));
    },
    stop: () =>
      (stopping ??= (async () => {
        for (const pid of running) await endFamily(() => familyOf(pid, folder.path), 2_000);
        await folder.remove();
      })()),
  };
}

function run(
  folder: WorldFolder,
  line: string,
  { input, password, env = {}, notAsRoot = false, trusting }: RunOptions,
  running: Set<number>,
): Promise<ProgramRun> {
  const plain = commandFor(line, password !== undefined);
  const [command, args] =
    trusting !== undefined || (notAsRoot && isRoot()) ? renamed(plain, trusting) : plain;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: folder.path,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        LC_ALL: 'C.UTF-8',
        HOME: folder.path,
        SHELL: '/bin/sh',
        // OpenSSL by itself would look into a folder beside it.
        SSL_CERT_FILE: SYSTEM_AUTHORITIES,
        ...env,
      },
    });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let output = '';
    let asked = false;
    const hear = (text: string) => {
      output += text;
      if (password === undefined || asked || !/password.*: ?$/i.test(output)) return;
      asked = true;
      child.stdin.write(`${password}\n`);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    // A program may end without having read everything.
    child.stdin.on('error', () => undefined);
    if (password === undefined) child.stdin.end(input ?? '');
    child.once('error', reject);
    child.once('close', (code) => {
      if (pid !== undefined) running.delete(pid);
      resolve({ code, output });
    });
  });
}

function commandFor(line: string, terminal: boolean): [string, string[]] {
  // `script` gives the program a terminal, since some ask for passwords nowhere else.
  return terminal
    ? deathBound(needProgram('script', 'bsdutils'), ['-qec', line, '/dev/null'])
    : deathBound('/bin/sh', ['-c', line]);
}

/** In a namespace of its own a user, root as well, has another number, and keeps what belongs to it. */
function renamed([command, args]: [string, string[]], trusting?: string): [string, string[]] {
  const unshare = needProgram('unshare', 'util-linux');
  const names = ['--user', '--map-user=1000', '--map-group=1000'];
  if (trusting === undefined) return [unshare, [...names, command, ...args]];
  const mount = `mount --bind "$0" ${SYSTEM_AUTHORITIES} && exec "$@"`;
  const shell = ['/bin/sh', '-c', mount, trusting];
  return [unshare, [...names, '--mount', '--keep-caps', ...shell, command, ...args]];
}

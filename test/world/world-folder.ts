import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Of the name of every folder; the number of the test process and a dash follow. */
export const FOLDER_PREFIX = 'mailmole-world-';

/** A temporary folder of one server, removed as a whole when the server is stopped. */
export interface WorldFolder {
  readonly path: string;
  /** The absolute path of something inside. */
  file(...parts: readonly string[]): string;
  /** Writes a file with exactly this mode (default 0600) and returns its path. */
  write(name: string, content: string | Uint8Array, mode?: number): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Makes a fresh folder under the system's temporary folder. It may be entered by other users, since
 * sshd and dovecot work under accounts of their own; secrets inside are guarded by their own mode.
 * @param name a short word for people who look at the folder while a test runs.
 */
export async function makeWorldFolder(name: string): Promise<WorldFolder> {
  await sweepOnce();
  // The real path, since that is what the system says about the files a process has open.
  const parent = await realpath(tmpdir());
  const folder = await mkdtemp(path.join(parent, `${FOLDER_PREFIX}${process.pid}-${name}-`));
  await chmod(folder, 0o755);
  return {
    path: folder,
    file: (...parts) => path.join(folder, ...parts),
    write: async (file, content, mode = 0o600) => {
      const target = path.join(folder, file);
      await writeFile(target, content, { mode });
      // The mode of an existing file would stay, and the umask takes bits from a new one.
      await chmod(target, mode);
      return target;
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Gives `work` a fresh folder, and removes it again if `work` fails. */
export async function inWorldFolder<T>(
  name: string,
  work: (folder: WorldFolder) => Promise<T>,
): Promise<T> {
  const folder = await makeWorldFolder(name);
  try {
    return await work(folder);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** True for a name that carries the number of a process which no longer runs. */
export function belongsToDeadProcess(name: string, prefix: string): boolean {
  const pid = name.startsWith(prefix) ? /^\d+/.exec(name.slice(prefix.length))?.[0] : undefined;
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

let swept: Promise<void> | null = null;

/** Removes what killed test runs left in the temporary folder: root all, others their own. */
function sweepOnce(): Promise<void> {
  const me = process.getuid?.();
  swept ??= (async () => {
    for (const name of readdirSync(tmpdir())) {
      if (!belongsToDeadProcess(name, FOLDER_PREFIX)) continue;
      const folder = path.join(tmpdir(), name);
      const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
      if (me !== 0 && owner !== me) continue;
      await rm(folder, { recursive: true, force: true });
    }
  })();
  return swept;
}

/** Ports that were given out in this process: one that is not listened on yet, or for a while, is still somebody's. */
const given = new Set<number>();

/**
 * A port of the loopback address that nobody listened on a moment ago. It lies below the range the
 * system gives out by itself, so that it stays free while a server is down: nobody's outgoing
 * connection takes it, and a client that keeps dialling cannot end up connected to itself. None is given out twice.
 * @throws Error when 100 tries in a row were taken, or another error than that occurs.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const end = Number(range.split(/\s+/)[0]) || 32_768;
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(Math.min(20_000, end - 2_000), end);
    if (given.has(port) || !(await canListen(host, port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port below ${end} on ${host}`);
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer();
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(true);
      else reject(error);
    });
    server.listen(port, host, () => resolve(false));
  });
  if (!taken) await new Promise((resolve) => server.close(resolve));
  return !taken;
}

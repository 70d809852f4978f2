import { realpathSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** What of the computer the places depend on. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The folder for passing files of this user, or of everybody. */
  readonly temporary: string;
  /** Null where users have no numbers. */
  readonly uid: number | null;
}

/** Where one profile keeps everything, and where its running program is spoken to. Absolute paths. */
export interface ProfilePaths {
  /** The folder of the user's data, as it is really called. */
  readonly profile: string;
  /** Holds the socket and proves who is who: only its owner may look into it. */
  readonly controlFolder: string;
  /** A Unix socket (unlinked when it is stale), or the name of a pipe on Windows. */
  readonly socketPath: string;
  /**
   * A file in the profile that says where the socket is: who calls from cron, without the run-time folder in the
   * environment, finds it all the same.
   */
  readonly pointer: string;
}

/** The computer as this process sees it. */
export function surroundings(): Surroundings {
  return {
    platform: process.platform,
    env: process.env,
    home: homedir(),
    temporary: tmpdir(),
    uid: process.getuid?.() ?? null,
  };
}

/** The folder named on a command line by `--profile FOLDER` or `--profile=FOLDER`; null without. */
export function profileIn(argv: readonly string[]): string | null {
  const index = argv.findIndex((word) => word === '--profile' || word.startsWith('--profile='));
  const word = argv[index];
  if (word === undefined) return null;
  const value = word === '--profile' ? argv[index + 1] : word.slice('--profile='.length);
  return value === undefined || value === '' ? null : value;
}

/** The folder of data that the application takes when it is not told another; Electron's own choice. */
export function defaultProfile({ platform, env, home }: Surroundings = surroundings()): string {
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), NAME);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', NAME);
  const config = env['XDG_CONFIG_HOME'];
  return join(config === undefined || config === '' ? join(home, '.config') : config, NAME);
}

const NAME = 'Mailmole';

/** The places of a profile. Two profiles never share one, however long their names are. */
export function profilePaths(folder: string, on: Surroundings = surroundings()): ProfilePaths {
  const profile = realPath(folder);
  // A socket's path has room for about a hundred bytes, so that the profile's goes in as a hash.
  const name = fnv1a64(profile);
  const pointer = join(profile, 'control-socket');
  if (on.platform === 'win32') {
    const controlFolder = join(profile, 'control');
    return { profile, controlFolder, socketPath: `\\\\.\\pipe\\mailmole-${name}`, pointer };
  }
  const controlFolder = runTimeFolder(on);
  return { profile, controlFolder, socketPath: join(controlFolder, `${name}.sock`), pointer };
}

/**
 * FNV-1a of the text's UTF-8, 64 bits as 16 hexadecimal digits. It only tells one person's profiles apart: who may look
 * into the socket's folder, and what a caller must prove, does not rest on it. It is computed at each start and for
 * each verb, for which node:crypto would take 9 ms to load.
 */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** A link to a folder, and the folder, are one profile. One that does not exist yet has no other name. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

/** The user's run-time folder where there is one, else a folder of their own among the passing files. */
function runTimeFolder({ platform, env, temporary, uid }: Surroundings): string {
  const given = env['XDG_RUNTIME_DIR'];
  if (given !== undefined && isAbsolute(given)) return join(given, 'mailmole');
  const usual = `/run/user/${uid ?? ''}`;
  if (platform === 'linux' && isOwn(usual, uid)) return join(usual, 'mailmole');
  return join(temporary, `mailmole-${uid ?? ''}`);
}

function isOwn(folder: string, uid: number | null): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.uid === uid;
}

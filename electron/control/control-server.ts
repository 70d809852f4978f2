import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { Translate } from '../shared/messages';
import { fail } from '../shared/result';
import { textOfThrown } from '../shared/thrown';
import { PROTOCOL_VERSION } from './agreed';
import {
  nameProfile,
  preparePrivateFolder,
  readPointer,
  takeProof,
  UnsafeFolder,
  writePointer,
} from './control-folder';
import { inTurn } from './in-turn';
import { parseLine, readLines, sendLine } from './lines';
import type { ProfilePaths } from './profile-paths';
import type { ControlFailure, Hello } from './protocol';
import { requestSchema, VERBS } from './protocol';
import type { Log } from '../tunnel/ports';
import type { ControlParts } from './verbs';
import { createVerbs, type VerbTable } from './verbs';

/** A caller that says nothing for this long, in milliseconds, and waits for nothing, is hung up on. */
const SILENCE_MS = 60_000;
/** More callers at once are none of ours. */
const MOST_CALLERS = 64;

/** What the socket is opened with, before anything of the profile is read. */
export interface ControlDoor {
  readonly paths: ProfilePaths;
  /** Of the program. */
  readonly version: string;
  readonly t: Translate;
  readonly log: Log;
}

/** The running end of the control socket. */
export interface ControlServer {
  /** From now on requests are answered, first those that came before. */
  serve(parts: ControlParts): void;
  /** Cancels what runs, hangs up, and takes the socket away. */
  close(): Promise<void>;
}

/** Another Mailmole serves this profile already, with or without windows. */
export class AlreadyServed extends Error {}

/**
 * Takes the profile for this program, and lets scripts speak to it over the profile's socket: for this user only, see
 * docs/security.md. Of several that start at the same moment one gets it, and should get it before it reads a mailbox of
 * the profile or binds a port. Who calls before `serve` is greeted, and answered then.
 *
 * @throws AlreadyServed; UnsafeFolder when the socket's folder is not private; an error of the system otherwise
 */
export async function openControl(door: ControlDoor): Promise<ControlServer> {
  const { paths, log, t } = door;
  mkdirSync(paths.profile, { recursive: true, mode: 0o700 });
  preparePrivateFolder(paths.controlFolder);
  const callers = new Set<Socket>();
  let serve: (parts: ControlParts) => void = () => undefined;
  const verbs = new Promise<VerbTable>((ready) => {
    serve = (parts) => ready(createVerbs(parts));
  });
  const server = createServer((socket) => {
    callers.add(socket);
    socket.once('close', () => callers.delete(socket));
    serveCaller(socket, door, verbs);
  });
  server.maxConnections = MOST_CALLERS;
  // In the profile, where all look who want it, whatever folder each has for its socket.
  await inTurn(`${paths.pointer}.starting`, async () => {
    await removeStale(paths, t);
    await listen(server, paths.socketPath, t);
    if (process.platform !== 'win32') chmodSync(paths.socketPath, 0o600);
    writePointer(paths.pointer, paths.socketPath);
  });
  server.on('error', (error) => log('error', `control socket: ${error.message}`));
  const takeBackProfile = nameProfile(paths);
  return {
    serve,
    close: () =>
      new Promise((resolve) => {
        takeBackProfile();
        server.close(() => resolve());
        for (const socket of callers) socket.destroy();
      }),
  };
}

/**
 * Opens it for a program that goes on without when it must, and then says so in a notice. Of the reasons, only one
 * ends the program: another one that serves this profile, since two would fight over the ports.
 *
 * @throws AlreadyServed
 */
export async function openControlOrGoOn(door: ControlDoor): Promise<ControlServer> {
  try {
    return await openControl(door);
  } catch (error) {
    if (error instanceof AlreadyServed) throw error;
    const reason = whyNot(error, door.t);
    door.log('error', `No control socket: ${reason}`);
    return {
      serve: ({ state }) => state.addNotice('cli:no-control', { reason }),
      close: () => Promise.resolve(),
    };
  }
}

/** What keeps a folder or a socket from being used, in words. */
export function whyNot(error: unknown, t: Translate): string {
  return error instanceof UnsafeFolder
    ? t(error.complaint, { folder: error.folder })
    : textOfThrown(error);
}

/**
 * A socket that nobody answers at was left behind by a crash. The one that serves may have another folder for it: cron
 * knows nothing of the folder of who is signed in.
 */
async function removeStale({ socketPath, pointer }: ProfilePaths, t: Translate): Promise<void> {
  const others = new Set([readPointer(pointer) ?? socketPath, socketPath]);
  for (const path of others)
    if (await answers(path)) throw new AlreadyServed(t('cli:already-served'));
  if (process.platform !== 'win32') rmSync(socketPath, { force: true });
}

/** Does anybody listen there? */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function listen(server: Server, path: string, t: Translate): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      // On Windows the first owner of a pipe's name keeps it, whoever that is.
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      reject(taken ? new AlreadyServed(t('cli:already-served')) : error);
    };
    server.once('error', refused);
    server.listen(path, () => {
      server.off('error', refused);
      resolve();
    });
  });
}

/** One connection: greets, wants the proof with the first request, and answers until the caller hangs up. */
function serveCaller(socket: Socket, door: ControlDoor, verbs: Promise<VerbTable>): void {
  const { paths, version, log } = door;
  const challenge = randomBytes(16).toString('hex');
  const gone = new AbortController();
  let proven = false;
  let running = 0;
  socket.on('error', (error) => log('debug', `control: ${error.message}`));
  socket.once('close', () => {
    takeProof(paths.controlFolder, challenge);
    gone.abort();
  });
  socket.setTimeout(SILENCE_MS, () => {
    if (running === 0) socket.destroy();
  });
  sendLine(socket, { mailmole: PROTOCOL_VERSION, version, challenge } satisfies Hello);
  readLines(socket, (line) => {
    proven ||= takeProof(paths.controlFolder, challenge);
    if (!proven) {
      log('warn', 'A caller on the control socket did not prove to be this user.');
      socket.destroy();
      return;
    }
    running += 1;
    void answer(line, door, verbs, gone.signal).then((document) => {
      running -= 1;
      sendLine(socket, document);
    });
  });
}

async function answer(
  line: string,
  { t, log }: ControlDoor,
  verbs: Promise<VerbTable>,
  signal: AbortSignal,
): Promise<object> {
  const request = requestSchema.safeParse(parseLine(line));
  if (!request.success) {
    const text = t('cli:error.other-version');
    return { id: null, ...fail<ControlFailure>({ kind: 'failed', text }) };
  }
  const { id, verb } = request.data;
  const params = VERBS[verb].params.safeParse(request.data.params, { reportInput: false });
  if (!params.success) {
    const text = t('cli:error.bad-request', { verb });
    return { id, ...fail<ControlFailure>({ kind: 'usage', text }) };
  }
  try {
    // The table pairs each verb with its own parameters, and these were parsed by the same verb's schema.
    const carryOut = (await verbs)[verb] as (
      params: unknown,
      signal: AbortSignal,
    ) => Promise<object>;
    return { id, ...(await carryOut(params.data, signal)) };
  } catch (error) {
    const detail = textOfThrown(error);
    log('error', `${verb} failed: ${detail}`);
    const text = t('cli:error.failed', { detail });
    return { id, ...fail<ControlFailure>({ kind: 'failed', text }) };
  }
}

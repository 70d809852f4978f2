import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { PROTOCOL_VERSION } from './agreed';
import { numberOf, readAnswer, readHello } from './answers';
import { demandPrivateFolder, makeProof, readPointer } from './control-folder';
import { parseLine, readLines, sendLine } from './lines';
import type { ProfilePaths } from './profile-paths';
import type { Answer, Params, Verb } from './protocol';

/** A program that takes the call but does not greet within this time, in milliseconds, hangs. */
const GREET_MS = 10_000;

/** Why the program that runs cannot be spoken to, as a catalogue key. */
export type ClientComplaint =
  'cli:error.other-version' | 'cli:error.hung-up' | 'cli:error.no-greeting';

/** The program runs, but does not speak as it should. */
export class NotUnderstood extends Error {
  readonly complaint: ClientComplaint;

  constructor(complaint: ClientComplaint) {
    super(complaint);
    this.complaint = complaint;
  }
}

/** A line to the program that runs. */
export interface ControlClient {
  /** Of the program. */
  readonly version: string;
  /** @throws NotUnderstood when the program hangs up or answers what is no answer */
  ask<V extends Verb>(verb: V, params: Params<V>): Promise<Answer<V>>;
  /** Hangs up, which cancels what still runs. */
  close(): void;
}

/**
 * Calls the program that serves a profile.
 *
 * @returns null when none runs
 * @throws UnsafeFolder when others could stand in for the program; NotUnderstood
 */
export async function callControl(paths: ProfilePaths): Promise<ControlClient | null> {
  const socketPath = readPointer(paths.pointer);
  if (socketPath === null) return null;
  const folder = process.platform === 'win32' ? paths.controlFolder : dirname(socketPath);
  const socket = await dial(socketPath, () => demandPrivateFolder(folder));
  return socket === null ? null : greet(socket, folder);
}

/** Null when nobody listens: the socket is gone, or a crash left it behind. */
function dial(path: string, check: () => void): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      if (nobody) resolve(null);
      else reject(error);
    });
    socket.once('connect', () => {
      try {
        // Whoever answers, nothing is said before the folder was found private.
        check();
        resolve(socket);
      } catch (error) {
        socket.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/** Hears the program's greeting, proves whose call it is, and takes requests from then on. */
function greet(socket: Socket, folder: string): Promise<ControlClient> {
  return new Promise((resolve, reject) => {
    const line = new Line(socket);
    let removeProof = (): void => undefined;
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new NotUnderstood('cli:error.no-greeting'));
    }, GREET_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      removeProof();
      line.end();
      reject(new NotUnderstood('cli:error.hung-up'));
    });
    line.onHello = (document) => {
      clearTimeout(timer);
      const hello = readHello(document);
      if (hello?.mailmole !== PROTOCOL_VERSION) {
        reject(new NotUnderstood('cli:error.other-version'));
        socket.destroy();
        return;
      }
      removeProof = makeProof(folder, hello.challenge);
      resolve({
        version: hello.version,
        ask: (verb, params) => line.ask(verb, params),
        close: () => socket.destroy(),
      });
    };
  });
}

interface Waiting {
  readonly answered: (document: unknown) => void;
  readonly failed: (error: NotUnderstood) => void;
}

/** Requests by number, and who waits for their answers. */
class Line {
  onHello: ((document: unknown) => void) | null = null;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    // What went wrong is told by the closing that follows.
    socket.on('error', () => undefined);
    readLines(socket, (line) => this.#heard(parseLine(line)));
  }

  ask<V extends Verb>(verb: V, params: Params<V>): Promise<Answer<V>> {
    const id = (this.#asked += 1);
    return new Promise((answered, failed) => {
      if (this.#socket.destroyed) {
        failed(new NotUnderstood('cli:error.hung-up'));
        return;
      }
      this.#waiting.set(id, {
        answered: (value) => {
          const parsed = readAnswer(verb, value);
          if (parsed === null) failed(new NotUnderstood('cli:error.other-version'));
          else answered(parsed);
        },
        failed,
      });
      sendLine(this.#socket, { mailmole: PROTOCOL_VERSION, id, verb, params });
    });
  }

  end(): void {
    for (const { failed } of this.#waiting.values()) failed(new NotUnderstood('cli:error.hung-up'));
    this.#waiting.clear();
  }

  #heard(document: unknown): void {
    const { onHello } = this;
    if (onHello !== null) {
      this.onHello = null;
      onHello(document);
      return;
    }
    const number = numberOf(document);
    // Without a number it is meant for whatever was asked.
    const ids = number === null ? [...this.#waiting.keys()] : [number];
    for (const id of ids) {
      this.#waiting.get(id)?.answered(document);
      this.#waiting.delete(id);
    }
  }
}

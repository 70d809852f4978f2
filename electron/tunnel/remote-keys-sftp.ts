import { randomBytes } from 'node:crypto';
import type { Client, SFTPWrapper, Stats } from 'ssh2';
import { LARGEST_KEY_LIST, notInstalled, type RemoteKeys } from './remote-keys';
import { textOfThrown } from '../shared/thrown';

const FOLDER = '.ssh';
const FILE = '.ssh/authorized_keys';
/** Answers of a server (draft-ietf-secsh-filexfer-02, 7). */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
const FOR_OWNER = 0o600;
const FOLDER_FOR_OWNER = 0o700;
/** Write permission for others, which sshd does not let pass (StrictModes). */
const WRITE_FOR_OTHERS = 0o022;

type Done<T> = (error: Error | null | undefined, value: T) => void;

/** Starts SFTP; null when the server does not offer it, or has something else in its place. */
export function openSftp(client: Client): Promise<SFTPWrapper | null> {
  return new Promise((resolve) => {
    try {
      client.sftp((error, sftp) => {
        if (error !== undefined) {
          resolve(null);
          return;
        }
        // An SFTP stream without an error listener would end the process.
        sftp.on('error', () => sftp.end());
        resolve(sftp);
      });
    } catch {
      resolve(null);
    }
  });
}

/** The list of keys over SFTP. Relative names begin in the account's home. */
export class SftpKeys implements RemoteKeys {
  readonly #sftp: SFTPWrapper;
  readonly #host: string;

  constructor(sftp: SFTPWrapper, host: string) {
    this.#sftp = sftp;
    this.#host = host;
  }

  async read(): Promise<Buffer | null> {
    const target = await this.#target();
    const facts = await this.#stat(target);
    if (facts === null) return null;
    if (!facts.isFile()) throw notInstalled(this.#host, 'no-files', `${FILE} is not a file`);
    const handle = await this.#call<Buffer>((done) => this.#sftp.open(target, 'r', done));
    try {
      return await this.#readAll(handle);
    } finally {
      await this.#do((done) => this.#sftp.close(handle, done));
    }
  }

  async write(before: Buffer | null, after: Buffer): Promise<boolean> {
    await this.#prepareFolder();
    const target = await this.#target();
    const old = await this.#stat(target);
    // Renaming would get past the write protection of a file that an administrator keeps here.
    if (old !== null) await this.#proveWritable(target);
    const mode = old === null ? FOR_OWNER : old.mode & 0o777 & ~WRITE_FOR_OTHERS;
    const draft = `${target}.mailmole-${randomBytes(4).toString('hex')}`;
    try {
      await this.#writeDraft(draft, after, mode);
      const now = await this.read();
      const same = before === null ? now === null : now !== null && now.equals(before);
      if (same) await this.#putInPlace(draft, target, old !== null);
      else await this.#remove(draft);
      return same;
    } catch (thrown) {
      await this.#remove(draft).catch(() => undefined);
      throw thrown;
    }
  }

  /** Where the list really lies: people who keep such files elsewhere have a symbolic link here. */
  async #target(): Promise<string> {
    const facts = await this.#ifThere<Stats>((done) => this.#sftp.lstat(FILE, done));
    if (facts?.isSymbolicLink() !== true) return FILE;
    return this.#call<string>((done) => this.#sftp.realpath(FILE, done));
  }

  async #prepareFolder(): Promise<void> {
    const facts = await this.#stat(FOLDER);
    if (facts === null) {
      const mode = FOLDER_FOR_OWNER;
      await this.#do((done) => this.#sftp.mkdir(FOLDER, { mode }, done));
      return;
    }
    if (!facts.isDirectory()) throw notInstalled(this.#host, 'no-files', `${FOLDER} is no folder`);
    if ((facts.mode & WRITE_FOR_OTHERS) === 0) return;
    const mode = facts.mode & 0o777 & ~WRITE_FOR_OTHERS;
    await this.#do((done) => this.#sftp.chmod(FOLDER, mode, done));
  }

  async #readAll(handle: Buffer): Promise<Buffer> {
    const bytes = Buffer.alloc(LARGEST_KEY_LIST + 1);
    let length = 0;
    while (length < bytes.length) {
      const count = await this.#call<number>((done) =>
        this.#sftp.read(handle, bytes, length, bytes.length - length, length, done),
      );
      if (count === 0) return bytes.subarray(0, length);
      length += count;
    }
    throw notInstalled(this.#host, 'no-files', `${FILE} is larger than ${LARGEST_KEY_LIST} bytes`);
  }

  async #proveWritable(target: string): Promise<void> {
    const handle = await this.#call<Buffer>((done) => this.#sftp.open(target, 'r+', done));
    await this.#do((done) => this.#sftp.close(handle, done));
  }

  async #writeDraft(draft: string, content: Buffer, mode: number): Promise<void> {
    const sftp = this.#sftp;
    const handle = await this.#call<Buffer>((done) => sftp.open(draft, 'wx', FOR_OWNER, done));
    try {
      await this.#do((done) => sftp.write(handle, content, 0, content.length, 0, done));
      // Some servers cannot change a mode; where it is the one that was asked for, nothing needs to be changed.
      if (mode !== FOR_OWNER) await this.#do((done) => sftp.fchmod(handle, mode, done));
    } finally {
      await this.#do((done) => sftp.close(handle, done));
    }
  }

  /** In one step where the server can (OpenSSH's posix-rename); otherwise the old file waits beside it until the new one is there. */
  async #putInPlace(draft: string, target: string, replaces: boolean): Promise<void> {
    const sftp = this.#sftp;
    const rename = (from: string, to: string) => this.#do((done) => sftp.rename(from, to, done));
    if (!replaces) {
      await rename(draft, target);
      return;
    }
    if (this.#hasPosixRename()) {
      await this.#do((done) => sftp.ext_openssh_rename(draft, target, done));
      return;
    }
    const aside = `${draft}-old`;
    await rename(target, aside);
    try {
      await rename(draft, target);
    } catch (thrown) {
      await rename(aside, target);
      throw thrown;
    }
    await this.#remove(aside);
  }

  /** ssh2 (1.17.0) tells what a server has only by throwing at whoever uses what it has not. */
  #hasPosixRename(): boolean {
    const { _extensions: known } = this.#sftp as { _extensions?: Record<string, string> };
    return known?.['posix-rename@openssh.com'] === '1';
  }

  #remove(name: string): Promise<void> {
    return this.#do((done) => this.#sftp.unlink(name, done));
  }

  #stat(name: string): Promise<Stats | null> {
    return this.#ifThere<Stats>((done) => this.#sftp.stat(name, done));
  }

  async #ifThere<T>(ask: (done: Done<T>) => void): Promise<T | null> {
    const { error, value } = await outcome(ask);
    if (error === null) return value;
    if (codeOf(error) === NO_SUCH_FILE) return null;
    throw this.#trouble(error);
  }

  async #call<T>(ask: (done: Done<T>) => void): Promise<T> {
    const { error, value } = await outcome(ask);
    if (error !== null) throw this.#trouble(error);
    return value;
  }

  async #do(ask: (done: (error?: Error | null) => void) => void): Promise<void> {
    await this.#call<undefined>((done) => ask((error) => done(error, undefined)));
  }

  #trouble(error: Error): Error {
    const denied = codeOf(error) === PERMISSION_DENIED;
    return notInstalled(this.#host, denied ? 'not-allowed' : 'no-files', `SFTP: ${error.message}`);
  }
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}

function outcome<T>(ask: (done: Done<T>) => void): Promise<{ error: Error | null; value: T }> {
  return new Promise((resolve, reject) => {
    try {
      ask((error, value) => resolve({ error: error ?? null, value }));
    } catch (thrown) {
      reject(thrown instanceof Error ? thrown : new Error(textOfThrown(thrown)));
    }
  });
}

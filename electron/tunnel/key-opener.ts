import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import ssh2 from 'ssh2';
import type { KeyTrouble } from '../shared/tunnel-error';
import { inspectKeyBytes, openKeyBytes } from './key-forms';
import type { KeyWorkerRequest } from './key-worker';
import type { OpenedKey } from './private-key';
import { TunnelFailure } from './tunnel-failure';

/** A private key file is a few kilobytes; anything larger was chosen by mistake. */
const LARGEST_KEY_FILE = 256 * 1024;
/** 200 bcrypt rounds take 3 s here; a thousand are a mistake or malice. */
const OPENING_TIMEOUT_MS = 60_000;

/** A key file that was read and can be offered to a server. */
export interface KeyFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly encrypted: boolean;
  readonly publicKey: Buffer | null;
  /** Under this name an unlocked key is kept: a changed file never meets an old passphrase. */
  readonly hash: string;
}

/**
 * Reads a key file, without its passphrase. The public half of an encrypted PEM or PKCS#8 key is taken from the
 * `.pub` file beside it, where there is one.
 *
 * @throws TunnelFailure `key-unusable`
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const bytes = await readSmallFile(path);
  const facts = inspectKeyBytes(bytes);
  if (facts.kind === 'unusable') throw trouble(path, facts.why, facts.detail);
  const publicKey = facts.publicKey ?? (await publicKeyBeside(path));
  const hash = createHash('sha256').update(bytes).digest('hex');
  return { path, bytes, encrypted: facts.encrypted, publicKey, hash };
}

/** Opens keys; those that are encrypted in a worker thread, since their key derivation blocks for seconds. */
export class KeyOpener {
  readonly #script: URL;

  /** @param script the compiled `key-worker.ts` */
  constructor(script: URL) {
    this.#script = script;
  }

  open(file: KeyFile, passphrase: string | null): Promise<OpenedKey> {
    if (passphrase === null || !file.encrypted) return openKeyBytes(file.bytes, null);
    return this.#inWorker({ bytes: file.bytes, passphrase });
  }

  #inWorker(request: KeyWorkerRequest): Promise<OpenedKey> {
    return new Promise((resolve) => {
      const worker = new Worker(this.#script);
      const finish = (answer: OpenedKey) => {
        clearTimeout(timer);
        void worker.terminate();
        resolve(answer);
      };
      const failed = (detail: string) => finish({ kind: 'unusable', why: 'unsupported', detail });
      const timer = setTimeout(() => failed('opening it took over a minute'), OPENING_TIMEOUT_MS);
      worker.once('message', (answer: OpenedKey) => finish(answer));
      worker.once('error', (error: Error) => failed(error.message));
      worker.once('exit', () => failed('the key worker ended'));
      worker.postMessage(request);
    });
  }
}

async function readSmallFile(path: string): Promise<Buffer> {
  try {
    const facts = await stat(path);
    // A pipe or a device would be read for ever.
    if (!facts.isFile()) throw trouble(path, 'not-a-key', 'not a file');
    const { size } = facts;
    if (size > LARGEST_KEY_FILE) throw trouble(path, 'not-a-key', `${size} bytes`);
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof TunnelFailure) throw thrown;
    const { code, message } = thrown as NodeJS.ErrnoException;
    throw trouble(path, code === 'ENOENT' ? 'missing' : 'unreadable', message);
  }
}

async function publicKeyBeside(path: string): Promise<Buffer | null> {
  try {
    const parsed = ssh2.utils.parseKey(await readFile(`${path}.pub`, 'utf8'));
    return parsed instanceof Error ? null : parsed.getPublicSSH();
  } catch {
    return null;
  }
}

function trouble(path: string, why: KeyTrouble, detail: string): TunnelFailure {
  return new TunnelFailure({ kind: 'key-unusable', path, why, detail });
}

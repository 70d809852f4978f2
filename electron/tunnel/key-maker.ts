import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { KeyMade } from '../shared/server-key';
import type { TunnelError } from '../shared/tunnel-error';
import type { Secret } from '../secrets/secret';
import type { GeneratedKey, KeyMakeRequest } from './key-generation';
import { fingerprint } from './known-hosts';
import { TunnelFailure } from './tunnel-failure';
import { textOfThrown } from '../shared/thrown';

export interface KeyMakerOptions {
  /** The compiled `key-worker.ts`. */
  readonly worker: URL;
  /** Stands behind the public key, for people; control characters are taken out. */
  readonly comment: string;
}

/** Half a second is usual. */
const MAKING_TIMEOUT_MS = 60_000;

/**
 * Makes an Ed25519 key in OpenSSH's format, and writes it: the private half readable by its owner only (0600), the
 * public half beside it (0644), both or neither. A file that is there already is never touched. A missing folder is
 * made (0700).
 *
 * @param path absolute path of the private half
 * @param passphrase null for a key without one; not empty
 * @throws TunnelFailure `key-not-made`
 */
export async function makeKey(
  path: string,
  passphrase: Secret | null,
  { worker, comment }: KeyMakerOptions,
): Promise<KeyMade> {
  if (passphrase?.reveal() === '') throw notMade(path, 'not-written', 'the passphrase is empty');
  const made = await generate(path, worker, {
    make: 'ed25519',
    comment: comment.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim(),
    passphrase: passphrase?.reveal() ?? null,
  });
  const pub = `${path}.pub`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((thrown: unknown) => {
    throw notMade(path, 'not-written', textOfThrown(thrown));
  });
  try {
    await writeNew(path, made.privateKey, 0o600);
    await writeNew(pub, `${made.publicKey}\n`, 0o644).catch(async (thrown: unknown) => {
      await rm(path, { force: true });
      throw thrown;
    });
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    throw notMade(path, code === 'EEXIST' ? 'exists' : 'not-written', message);
  }
  const blob = Buffer.from(made.publicKey.split(' ')[1] ?? '', 'base64');
  return { path, publicKey: made.publicKey, fingerprint: fingerprint(blob) };
}

/** Writes a file that was not there; what cannot be written whole is taken away again. */
async function writeNew(path: string, content: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    // The umask has its own idea of a public file, but a private one must not depend on it.
    await file.chmod(mode);
    await file.sync();
  } catch (thrown) {
    await rm(path, { force: true });
    throw thrown;
  } finally {
    await file.close();
  }
}

function generate(path: string, script: URL, request: KeyMakeRequest): Promise<GeneratedKey> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script);
    const over = () => {
      clearTimeout(timer);
      void worker.terminate();
    };
    const failed = (detail: string) => {
      over();
      reject(notMade(path, 'not-written', detail));
    };
    const timer = setTimeout(() => failed('making it took over a minute'), MAKING_TIMEOUT_MS);
    worker.once('message', (made: GeneratedKey) => {
      over();
      resolve(made);
    });
    worker.once('error', (error: Error) => failed(error.message));
    worker.once('exit', () => failed('the key worker ended'));
    worker.postMessage(request);
  });
}

type Why = Extract<TunnelError, { kind: 'key-not-made' }>['why'];

function notMade(path: string, why: Why, detail: string): TunnelFailure {
  return new TunnelFailure({ kind: 'key-not-made', path, why, detail });
}

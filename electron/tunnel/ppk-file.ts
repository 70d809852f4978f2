import type { KeyTrouble } from '../shared/tunnel-error';

/** An RSA key of 16384 bits takes 13 KB; anything larger was chosen by mistake. */
const LARGEST_FILE = 64 * 1024;
/** PuTTY itself takes 8 MB; more than this is a mistake or malice. In KiB. */
const LARGEST_MEMORY = 256 * 1024;
/** Memory × passes, in KiB: 15 to 30 s here. PuTTY's own choice, a tenth of a second, is under 1 GB. */
const LARGEST_WORK = 16 * 1024 * 1024;
/** The threads of Argon2, which run one after the other here. */
const LARGEST_PARALLELISM = 256;

const ARGON2_FLAVOURS = ['Argon2id', 'Argon2i', 'Argon2d'] as const;

/** How version 3 makes keys of a passphrase (RFC 9106). */
export interface Argon2Plan {
  readonly flavour: (typeof ARGON2_FLAVOURS)[number];
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
}

/** A PuTTY private key file taken apart, nothing of it deciphered or believed yet. */
export interface PpkFile {
  readonly version: 2 | 3;
  /** Such as `ssh-ed25519`. */
  readonly algorithm: string;
  readonly encryption: 'none' | 'aes256-cbc';
  readonly comment: Buffer;
  readonly publicBlob: Buffer;
  /** Null without encryption, and in version 2, which knows SHA-1 only. */
  readonly argon2: Argon2Plan | null;
  readonly privateBlob: Buffer;
  readonly mac: Buffer;
}

/** Why a file is no use, thrown within the reading of it. */
export class PpkTrouble extends Error {
  readonly why: KeyTrouble;

  constructor(why: KeyTrouble, detail: string) {
    super(detail);
    this.name = 'PpkTrouble';
    this.why = why;
  }
}

/**
 * Takes a PuTTY private key file apart (PuTTY's manual, appendix C).
 *
 * @throws PpkTrouble `not-a-key` for another file, `damaged` when it is not whole; `unsupported`, `dsa`, `certificate`
 *   or `hardware-key` for what is known and not supported, an Argon2 that costs too much among it
 */
export function parsePpk(file: string | Uint8Array): PpkFile {
  const bytes = Buffer.from(file);
  if (bytes.length > LARGEST_FILE) throw new PpkTrouble('not-a-key', `${bytes.length} bytes`);
  // In Latin-1 no byte is lost of a comment in some other encoding, which counts for the checksum.
  const lines = new Lines(bytes.toString('latin1').trimStart());
  const { version, algorithm } = lines.head();
  refuseType(algorithm);
  const encryption = lines.value('Encryption');
  if (encryption !== 'none' && encryption !== 'aes256-cbc')
    throw new PpkTrouble('unsupported', `key encrypted with ${encryption}`);
  const comment = Buffer.from(lines.value('Comment'), 'latin1');
  const publicBlob = lines.blob('Public-Lines');
  const argon2 = version === 3 && encryption !== 'none' ? argon2Plan(lines) : null;
  const privateBlob = lines.blob('Private-Lines');
  const mac = Buffer.from(lines.value('Private-MAC'), 'hex');
  return { version, algorithm, encryption, comment, publicBlob, argon2, privateBlob, mac };
}

function refuseType(algorithm: string): void {
  if (algorithm === 'ssh-dss') throw new PpkTrouble('dsa', algorithm);
  if (/-cert-v\d\d@/.test(algorithm)) throw new PpkTrouble('certificate', algorithm);
  if (algorithm.startsWith('sk-')) throw new PpkTrouble('hardware-key', algorithm);
}

function argon2Plan(lines: Lines): Argon2Plan {
  const named = lines.value('Key-Derivation');
  const flavour = ARGON2_FLAVOURS.find((known) => known === named);
  if (flavour === undefined) throw new PpkTrouble('unsupported', `key derivation ${named}`);
  const memory = lines.number('Argon2-Memory');
  const passes = lines.number('Argon2-Passes');
  const parallelism = lines.number('Argon2-Parallelism');
  const salt = Buffer.from(lines.value('Argon2-Salt'), 'hex');
  if (passes < 1 || parallelism < 1 || memory < 8 * parallelism || salt.length < 8)
    throw new PpkTrouble('damaged', 'Argon2 with impossible parameters');
  if (
    memory > LARGEST_MEMORY ||
    memory * passes > LARGEST_WORK ||
    parallelism > LARGEST_PARALLELISM
  )
    throw new PpkTrouble(
      'unsupported',
      `opening it would take Argon2 with ${memory} KiB, ${passes} passes and ${parallelism} threads`,
    );
  return { flavour, memory, passes, parallelism, salt };
}

/** The lines of the file, which come in a fixed order. */
class Lines {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#lines = text.split(/\r\n|\n|\r/);
  }

  head(): { version: 2 | 3; algorithm: string } {
    const found = /^PuTTY-User-Key-File-(\d+): (\S+)$/.exec(this.#next());
    if (found === null) throw new PpkTrouble('not-a-key', 'no PuTTY private key');
    const [, version, algorithm = ''] = found;
    if (version === '2') return { version: 2, algorithm };
    if (version === '3') return { version: 3, algorithm };
    throw new PpkTrouble('unsupported', `PuTTY key file version ${version}`);
  }

  value(name: string): string {
    const line = this.#next();
    if (!line.startsWith(`${name}: `)) throw new PpkTrouble('damaged', `no ${name}`);
    return line.slice(name.length + 2);
  }

  number(name: string): number {
    const text = this.value(name);
    if (!/^\d{1,9}$/.test(text)) throw new PpkTrouble('damaged', `${name} is no number`);
    return Number(text);
  }

  blob(name: string): Buffer {
    const end = this.number(name) + this.#at;
    if (end > this.#lines.length) throw new PpkTrouble('damaged', `not as many ${name} as said`);
    const text = this.#lines.slice(this.#at, end).join('');
    this.#at = end;
    return Buffer.from(text, 'base64');
  }

  #next(): string {
    return this.#lines[this.#at++] ?? '';
  }
}

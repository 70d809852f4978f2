import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KnownHost, HostKeyVerdict } from './known-hosts';
import {
  entriesFor,
  hostName,
  judge,
  namesMatch,
  parseKnownHosts,
  REPLACED,
  typeInBlob,
} from './known-hosts';
import { TunnelFailure } from './tunnel-failure';
import { textOfThrown } from '../shared/thrown';
import type { KnownHostsTrouble } from '../shared/tunnel-error';

/** A known_hosts file larger than this is not a known_hosts file. */
const LARGEST_FILE = 16 * 1024 * 1024;

/** Of the keys that one server tells of, as many are looked at; of one server, as many are kept in our own file. */
const MOST_OFFERED = 8;
const MOST_KEPT = 16;
/** An RSA key of 16,384 bits, the largest that OpenSSH takes, has 2 KB. */
const LARGEST_KEY = 8 * 1024;
/** Keys that a connection can be made with. */
const LEARNT_TYPES = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);

/**
 * The host keys this computer knows: the user's and the system's known_hosts, which are only read, and our own file,
 * which is written. Files are read afresh for every connection, so that a line added by `ssh` counts at once.
 */
export class HostKeys {
  readonly #readOnly: readonly string[];
  readonly #own: string;
  /** Writes to our own file follow one another, so that two accounts do not lose each other's lines. */
  #writing: Promise<void> = Promise.resolve();

  /** Keys that a person has trusted in this run and that are not written down, by the server. */
  readonly #inMind = new Map<string, { readonly question: string; readonly key: Buffer }>();

  /** Those that write another file in place of our own, by that; one each, so that its writes follow one another too. */
  readonly #others = new Map<string, HostKeys>();

  constructor(readOnlyFiles: readonly string[], ownFile: string) {
    this.#readOnly = readOnlyFiles;
    this.#own = ownFile;
  }

  /** The same with another file in place of our own, which is the person's: it is read, and written, in our stead. */
  at(file: string | null): HostKeys {
    if (file === null || file === this.#own) return this;
    const known = this.#others.get(file) ?? new HostKeys(this.#readOnly, file);
    this.#others.set(file, known);
    return known;
  }

  /** What is known right now. Throws when a file is there but cannot be read: then nothing may be trusted blindly. */
  async load(): Promise<KnownHostsView> {
    return new KnownHostsView(await this.#entries());
  }

  async #entries(): Promise<readonly KnownHost[]> {
    await this.#writing;
    return (await Promise.all([this.#own, ...this.#readOnly].map(readIfThere))).flat();
  }

  /**
   * Keeps in mind that a person trusts a key, until it is written down: a wrong password afterwards, or a line that is
   * lost, is no reason to ask about the key again.
   *
   * @param question what was known of the server when it was asked about; another question is another answer
   */
  keepInMind(host: string, port: number, question: string, key: Buffer): void {
    this.#inMind.set(hostName(host, port), { question, key });
  }

  /** Has a person said yes to this very question in this run, and is that not written down yet? */
  hasInMind(host: string, port: number, question: string, key: Buffer): boolean {
    const said = this.#inMind.get(hostName(host, port));
    return said?.question === question && said.key.equals(key);
  }

  /** Adds a key a person trusted, as a new line of our own file (mode 0600, replaced atomically). */
  async trust(host: string, port: number, key: Buffer): Promise<void> {
    await this.#rewrite((text) => {
      // Several accounts of one server may have asked about it at the same time.
      const known = new KnownHostsView(parseKnownHosts(text, this.#own)).judge(host, port, key);
      return known.kind === 'known' ? text : appendLine(text, host, port, key);
    });
    // From now on the file says it, and no longer says it when the line is taken out.
    this.#inMind.delete(hostName(host, port));
  }

  /**
   * Adds keys of which a server that is known has proved that they are its own too, so that it can give up the one that
   * is known (`hostkeys-00@openssh.com`). Takes nothing away, takes no revoked key, and few keys of one server.
   *
   * @returns those that were new
   */
  async learn(host: string, port: number, keys: readonly Buffer[]): Promise<readonly Buffer[]> {
    const view = await this.load();
    const isNew = (key: Buffer) =>
      key.length <= LARGEST_KEY &&
      LEARNT_TYPES.has(typeInBlob(key) ?? '') &&
      !['known', 'revoked'].includes(view.judge(host, port, key).kind);
    const fresh = keys.slice(0, MOST_OFFERED).filter(isNew);
    if (fresh.length === 0) return [];
    let added: Buffer[] = [];
    await this.#rewrite((text) => {
      // Another account of the same server may have learnt them meanwhile.
      const own = entriesFor(parseKnownHosts(text, this.#own), host, port);
      added = fresh
        .filter((key) => !own.some((entry) => entry.key.equals(key)))
        .slice(0, Math.max(0, MOST_KEPT - own.length));
      return added.reduce((before, key) => appendLine(before, host, port, key), text);
    });
    return added;
  }

  /**
   * Takes over the keys of servers of which nothing is known. A server that is known keeps the keys it is known by: it
   * must be known by one of these, and by no other key in place of one of them. All of them, or none.
   *
   * @returns the first key that another one stands against, by its server
   */
  async takeOver(
    servers: readonly {
      readonly host: string;
      readonly port: number;
      readonly keys: readonly Buffer[];
    }[],
  ): Promise<{ readonly host: string; readonly port: number; readonly key: Buffer } | null> {
    const view = await this.load();
    const fresh: { readonly host: string; readonly port: number; readonly key: Buffer }[] = [];
    for (const { host, port, keys } of servers) {
      const verdicts = keys.map((key) => ({ key, kind: view.judge(host, port, key).kind }));
      const known = verdicts.some(({ kind }) => kind === 'known');
      const bad = known ? ['changed', 'revoked'] : ['changed', 'revoked', 'other-algorithm'];
      const against = verdicts.find(({ kind }) => bad.includes(kind));
      if (against !== undefined) return { host, port, key: against.key };
      if (!known) fresh.push(...keys.map((key) => ({ host, port, key })));
    }
    if (fresh.length > 0)
      await this.#rewrite((text) =>
        fresh.reduce((before, each) => appendLine(before, each.host, each.port, each.key), text),
      );
    return null;
  }

  /**
   * A person compared fingerprints and put this key in place of the one known. Our own lines that say of this host alone
   * what is no longer so go; what other lines and files say of it, which are not ours to change, is marked as replaced.
   */
  async replace(host: string, port: number, key: Buffer): Promise<void> {
    const name = hostName(host, port);
    const type = typeInBlob(key);
    const others = (await this.#entries()).filter((entry) => entry.file !== this.#own);
    await this.#rewrite((text) => {
      const own = parseKnownHosts(text, this.#own);
      const ofHost = entriesFor([...own, ...others], host, port);
      const old = ofHost.filter((e) => e.marker === 'none' && e.keyType === type);
      const again = ofHost.filter((e) => e.marker === 'replaced' && e.key.equals(key));
      const stale = [...old, ...again].filter((e) => e.file === this.#own && e.names === name);
      const gone = new Set(stale.map((e) => e.line));
      const kept = text.split('\n').filter((_, index) => !gone.has(index + 1));
      const bare = entriesFor(others, host, 22).filter((e) => e.marker === 'none');
      const left = [...old, ...bare].filter((e) => !stale.includes(e) && e.keyType === type);
      const marked = new Set(left.filter((e) => !e.key.equals(key)).map((e) => keyText(e.key)));
      const lines = [...marked].map((text) => `@revoked ${name} ${text} ${REPLACED}\n`);
      return appendLine(kept.join('\n') + lines.join(''), host, port, key);
    });
  }

  async #rewrite(change: (text: string) => string): Promise<void> {
    const next = this.#writing.then(async () => {
      await mkdir(dirname(this.#own), { recursive: true, mode: 0o700 });
      const text = await readText(this.#own);
      const target = await writtenAt(this.#own);
      const fresh = `${target}.new`;
      // One that a crash left behind would keep its own mode.
      await rm(fresh, { force: true });
      await writeFile(fresh, change(text), { mode: 0o600, flag: 'wx', flush: true });
      await rename(fresh, target);
    });
    this.#writing = next.catch(() => undefined);
    return next.catch((thrown: unknown) => {
      throw trouble(this.#own, 'unwritable', thrown);
    });
  }
}

/** The known hosts as they stood when a connection was begun. */
export class KnownHostsView {
  readonly #entries: readonly KnownHost[];

  constructor(entries: readonly KnownHost[]) {
    this.#entries = entries;
  }

  /** Key types known for a host, to be asked for first. */
  knownTypes(host: string, port: number): readonly string[] {
    const known = entriesFor(this.#entries, host, port).filter((entry) => entry.marker === 'none');
    return [...new Set(known.map((entry) => entry.keyType))];
  }

  /** The keys that vouch for a host, each as type and base64, the way known_hosts writes them. */
  trustedKeys(host: string, port: number): readonly string[] {
    const entries = entriesFor(this.#entries, host, port);
    const vouching = entries.filter(
      ({ marker, key }) => marker === 'none' && this.judge(host, port, key).kind === 'known',
    );
    return [...new Set(vouching.map(({ key }) => keyText(key)))];
  }

  /** Does a line name an authority whose certificates would vouch for this host? */
  authorityKnown(host: string, port: number): boolean {
    const name = hostName(host, port);
    return this.#entries.some((e) => e.marker === 'cert-authority' && namesMatch(e.names, name));
  }

  judge(host: string, port: number, presented: Buffer): HostKeyVerdict {
    return judge(this.#entries, host, port, presented);
  }
}

async function readIfThere(file: string): Promise<readonly KnownHost[]> {
  return parseKnownHosts(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE) throw new Error('too large to be a known_hosts file');
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw trouble(file, 'unreadable', thrown);
  }
}

/** Where the file really lies: a link to it stays a link. What is no file, such as /dev/null, is not to become one. */
async function writtenAt(file: string): Promise<string> {
  try {
    const target = await realpath(file);
    if (!(await stat(target)).isFile()) throw new Error('not a file that host keys can be kept in');
    return target;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return file;
    throw thrown;
  }
}

/** Named by its file, and kept apart from the errors of sockets, which have the same codes. */
function trouble(path: string, why: KnownHostsTrouble, thrown: unknown): TunnelFailure {
  if (thrown instanceof TunnelFailure) return thrown;
  const detail = textOfThrown(thrown);
  return new TunnelFailure({ kind: 'known-hosts-unusable', path, why, detail });
}

function appendLine(text: string, host: string, port: number, key: Buffer): string {
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}${hostName(host, port)} ${keyText(key)}\n`;
}

function keyText(key: Buffer): string {
  return `${typeInBlob(key) ?? 'unknown'} ${key.toString('base64')}`;
}

import { chmod, lstat, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostKeys } from '../../../electron/tunnel/host-keys';
import { REPLACED } from '../../../electron/tunnel/known-hosts';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { ecdsaBlob, ed25519Blob, keyText, rsaBlob } from './host-key-maker';

const ed1 = ed25519Blob();
const ed2 = ed25519Blob();
const ec = ecdsaBlob();
const rsa = rsaBlob();

describe('the host keys this computer knows', () => {
  let folder: WorldFolder;
  let own: string;
  beforeEach(async () => {
    folder = await makeWorldFolder('host-keys');
    own = folder.file('data', 'known_hosts');
  });
  afterEach(() => folder.remove());

  async function verdict(keys: HostKeys, key: Buffer, host = 'h', port = 22): Promise<string> {
    return (await keys.load()).judge(host, port, key).kind;
  }

  it('are none while there is no file', async () => {
    const keys = new HostKeys([folder.file('nowhere')], own);
    expect(await verdict(keys, ed1)).toBe('unknown');
    expect((await keys.load()).knownTypes('h', 22)).toEqual([]);
  });

  it('are written as lines that OpenSSH reads, in a file of our own that nobody else may read', async () => {
    const keys = new HostKeys([], own);
    await keys.trust('H.example', 22, ed1);
    await keys.trust('h.example', 2222, ec);
    expect(await readFile(own, 'utf8')).toBe(
      `h.example ${keyText(ed1)}\n[h.example]:2222 ${keyText(ec)}\n`,
    );
    expect((await stat(own)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(own))).mode & 0o777).toBe(0o700);
    expect(await readdir(path.dirname(own))).toEqual(['known_hosts']);
    expect(await verdict(keys, ed1, 'h.example')).toBe('known');
    expect(await verdict(keys, ec, 'h.example', 2222)).toBe('known');
  });

  it('take keys over of a server that nobody knew, all of them', async () => {
    const keys = new HostKeys([], own);
    const servers = [
      { host: 'a', port: 22, keys: [ed1, rsa] },
      { host: 'b', port: 2222, keys: [ec] },
    ];
    expect(await keys.takeOver(servers)).toBeNull();
    expect(await readFile(own, 'utf8')).toBe(
      `a ${keyText(ed1)}\na ${keyText(rsa)}\n[b]:2222 ${keyText(ec)}\n`,
    );
    expect(await keys.takeOver(servers)).toBeNull();
    expect((await readFile(own, 'utf8')).split('\n')).toHaveLength(4);
  });

  it.each<[string, string, Buffer[]]>([
    ['another key of the same type', 'ed1', [ed2]],
    ['a key of another type only', 'ed1', [rsa]],
    ['the known key and another of its type', 'ed1', [ed1, ed2]],
    ['a revoked key', 'revoked', [ed1]],
  ])('refuse %s of a known server, and with it all that comes along', async (_, known, offered) => {
    const line = known === 'revoked' ? `@revoked a ${keyText(ed1)}\n` : `a ${keyText(ed1)}\n`;
    const file = await folder.write('theirs', line);
    const keys = new HostKeys([file], own);
    const against = await keys.takeOver([
      { host: 'new', port: 22, keys: [ec] },
      { host: 'a', port: 22, keys: offered },
    ]);
    expect(against).toEqual({ host: 'a', port: 22, key: offered.at(-1) });
    expect(await verdict(keys, ec, 'new')).toBe('unknown');
  });

  it('add no key to a server that is known by one of those offered', async () => {
    const file = await folder.write('theirs', `a ${keyText(ed1)}\n`);
    const keys = new HostKeys([file], own);
    expect(await keys.takeOver([{ host: 'a', port: 22, keys: [ed1, rsa] }])).toBeNull();
    expect(await verdict(keys, rsa, 'a')).toBe('other-algorithm');
  });

  it('keep mode 0600 whatever an earlier file or a left-over had, and the text that was there', async () => {
    await mkdir(path.dirname(own), { recursive: true });
    await writeFile(own, 'no newline at the end');
    await writeFile(`${own}.new`, 'half a file', { mode: 0o644 });
    await chmod(`${own}.new`, 0o666);
    await chmod(own, 0o666);
    await new HostKeys([], own).trust('h', 22, ed1);
    expect(await readFile(own, 'utf8')).toBe(`no newline at the end\nh ${keyText(ed1)}\n`);
    expect((await stat(own)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(own))).toEqual(['known_hosts']);
  });

  it('are never written through a link that somebody put in the place of the new file', async () => {
    await mkdir(path.dirname(own), { recursive: true });
    const victim = await folder.write('victim', 'precious');
    await symlink(victim, `${own}.new`);
    await new HostKeys([], own).trust('h', 22, ed1);
    expect(await readFile(victim, 'utf8')).toBe('precious');
    expect(await readFile(own, 'utf8')).toContain('h ssh-ed25519');
  });

  it('lose nothing when many accounts trust at once', async () => {
    const keys = new HostKeys([], own);
    const hosts = Array.from({ length: 40 }, (_, i) => `host${i}`);
    await Promise.all(hosts.map((host) => keys.trust(host, 22, ed1)));
    const view = await keys.load();
    expect(hosts.filter((host) => view.judge(host, 22, ed1).kind !== 'known')).toEqual([]);
    expect((await readFile(own, 'utf8')).split('\n')).toHaveLength(41);
  });

  it('are kept in a file of the account where it names one, in place of our own', async () => {
    const theirs = await folder.write('theirs', `h ${keyText(ed1)}\n`);
    const linked = folder.file('linked');
    await symlink(await folder.write('target', '# mine\n'), linked);
    const keys = new HostKeys([theirs], own);
    await keys.trust('ours', 22, ed1);
    const other = keys.at(linked);
    expect(keys.at(null)).toBe(keys);
    expect(keys.at(own)).toBe(keys);
    expect(keys.at(linked)).toBe(other);
    await other.trust('h', 22, ec);
    expect(await readFile(folder.file('target'), 'utf8')).toBe(`# mine\nh ${keyText(ec)}\n`);
    expect((await lstat(linked)).isSymbolicLink()).toBe(true);
    expect(await verdict(other, ed1)).toBe('known');
    expect(await verdict(other, ed1, 'ours')).toBe('unknown');
    expect(await verdict(keys, ec)).toBe('other-algorithm');
  });

  it('are not put in the place of what is no file', async () => {
    const nowhere = new HostKeys([], own).at('/dev/null');
    expect(await verdict(nowhere, ed1)).toBe('unknown');
    await expect(nowhere.trust('h', 22, ed1)).rejects.toThrow('not a file');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('counts a trust that is still being written', async () => {
    const keys = new HostKeys([], own);
    const writing = keys.trust('h', 22, ed1);
    expect(await verdict(keys, ed1)).toBe('known');
    await writing;
  });

  it('lets a replaced key go, and only the lines of that host and type', async () => {
    const [E1, E2, EC, RSA] = [ed1, ed2, ec, rsa].map(keyText) as [string, string, string, string];
    const kept = [
      `# our keys`,
      `h ${EC}`,
      `h ${RSA}`,
      `[h]:2222 ${E1}`,
      `other ${E1}`,
      `@revoked h ${E1}`,
      `h ssh-ed25519 rubbish`,
    ];
    const [a, b, c, ...rest] = kept;
    await folder.write('plain', [a, `h ${E1}`, b, c, `h,g ${E1} old`, ...rest, ''].join('\r\n'));
    const keys = new HostKeys([], folder.file('plain'));
    await keys.replace('h', 22, ed2);
    const lines = (await readFile(folder.file('plain'), 'utf8')).split(/\r?\n/);
    // A line that speaks of another host too stays for that; for this one it is marked.
    expect(lines).toEqual([
      ...[a, b, c, `h,g ${E1} old`, ...rest],
      `@revoked h ${E1} ${REPLACED}`,
      `h ${E2}`,
      '',
    ]);
    expect(await verdict(keys, ed2)).toBe('known');
    expect(await verdict(keys, ed1, 'g')).toBe('known');
    expect(await verdict(keys, ed1)).toBe('revoked');
  });

  it('vouch for nothing any more once they were replaced, whichever file has them', async () => {
    const text = `h ${keyText(ed1)}\nh ${keyText(ec)}\nh2 ${keyText(ed1)}\n`;
    const keys = new HostKeys([await folder.write('theirs', text)], own);
    await keys.replace('h', 2222, ed2);
    expect(await verdict(keys, ed1, 'h', 2222)).toBe('changed');
    expect(await verdict(keys, ed1)).toBe('known');
    await keys.replace('h', 22, ed2);
    expect(await verdict(keys, ed2)).toBe('known');
    expect(await verdict(keys, ec)).toBe('known');
    expect(await verdict(keys, ed1, 'h2')).toBe('known');
    // A server that has got its old key back is compared once more, and is not shut out for ever.
    expect(await verdict(keys, ed1)).toBe('changed');
    await keys.replace('h', 22, ed1);
    expect(await verdict(keys, ed1)).toBe('known');
    expect(await verdict(keys, ed2)).toBe('changed');
  });

  it('are told as lines while they vouch for a host, and not when they were revoked or replaced', async () => {
    const theirs = `h ${keyText(ed1)}\nh ${keyText(rsa)}\n@revoked h ${keyText(rsa)}\nh2 ${keyText(ec)}\n`;
    const keys = new HostKeys([await folder.write('theirs', theirs)], own);
    const told = async (): Promise<readonly string[]> => (await keys.load()).trustedKeys('h', 22);
    expect(await told()).toEqual([keyText(ed1)]);
    await keys.trust('h', 22, ec);
    expect(await told()).toEqual([keyText(ec), keyText(ed1)]);
    await keys.replace('h', 22, ed2);
    expect(await told()).toEqual([keyText(ec), keyText(ed2)]);
  });

  it('are learnt from a server a few at a time, and no more than a few in all', async () => {
    const keys = new HostKeys([], own);
    await keys.trust('h', 22, ed1);
    const flood = Array.from({ length: 40 }, () => ed25519Blob());
    expect(await keys.learn('h', 22, flood)).toHaveLength(8);
    expect(await keys.learn('h', 22, flood.slice(8))).toHaveLength(7);
    expect(await keys.learn('h', 22, flood.slice(16))).toEqual([]);
    expect((await readFile(own, 'utf8')).trimEnd().split('\n')).toHaveLength(16);
    // What floods one server's place takes no other's.
    expect(await keys.learn('other', 22, flood.slice(0, 3))).toHaveLength(3);
    expect(await verdict(keys, ed1)).toBe('known');
  });

  it('are not learnt when they were revoked', async () => {
    const keys = new HostKeys([], own);
    await keys.trust('h', 22, ed1);
    await writeFile(own, `${await readFile(own, 'utf8')}@revoked h ${keyText(ed2)}\n`);
    expect(await keys.learn('h', 22, [ed2, ec])).toEqual([ec]);
  });

  it('are not learnt when they are larger than any key', async () => {
    const keys = new HostKeys([], own);
    const huge = Buffer.concat([ed25519Blob(), Buffer.alloc(64 * 1024)]);
    expect(await keys.learn('h', 22, [huge, ed2])).toEqual([ed2]);
  });

  it('of other files are read, never written, and afresh each time', async () => {
    const theirs = await folder.write('theirs', `h ${keyText(ed1)}\n`, 0o444);
    const before = await stat(theirs);
    const keys = new HostKeys([theirs, folder.file('later')], own);
    expect(await verdict(keys, ed1)).toBe('known');
    await keys.trust('h', 22, ec);
    await keys.replace('h', 22, ed2);
    expect(await readFile(theirs, 'utf8')).toBe(`h ${keyText(ed1)}\n`);
    expect((await stat(theirs)).mtimeMs).toBe(before.mtimeMs);
    expect((await keys.load()).knownTypes('h', 22).toSorted()).toEqual([
      'ecdsa-sha2-nistp256',
      'ssh-ed25519',
    ]);
    await folder.write('later', `@revoked h ${keyText(ed2)}\n`);
    expect(await verdict(keys, ed2)).toBe('revoked');
  });

  it('names no type of a revoked key or an authority as known', async () => {
    const text = `@revoked h ${keyText(ed1)}\n@cert-authority h ${keyText(ec)}\nh ${keyText(rsa)}\n`;
    const keys = new HostKeys([await folder.write('theirs', text)], own);
    expect((await keys.load()).knownTypes('h', 22)).toEqual(['ssh-rsa']);
  });

  it('fail closed: a file that is there but cannot be read trusts nobody and is not overwritten', async () => {
    await mkdir(own, { recursive: true });
    const keys = new HostKeys([], own);
    await expect(keys.load()).rejects.toThrow();
    await expect(keys.trust('h', 22, ed1)).rejects.toThrow();
    await expect(keys.replace('h', 22, ed1)).rejects.toThrow();
    expect((await stat(own)).isDirectory()).toBe(true);
    await expect(new HostKeys([own], folder.file('good')).load()).rejects.toThrow();
  });

  it('fail closed on a file that is far too large', async () => {
    const huge = await folder.write('huge', Buffer.alloc(16 * 1024 * 1024 + 1, '#'));
    await expect(new HostKeys([huge], own).load()).rejects.toThrow('too large');
  });

  it('go on after a failed write', async () => {
    await folder.write('data', 'a file where the folder should be');
    const keys = new HostKeys([], own);
    await expect(keys.trust('h', 22, ed1)).rejects.toThrow();
    await expect(keys.load()).rejects.toThrow();
    const later = new HostKeys([], folder.file('fine', 'known_hosts'));
    await later.trust('h', 22, ed1);
    expect(await verdict(later, ed1)).toBe('known');
  });
});

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importText } from '../../electron/accounts/import/import-text';
import { parseSetupFile } from '../../electron/accounts/import/setup-file';
import { runCli } from '../../electron/control/cli';
import { cliWords } from '../../electron/control/cli-words';
import { scanHostKeys } from '../../electron/tunnel/host-key-scan';
import { englishWords } from '../unit/support/words';
import { startSshd, type Sshd } from '../world/sshd';
import { freePort, makeWorldFolder, type WorldFolder } from '../world/world-folder';

describe('mailmole setup-file', () => {
  let sshd: Sshd;
  let folder: WorldFolder;
  beforeAll(async () => {
    sshd = await startSshd();
    folder = await makeWorldFolder('setup-file');
  });
  afterAll(async () => {
    await sshd.stop();
    await folder.remove();
  });

  async function run(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
    let out = '';
    let err = '';
    const exit = await runCli(['setup-file', ...args], {
      t: cliWords,
      everyWord: englishWords,
      version: '0',
      cwd: folder.path,
      // It must not be needed.
      app: ['/nowhere/mailmole'],
      headless: ['/nowhere/mailmole'],
      askHere: () => Promise.reject(new Error('nobody is asked')),
      interactive: false,
      out: (text) => (out += text),
      err: (text) => (err += text),
      readInput: () => Promise.resolve(''),
      readFile: (path) => readFile(path, 'utf8'),
      scanHostKeys,
    });
    return { exit, out, err };
  }

  const server = (): string => `${sshd.host}:${sshd.port}`;

  it('new asks the server for its keys, as ssh-keyscan does, and shows what it got', async () => {
    const made = await run('new', 'University', '-s', server(), '-L', '11110:pop.example.org:110');
    expect(made).toMatchObject({ exit: 0 });
    const setup = parseSetupFile(made.out);
    if (!setup.ok) throw new Error(JSON.stringify(setup.error));
    const { stdout } = await promisify(execFile)('ssh-keyscan', [
      '-p',
      String(sshd.port),
      sshd.host,
    ]);
    const theirs = stdout
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(' ').slice(1).join(' '));
    expect([...setup.value.server.hostKeys].sort()).toEqual(theirs.sort());
    expect(made.err).toContain('Compare them');
    expect(made.err.match(/SHA256:/gu)).toHaveLength(theirs.length);
  });

  it('new takes the keys of this server from a known_hosts file, and check finds it sound', async () => {
    const known = await folder.write('known', `other ssh-ed25519 AAAA\n${sshd.knownHosts()}`);
    const flags = ['-s', server(), '-L', 'imap', '--host-keys', known, '--hint', 'Ring 1234.'];
    const made = await run('new', 'Uni', ...flags, '--session-channel');
    expect(made).toMatchObject({ exit: 0, err: '' });
    expect(JSON.parse(made.out)).toMatchObject({ sessionChannel: true });
    const file = await folder.write('uni.mailmole', made.out);
    const checked = await run('check', file);
    expect(checked).toMatchObject({ exit: 0, err: '' });
    expect(checked.out).toContain(`“Uni” on ${server()} is sound.`);
    expect(checked.out).toContain(`imap → ${sshd.host}:143`);
    const { out: link } = await run('check', file, '--link');
    const context = { home: '/', localUser: '', localHost: '', include: () => [] };
    expect(importText(link, context)).toMatchObject({ ok: true, value: { kind: 'setup-file' } });
  });

  it('check lists each fault by its line and column', async () => {
    const text =
      '{\n  "format": "mailmole-setup",\n  "version": 1,\n  "keyFile": "/etc/shadow"\n}\n';
    const file = await folder.write('bad.mailmole', text);
    const { exit, out, err } = await run('check', file);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(`${file}:4:14: A set-up file may not hold “keyFile”.`);
  });

  it('says what is missing, and what cannot be reached', async () => {
    const other = await folder.write('others', 'other.example.org ssh-ed25519 AAAA\n');
    expect(await run('new', 'Uni', '-s', server(), '--host-keys', other)).toMatchObject({
      exit: 2,
    });
    expect(await run('new', 'Uni')).toMatchObject({ exit: 2 });
    const nobody = `127.0.0.1:${await freePort('127.0.0.1')}`;
    const failed = await run('new', 'Uni', '-s', nobody);
    expect(failed.exit).toBe(1);
    expect(failed.err).toContain('could not be asked for its keys');
  });
});

import { execFile } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand, startControlled, type Controlled } from '../../support/control';
import { findProgram } from '../../world/child';
import { readFileSync } from 'node:fs';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../../..');
const completion = (name: string): string => path.join(ROOT, 'build/completions', name);

describe('the completion of bash', () => {
  let program: Controlled;
  let bin: string;

  beforeAll(async () => {
    program = await startControlled();
    for (const name of ['Work', 'My Post']) {
      const added = await program.mailmole('add', name, '-s', 'me@h', '-L', 'pop3', '--off');
      expect(added).toMatchObject({ code: 0 });
    }
    bin = program.folder.file('bin');
    await mkdir(bin);
    await program.folder.write(
      'bin/mailmole',
      `#!/bin/sh\nexec '${process.execPath}' '${path.join(ROOT, 'out/cli/cli.cjs')}' "$@"\n`,
      0o755,
    );
    await chmod(bin, 0o755);
  });
  afterAll(() => program.stop());

  /** What real bash offers behind these words, the last of which is being typed. */
  async function offered(...words: string[]): Promise<string[]> {
    const script = `
      source '${completion('mailmole.bash')}'
      compopt() { :; }
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _mailmole
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
    const env = { ...process.env, PATH, LC_ALL: 'C.UTF-8' };
    const { stdout } = await run('bash', ['-c', script, 'bash', 'mailmole', ...words], { env });
    return stdout.split('\n').filter((word) => word !== '');
  }

  it('offers verbs, options, and values', async () => {
    expect(await offered('st')).toEqual(['status']);
    expect(await offered('--pro')).toEqual(['--profile']);
    expect(await offered('wait', '--t')).toEqual(['--timeout']);
    expect(await offered('add', 'x', '--mode', 'al')).toEqual(['always-on']);
    expect(await offered('settings', 'x', '--for', 'mb')).toEqual(['mbsync']);
  });

  it('offers the mailboxes of the program that runs, as the shell reads their names', async () => {
    const { profile } = program.paths;
    expect(await offered('--profile', profile, 'up', '')).toEqual(['Work', 'My\\ Post']);
    expect(await offered('--profile', profile, 'wait', 'wo')).toEqual(['Work']);
  });

  it('starts nothing where none runs', async () => {
    const nowhere = program.folder.file('nowhere');
    expect(await offered('--profile', nowhere, 'up', '')).toEqual([]);
  });
});

describe.each([
  ['bash', 'mailmole.bash'],
  ['zsh', '_mailmole'],
  ['fish', 'mailmole.fish'],
])('the completion of %s', (shell, file) => {
  it.skipIf(findProgram(shell) === null)('is read without a fault', async () => {
    await run(shell, ['-n', completion(file)]);
  });
});

describe('what is written about the command', () => {
  /** Every verb and every long option that `--help` shows. */
  async function spoken(): Promise<{ verbs: string[]; options: Set<string> }> {
    const { out } = await runCommand(['--help']);
    const list = out.slice(out.indexOf('Verbs:'));
    const verbs = [...list.matchAll(/^ {2}([a-z][a-z-]*) /gmu)].map(([, verb = '']) => verb);
    const options = new Set<string>();
    for (const help of [out, ...(await helps(verbs))])
      for (const [, option = ''] of help.matchAll(/(--[a-z][a-z-]+)/gu)) options.add(option);
    return { verbs, options };
  }

  async function helps(verbs: readonly string[]): Promise<string[]> {
    const shown: string[] = [];
    const inner = ['setup-file new', 'setup-file check'];
    for (const verb of [...verbs.filter((each) => each !== 'help'), ...inner]) {
      const { code, out } = await runCommand([...verb.split(' '), '--help']);
      expect(code).toBe(0);
      shown.push(out);
    }
    return shown;
  }

  it('names every verb and option: manual, completions', async () => {
    const { verbs, options } = await spoken();
    expect(verbs.length).toBeGreaterThan(12);
    const manual = readFileSync(path.join(ROOT, 'docs/mailmole.1'), 'utf8').replaceAll('\\-', '-');
    const bash = readFileSync(completion('mailmole.bash'), 'utf8');
    const zsh = readFileSync(completion('_mailmole'), 'utf8');
    const fish = readFileSync(completion('mailmole.fish'), 'utf8').replaceAll(
      / -l ([a-z])/gu,
      ' --$1',
    );
    for (const text of [manual, bash, zsh, fish]) {
      const words = new Set(text.match(/(?:--)?[a-z][a-z-]*/gu));
      expect([...verbs, ...options].filter((word) => !words.has(word))).toEqual([]);
    }
  });

  it.skipIf(findProgram('man') === null)(
    'is a manual that man reads without a warning',
    async () => {
      const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80' };
      const manual = path.join(ROOT, 'docs/mailmole.1');
      const { stdout, stderr } = await run('man', ['--warnings', '-l', manual], { env });
      expect(stderr).toBe('');
      expect(stdout).toContain('carry mail through an SSH tunnel');
    },
  );
});

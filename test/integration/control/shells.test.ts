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

/** How each shell is made to say what it offers behind the words of a line, the last of which is being typed. */
const SHELLS = {
  bash: `
    source "$1"
    compopt() { :; }
    # As readline does it: an equals sign is a word of its own, and what is quoted stays so.
    read -ra COMP_WORDS <<< "\${2//=/ = }"
    [[ $2 == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _mailmole
    printf 'offered:%s\\n' "\${COMPREPLY[@]}"`,
  // Only at a terminal does zsh complete, so that it is given one, and the touch of the tab key.
  zsh: `
    zmodload zsh/zpty
    zpty shell zsh -f -i
    {
      zpty -w shell "PS1= fpath=(\${(q)1:h} \\$fpath)"
      zpty -w shell 'autoload -U compinit && compinit -u -D
        compadd() {
          if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
          local -a hits; builtin compadd -A hits "$@"
          print -rl -- "" offered:\${^hits}
          builtin compadd "$@"
        }
        comppostfuncs=(ended); ended() { print -r -- end:now }
        bindkey "^I" complete-word; print ready:now'
      zpty -m -r shell said '*ready:now*'
      zpty -w -n shell "$2"$'\\t'
      zpty -m -r shell said '*end:now*'
      print -r -- "$said"
    } always { zpty -d shell }`,
  fish: `source $argv[1]; printf 'offered:%s\\n' (complete -C $argv[2] | string split -f1 \\t)`,
} as const;

const FILES = { bash: 'mailmole.bash', zsh: '_mailmole', fish: 'mailmole.fish' } as const;
type Shell = keyof typeof SHELLS;
const shells = Object.keys(SHELLS) as Shell[];

describe('completion', () => {
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

  /** What the real shell offers at the end of this line. */
  async function offered(shell: Shell, line: string): Promise<string[]> {
    const plain = { bash: [], zsh: ['-f'], fish: ['--no-config'] }[shell];
    const first = shell === 'fish' ? [] : [shell];
    const args = [...plain, '-c', SHELLS[shell], ...first, completion(FILES[shell]), line];
    const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
    const env = { ...process.env, PATH, LC_ALL: 'C.UTF-8', HOME: program.home };
    const { stdout } = await run(shell, args, { env });
    return [...stdout.matchAll(/^offered:([^\r\n]+)/gmu)].map(([, word = '']) => word);
  }

  describe.each(shells)('by %s', (shell) => {
    // Set up by the tests where they may install it; elsewhere this says which is missing.
    const here = findProgram(shell) !== null;

    it.skipIf(!here).each([
      ['st', ['status']],
      ['--pro', ['--profile']],
      ['wait --t', ['--timeout']],
      ['add x --mode al', ['always-on']],
      ['settings x --for mb', ['mbsync']],
      ['network d', ['down']],
      ['setup-file ch', ['check']],
    ])('offers verbs, options, and values: %s', async (typed, expected) => {
      expect(await offered(shell, `mailmole ${typed}`)).toEqual(expected);
    });

    it.skipIf(!here)(
      'offers the mailboxes of the program that runs, as it reads names',
      async () => {
        const { profile } = program.paths;
        const post = shell === 'fish' ? 'My Post' : 'My\\ Post';
        const all = await offered(shell, `mailmole --profile ${profile} up `);
        expect(all.sort()).toEqual([post, 'Work']);
        expect(await offered(shell, `mailmole --profile ${profile} wait wo`)).toEqual(['Work']);
        expect(await offered(shell, `mailmole --profile=${profile} edit M`)).toEqual([post]);
        expect(await offered(shell, `mailmole --profile '${profile}' export m`)).toEqual([post]);
      },
    );

    it.skipIf(!here)('starts nothing where none runs', async () => {
      const nowhere = program.folder.file('nowhere');
      expect(await offered(shell, `mailmole --profile ${nowhere} up `)).toEqual([]);
    });
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

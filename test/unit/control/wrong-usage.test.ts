import { describe, expect, it } from 'vitest';
import { runCli } from '../../../electron/control/cli';
import { cliWords } from '../../../electron/control/cli-words';
import { englishWords } from '../support/words';

const FILES: Readonly<Record<string, { readonly text: string } | { readonly code: string }>> = {
  '/gone': { code: 'ENOENT' },
  '/folder': { code: 'EISDIR' },
  '/closed': { code: 'EACCES' },
  '/broken.json': { text: '{"sshHost": "h",\n  "sshUser": }' },
  '/list.json': { text: '[1]' },
  '/marked.json': { text: '\ufeff{"sshHost": "h"}' },
};

/** Runs a command that must come to its end before it calls any program. */
async function run(argv: readonly string[]): Promise<{ exit: number; said: string }> {
  let said = '';
  const exit = await runCli(['--profile', '/nowhere', ...argv], {
    ...{ t: cliWords, everyWord: englishWords, version: '0', cwd: '/' },
    ...{ app: ['/nowhere/mailmole'], headless: ['/nowhere/mailmole'], interactive: false },
    askHere: () => Promise.reject(new Error('nobody is asked')),
    scanHostKeys: () => Promise.reject(new Error('no server is asked')),
    out: () => undefined,
    err: (text) => (said += text),
    readInput: () => Promise.resolve(' \n'),
    readFile: (path) => {
      const file = FILES[path] ?? { code: 'EIO' };
      return 'text' in file
        ? Promise.resolve(file.text)
        : Promise.reject(Object.assign(new Error('raw words'), file));
    },
  });
  return { exit, said };
}

describe('wrong usage is told in one sentence, and ends with 2', () => {
  it.each([
    [['wiat', 'x'], 'wiat is no verb. Did you mean wait?'],
    [['dance'], 'dance is no verb. “mailmole --help” shows those there are.'],
    [['setup-file', 'chek'], 'chek is no verb. Did you mean check?'],
    [['setup-file', 'xyz'], 'xyz is no verb. “mailmole setup-file --help” shows those there are.'],
    [['setup-file', 'new', 'X'], '--server is missing. Add --help to see how it is used.'],
    [[''], 'One of the words is empty, where a verb or a name belongs.'],
    [['up', 'a', ''], 'One of the words is empty, where a verb or a name belongs.'],
    [['settings'], 'NAME is missing. Add --help to see how it is used.'],
    [['remove', 'My', 'Post'], 'That is one word too many. Put names with spaces in quotes.'],
    [['check', '-dash'], /^-dash is no option here\. .*goes behind --\.$/u],
    [['wait', 'x', '--timeout', '1.5'], /whole seconds from 0 to 86400, not 1\.5\.$/u],
    [['network', 'sideways'], 'network takes up or down, not sideways.'],
    [['add', '--input', '-'], 'the standard input is empty.'],
    [['add', '--input', '/gone'], 'There is no file /gone.'],
    [['add', '--input', '/folder'], '/folder is a folder.'],
    [['import', '/closed'], 'You may not read /closed.'],
    [['import', '/faulty'], '/faulty cannot be read: raw words.'],
    [['add', '--input', '/broken.json'], /^\/broken\.json:2:14: A value belongs here/u],
    [['add', '--input', '/list.json'], /must hold one JSON object/u],
    [['add', '--input', '/marked.json'], /^A mailbox needs --user\./u],
  ])('%j', async (argv, sentence) => {
    const { exit, said } = await run(argv);
    expect(exit).toBe(2);
    expect(said).toMatch(/^mailmole: [^\n]+\n$/u);
    const told = said.slice('mailmole: '.length, -1);
    if (typeof sentence === 'string') expect(told).toBe(sentence);
    else expect(told).toMatch(sentence);
  });

  it('after the help, where help was wanted of what is no verb', async () => {
    const { exit, said } = await run(['help', 'wiat']);
    expect(exit).toBe(2);
    expect(said).toMatch(
      /^Usage: mailmole[^]*\nmailmole: wiat is no verb\. Did you mean wait\?\n$/u,
    );
  });
});

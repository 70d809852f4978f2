import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import { runCli } from './control/cli';
import { cliWords } from './control/cli-words';
import type { Translate } from './shared/messages';

/**
 * Entry of the command `mailmole VERB`: built to out/cli/cli.cjs, run by plain Node or by Electron's run-time as plain
 * Node, so that no browser is started to ask a question. It answers within a moment, so that whatever only few verbs
 * need is loaded by these.
 */

/** The built program's folder. */
const BUILT = join(import.meta.dirname, '..');

/** In a package, the program is itself the application; in a checkout it is told which one to start. */
function appCommand(): readonly string[] {
  const told = process.env['MAILMOLE_APP'];
  return told === undefined ? [process.execPath] : (JSON.parse(told) as string[]);
}

function version(): string {
  const file = join(BUILT, '../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

async function everyWord(): Promise<Translate> {
  const { createWords } = await import('./core/words');
  const { languageFor, localeFor } = await import('./shared/preferences');
  const { locale } = Intl.DateTimeFormat().resolvedOptions();
  const words = createWords(locale);
  const language = languageFor('system', [locale]);
  await words.speak(language, localeFor(language, [locale]));
  return words.t;
}

// Whoever reads our output may stop reading, as `head` does; that is no fault.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit());

void runCli(process.argv.slice(2), {
  t: cliWords,
  everyWord,
  version: version(),
  cwd: process.cwd(),
  app: appCommand(),
  headless: [process.execPath, join(BUILT, 'main', 'headless.js')],
  askHere: async (question, signal) => {
    const { askHere } = await import('./asking/person-here');
    const log = (_level: string, line: string): void => void process.stderr.write(`${line}\n`);
    return askHere(question, { t: await everyWord(), log }, signal);
  },
  interactive: isatty(0) || isatty(2),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  readInput: () => text(process.stdin),
  readFile: (path) => readFile(path, 'utf8'),
  scanHostKeys: async (host, port) => {
    const { scanHostKeys } = await import('./tunnel/host-key-scan');
    return scanHostKeys(host, port);
  },
}).then((exit) => (process.exitCode = exit));

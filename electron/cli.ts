import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import { runCli } from './control/cli';
import { createWords } from './core/words';
import { languageFor, localeFor } from './shared/preferences';

/**
 * Entry of the command `mailmole VERB`: built to out/main/cli.js, run by plain Node or by Electron's run-time as plain
 * Node, so that no browser is started to ask a question.
 */

/** In a package, the program is itself the application; in a checkout it is told which one to start. */
function appCommand(): readonly string[] {
  const told = process.env['MAILMOLE_APP'];
  return told === undefined ? [process.execPath] : (JSON.parse(told) as string[]);
}

function version(): string {
  const file = join(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

// Whoever reads our output may stop reading, as `head` does; that is no fault.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit());

const { locale } = Intl.DateTimeFormat().resolvedOptions();
const words = createWords(locale);
const language = languageFor('system', [locale]);
await words.speak(language, localeFor(language, [locale]));

process.exitCode = await runCli(process.argv.slice(2), {
  t: words.t,
  version: version(),
  cwd: process.cwd(),
  app: appCommand(),
  headless: [process.execPath, join(import.meta.dirname, 'headless.js')],
  askHere: async (question, signal) => {
    // Read only when there is a question, which is seldom.
    const { askHere } = await import('./asking/person-here');
    const log = (_level: string, line: string): void => void process.stderr.write(`${line}\n`);
    return askHere(question, { t: words.t, log }, signal);
  },
  interactive: isatty(0) || isatty(2),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  readInput: () => text(process.stdin),
  readFile: (path) => readFile(path, 'utf8'),
  scanHostKeys: async (host, port) => {
    // Read only for the one verb that dials.
    const { scanHostKeys } = await import('./tunnel/host-key-scan');
    return scanHostKeys(host, port);
  },
});

import { Command, CommanderError } from 'commander';
import type { Translate } from '../shared/messages';
import type { AskHere } from './attended';
import { addVerbs } from './cli-verbs';
import type { ControlClient } from './control-client';
import { callControl, NotUnderstood } from './control-client';
import { UnsafeFolder } from './control-folder';
import { nearest } from './nearest';
import type { ProfilePaths } from './profile-paths';
import { defaultProfile, profilePaths } from './profile-paths';
import { NotStarted, startApp } from './start-app';
import { CommandEnd, EXIT, wrongUsage, type ExitCode } from './usage';

/** What the command works with. */
export interface CliParts {
  /** The command's own words; see cli-words.ts. */
  readonly t: Translate;
  /** Every word there is, in the person's language; takes its time. */
  readonly everyWord: () => Promise<Translate>;
  readonly version: string;
  readonly cwd: string;
  /** The program that starts the application, and its first arguments. */
  readonly app: readonly string[];
  /** The program that starts it where there is no display, and its first arguments. */
  readonly headless: readonly string[];
  /** Asks the person at the terminal. */
  readonly askHere: AskHere;
  /** Is a person there to be asked something? */
  readonly interactive: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of the standard input. */
  readInput(): Promise<string>;
  readFile(path: string): Promise<string>;
  /** Asks an SSH server for its keys; see `host-key-scan.ts` of the engine. */
  scanHostKeys(host: string, port: number): Promise<readonly string[]>;
}

/** A line to the program, opened when it is first needed. */
export interface CliLine {
  /** Calls the program, and starts it when none runs. */
  call(): Promise<ControlClient>;
  /** Calls the program; null when none runs. */
  callRunning(): Promise<ControlClient | null>;
}

/**
 * Runs one command line, without the program's own name. Whatever happens is told in one sentence.
 *
 * @returns the exit code
 */
export async function runCli(argv: readonly string[], parts: CliParts): Promise<ExitCode> {
  const { t, err } = parts;
  const line = new LazyLine(parts);
  const program = createProgram(parts, line);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    const end = endOf(error, program, t);
    if (end.message !== '') for (const each of end.message.split('\n')) err(`mailmole: ${each}\n`);
    return end.exit;
  } finally {
    line.close();
  }
}

class LazyLine implements CliLine {
  profile: string | null = null;
  readonly #parts: CliParts;
  #client: ControlClient | null = null;

  constructor(parts: CliParts) {
    this.#parts = parts;
  }

  async callRunning(): Promise<ControlClient | null> {
    this.#client ??= await callControl(this.#paths());
    return this.#client;
  }

  async call(): Promise<ControlClient> {
    this.#client ??= await callControl(this.#paths());
    this.#client ??= await startApp(this.#parts, this.#paths());
    return this.#client;
  }

  close(): void {
    this.#client?.close();
  }

  #paths(): ProfilePaths {
    return profilePaths(this.profile ?? defaultProfile());
  }
}

/** The command with all its verbs; `mailmole --help` prints what it knows. */
function createProgram(parts: CliParts, line: LazyLine): Command {
  const { t } = parts;
  const program = new Command('mailmole');
  inWords(program, parts);
  program
    .description(t('cli:about'))
    .usage(t('cli:help.program-usage'))
    .option('--profile <DIR>', t('cli:help.profile'))
    .version(parts.version, '--version', t('cli:help.version'))
    .helpCommand('help [VERB]', t('cli:help.help-verb'))
    .addHelpText('after', `\n${t('cli:help.after')}`)
    .hook('preAction', (command, verb) => {
      if (verb.args.includes('')) throw wrongUsage({ key: 'cli:usage.empty-word', params: {} }, t);
      line.profile = command.opts<{ profile?: string }>().profile ?? null;
    });
  addVerbs(program, parts, line, (command) => inWords(command, parts));
  return program;
}

/** Has commander throw in place of ending the process, and speak by our catalogue. */
function inWords(command: Command, { t, out, err }: CliParts): void {
  const titles = new Map([
    ['Usage:', t('cli:help.usage')],
    ['Arguments:', t('cli:help.arguments')],
    ['Options:', t('cli:help.options')],
    ['Global Options:', t('cli:help.options')],
    ['Commands:', t('cli:help.commands')],
  ]);
  command
    .exitOverride()
    .helpOption('-h, --help', t('cli:help.help'))
    .showSuggestionAfterError(false)
    .configureHelp({ styleTitle: (title) => titles.get(title) ?? title })
    .configureOutput({ writeOut: out, writeErr: err, outputError: () => undefined });
}

/** What an error means for the exit code, and in words. */
function endOf(error: unknown, program: Command, t: Translate): CommandEnd {
  if (error instanceof CommandEnd) return error;
  if (error instanceof CommanderError) return endOfParsing(error, program, t);
  if (error instanceof NotUnderstood || error instanceof NotStarted)
    return new CommandEnd(EXIT.failed, t(error.complaint));
  if (error instanceof UnsafeFolder)
    return new CommandEnd(EXIT.failed, t(error.complaint, { folder: error.folder }));
  const detail = error instanceof Error ? error.message : String(error);
  return new CommandEnd(EXIT.failed, t('cli:error.failed', { detail }));
}

/** Commander's own complaints, said in our words: the name it complains about stands in quotes in its message. */
function endOfParsing(error: CommanderError, program: Command, t: Translate): CommandEnd {
  const what = /'([^']*)'/u.exec(error.message)?.[1] ?? '';
  const wrong = (text: string): CommandEnd => new CommandEnd(EXIT.usage, text);
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return new CommandEnd(EXIT.ok, '');
    // Printed because something is missing, and that alone is what was wrong; or help was wanted of no verb.
    case 'commander.help': {
      const [first, verb] = program.args;
      return first === 'help' && verb !== undefined
        ? wrong(noSuchVerb(verb, program, t))
        : wrong('');
    }
    case 'commander.unknownCommand':
      return wrong(noSuchVerb(what, program, t));
    case 'commander.unknownOption':
      return wrong(t('cli:usage.no-such-option', { option: what }));
    case 'commander.missingMandatoryOptionValue':
      return wrong(
        t('cli:usage.missing-argument', { argument: /--[a-z-]+/u.exec(what)?.[0] ?? what }),
      );
    case 'commander.missingArgument':
      return wrong(t('cli:usage.missing-argument', { argument: what }));
    case 'commander.optionMissingArgument':
      return wrong(t('cli:usage.missing-value', { option: what }));
    case 'commander.excessArguments':
      return wrong(t('cli:usage.too-many-arguments'));
    default:
      return wrong(error.message);
  }
}

/** Says that there is no such verb, be it of the command or of one of its verbs, and what was most likely meant. */
function noSuchVerb(verb: string, program: Command, t: Translate): string {
  if (verb === '') return t('cli:usage.empty-word');
  const group = program.commands.find(
    (each) => each.name() === program.args[0] && each.commands.length > 0,
  );
  const at = group ?? program;
  const verbs = at.createHelp().visibleCommands(at);
  const like = nearest(
    verb,
    verbs.map((each) => each.name()),
  );
  const help = group === undefined ? 'mailmole --help' : `mailmole ${group.name()} --help`;
  return like === null
    ? t('cli:usage.no-such-verb', { verb, help })
    : t('cli:usage.no-such-verb-like', { verb, like });
}

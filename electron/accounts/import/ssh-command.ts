import type { ImportedDraft, ImportProblem, NotCarried } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import type { ImportContext } from './context';
import type { Source, Word } from './findings';
import type { ShellCommand } from './shell-words';
import { splitShell } from './shell-words';
import { configBeside } from './ssh-config';
import type { SpokenAt } from './ssh-draft';
import { draftOfOptions } from './ssh-draft';
import { readSshLine, SshOptions } from './ssh-options';
import { parseDestination } from './ssh-values';

/** ssh's option letters, without and with an argument (ssh.c, getopt). */
const BARE = '1246ACGKMNTVXYZafgknqstvxy';
const WITH_ARGUMENT = 'BDEFIJLOPQRSWbceilmopw';

/** Letters that stand for an option of ssh_config(5), with the value they give it. */
const SWITCHES: Readonly<Record<string, readonly [keyword: string, value: string]>> = {
  C: ['Compression', 'yes'],
  A: ['ForwardAgent', 'yes'],
  X: ['ForwardX11', 'yes'],
  Y: ['ForwardX11', 'yes'],
  g: ['GatewayPorts', 'yes'],
  '4': ['AddressFamily', 'inet'],
  '6': ['AddressFamily', 'inet6'],
  K: ['GSSAPIAuthentication', 'yes'],
};
const VALUED: Readonly<Record<string, string>> = {
  p: 'Port',
  l: 'User',
  i: 'IdentityFile',
  J: 'ProxyJump',
  L: 'LocalForward',
  R: 'RemoteForward',
  D: 'DynamicForward',
  W: 'DynamicForward',
  w: 'Tunnel',
  b: 'BindAddress',
  B: 'BindInterface',
  c: 'Ciphers',
  m: 'MACs',
  I: 'PKCS11Provider',
};

/** A tunnel that was opened for fetching once sleeps no longer than this, in seconds; longer means to be kept up. */
const SHORT_SLEEP_S = 300;

/** What an importer of several mailboxes gives. */
export interface Imported {
  readonly drafts: readonly ImportedDraft[];
  readonly notCarried: readonly NotCarried[];
}

/**
 * Every `ssh` command of a text that a person typed into a shell.
 *
 * @param spokenAt what is known to be spoken at a local port, where a mail server has a port of its own
 */
export function importSshCommands(
  source: Source,
  context: ImportContext,
  spokenAt: SpokenAt = () => null,
): Result<Imported, readonly ImportProblem[]> {
  const split = splitShell(source, context.home);
  if (!split.ok) return fail([split.error]);
  const drafts: ImportedDraft[] = [];
  const notCarried: NotCarried[] = [];
  for (const command of split.value) {
    const read = importOne(source, command, context, spokenAt);
    if (!read.ok) return read;
    drafts.push(...read.value.drafts);
    notCarried.push(...read.value.notCarried);
  }
  if (drafts.length === 0) return fail([source.problem(0, 'import:ssh.no-command')]);
  return ok({ drafts, notCarried });
}

function importOne(
  source: Source,
  command: ShellCommand,
  context: ImportContext,
  spokenAt: SpokenAt,
): Result<Imported, readonly ImportProblem[]> {
  const name = programIn(command.words);
  const first = command.words[0];
  if (name === null) {
    // Behind an equals sign there may be a password.
    const text = first?.text.split('=')[0] ?? '';
    // What stands beside the tunnel, such as `fetchmail`, is not ours to carry.
    return ok({
      drafts: [],
      notCarried: [source.notCarried(first?.at ?? 0, text, 'import:why.program')],
    });
  }
  const line = new CommandLine(
    source,
    command.words.slice(name),
    lettersOf(command.words[name - 1]),
  );
  const problem = line.read();
  if (problem !== null) return fail([problem]);
  const { destination } = line;
  if (destination === null)
    return fail([source.problem(command.words[name - 1]?.at ?? 0, 'import:ssh.no-server')]);
  const { options, configFile } = line;
  const config = configBeside(configFile, context);
  if (!config.ok) return config;
  config.value.addTo(options, destination.text);
  const optionsOf = (hop: string) => config.value.optionsOf(hop);
  const draft = draftOfOptions(options, { ...destination, source }, context, optionsOf, spokenAt);
  if (!draft.ok) return fail([draft.error]);
  const redirected = command.redirections.map((word) =>
    source.notCarried(word.at, word.text, 'import:why.redirection'),
  );
  const left = [...options.notCarried, ...redirected];
  return ok({ drafts: [{ ...draft.value, mode: line.mode }], notCarried: left });
}

/** autossh reads its own `-M port` before it hands all else to ssh. */
function lettersOf(program: Word | undefined): string {
  return program?.text.toLowerCase().includes('autossh') === true
    ? `${WITH_ARGUMENT}M`
    : WITH_ARGUMENT;
}

/** Is this the name of ssh, or of what calls it again when it ends? With or without a folder before it. */
export function isSshProgram(word: string): boolean {
  return /(?:^|[\\/])(?:auto)?ssh(?:\.exe)?$/iu.test(word);
}

/** How many words come before ssh's own options; null when it is not ssh that is called. A prompt's `$` and variables may stand first. */
function programIn(words: readonly Word[]): number | null {
  const before = ['$', '%', 'exec', 'nohup'];
  let at = 0;
  while (before.includes(words[at]?.text ?? '') || /^\w+=/u.test(words[at]?.text ?? '')) at += 1;
  return isSshProgram(words[at]?.text ?? '') ? at + 1 : null;
}

/** Reads the words after `ssh` as its getopt does: options, the server, options again, then a command. */
class CommandLine {
  readonly options = new SshOptions();
  configFile: string | null = null;
  destination: Word | null = null;
  mode: ImportedDraft['mode'] = 'on-demand';
  readonly #source: Source;
  readonly #words: readonly Word[];
  readonly #withArgument: string;
  #at = 0;

  /** @param withArgument the letters that take one */
  constructor(source: Source, words: readonly Word[], withArgument: string) {
    this.#source = source;
    this.#words = words;
    this.#withArgument = withArgument;
  }

  read(): ImportProblem | null {
    let optionsEnded = false;
    for (; this.#at < this.#words.length; this.#at += 1) {
      const word = this.#words[this.#at];
      if (word === undefined) break;
      const text = hyphenated(word.text);
      if (!optionsEnded && text === '--') optionsEnded = true;
      else if (!optionsEnded && text.startsWith('-') && text !== '-') {
        const problem = this.#letters({ ...word, text });
        if (problem !== null) return problem;
      } else if (this.destination === null) {
        const problem = this.#server(word);
        if (problem !== null) return problem;
      } else {
        this.#command(this.#words.slice(this.#at));
        return null;
      }
    }
    return null;
  }

  /** Letters behind one hyphen; the first that takes an argument takes the rest, or the next word. */
  #letters(word: Word): ImportProblem | null {
    for (let index = 1; index < word.text.length; index += 1) {
      const letter = word.text[index] ?? '';
      const at = word.at + index;
      if (this.#withArgument.includes(letter)) {
        const rest = word.text.slice(index + 1);
        if (rest === '') this.#at += 1;
        const next = this.#words[this.#at];
        const value = rest === '' ? next : { text: rest, at: at + 1 };
        if (value === undefined)
          return this.#source.problem(at, 'import:ssh.no-value', { option: `-${letter}` });
        return this.#valued(letter, at, value);
      }
      if (!BARE.includes(letter))
        return this.#source.problem(at, 'import:ssh.unknown-letter', { option: `-${letter}` });
      this.#switch(letter, at);
    }
    return null;
  }

  #switch(letter: string, at: number): void {
    const means = SWITCHES[letter];
    if (letter === 'N') this.mode = 'always-on';
    if (means !== undefined) this.options.add(this.#source, at, means[0], [{ text: means[1], at }]);
  }

  #valued(letter: string, at: number, value: Word): ImportProblem | null {
    const keyword = VALUED[letter];
    if (keyword !== undefined) this.options.add(this.#source, at, keyword, [value]);
    else if (letter === 'F') this.configFile = value.text;
    else if (letter === 'o') return this.#option(value);
    return null;
  }

  #option(value: Word): ImportProblem | null {
    const line = readSshLine(this.#source, value.text, value.at);
    if (!line.ok) return line.error;
    if (line.value === null || line.value.args.length === 0)
      return this.#source.problem(value.at, 'import:ssh.no-value', { option: '-o' });
    this.options.add(this.#source, line.value.at, line.value.keyword, line.value.args);
    return null;
  }

  #server(word: Word): ImportProblem | null {
    const read = parseDestination(word.text);
    if (read === null)
      return this.#source.problem(word.at, 'import:ssh.server', { text: word.text });
    this.destination = { text: read.host, at: word.at };
    const { user, port } = read;
    if (user !== null) this.options.add(this.#source, word.at, 'User', [{ ...word, text: user }]);
    if (port !== null)
      this.options.add(this.#source, word.at, 'Port', [{ ...word, text: String(port) }]);
    return null;
  }

  /** `sleep 5` keeps a tunnel open for fetching once, `sleep 100000000` for good; Mailmole runs neither. */
  #command(words: readonly Word[]): void {
    const [program, argument] = words;
    const seconds = sleepSeconds(program?.text, argument?.text);
    if (seconds !== null) this.mode = seconds > SHORT_SLEEP_S ? 'always-on' : 'on-demand';
    else if (program !== undefined) {
      // Its arguments are not told again: there may be a password among them.
      this.options.leaveOut(
        this.#source.notCarried(program.at, program.text, 'import:why.program'),
      );
    }
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function sleepSeconds(program: string | undefined, argument = ''): number | null {
  const read = /^(\d{1,15})([smhd]?)$/u.exec(argument);
  if (program !== 'sleep') return null;
  if (argument === 'infinity') return Number.POSITIVE_INFINITY;
  return read === null ? null : Number(read[1]) * (UNITS[read[2] ?? ''] ?? 1);
}

/** Printed pages and web sites turn hyphens into dashes and minus signs, as those of the HOWTO do. */
function hyphenated(text: string): string {
  return text.replace(/^[\u2010-\u2013\u2212]/u, '-');
}

import { Option, type Command } from 'commander';
import { PROGRAMS } from '../client-setup/programs';
import { DOCUMENT_VERSION, LONGEST_WAIT_MS } from './agreed';
import { attended } from './attended';
import type { CliLine, CliParts } from './cli';
import { addSetupVerbs } from './cli-setup-verbs';
import { parseWhole } from './flags';
import type { Answer, Params, Verb } from './protocol';
import { renderList, renderStatus } from './render';
import { addSetupFileVerbs } from './setup-file-verb';
import { CommandEnd, EXIT, wrongUsage } from './usage';

/** Seconds that `wait` and `check` wait when nobody says otherwise. */
const PATIENCE_S = 60;

/** What the verbs are made with. */
export interface VerbMaker {
  readonly parts: CliParts;
  readonly line: CliLine;
  /** A verb, with our words and our way of ending; a hidden one is for other programs. */
  verb(usage: string, about: string | { readonly hidden: true }): Command;
}

/** Puts all verbs to the command. */
export function addVerbs(
  program: Command,
  parts: CliParts,
  line: CliLine,
  prepare: (command: Command) => void,
): void {
  const maker: VerbMaker = {
    parts,
    line,
    verb(usage, about) {
      const hidden = typeof about !== 'string';
      const command = program.command(usage, { hidden }).description(hidden ? '' : about);
      prepare(command);
      return command;
    },
  };
  addLooks(maker);
  addSwitches(maker);
  addWaits(maker);
  addReports(maker);
  addSetupVerbs(maker);
  addSetupFileVerbs(maker);
}

/**
 * Asks the program to carry a verb out.
 *
 * @throws CommandEnd with the exit code and the words of a failure
 */
export async function demand<V extends Verb>(
  { line }: VerbMaker,
  verb: V,
  params: Params<V>,
): Promise<Extract<Answer<V>, { ok: true }>['value']> {
  const client = await line.call();
  const answer = await client.ask(verb, params);
  if (answer.ok) return answer.value;
  const { kind, text } = answer.error;
  throw new CommandEnd(EXIT[kind], text);
}

/** Prints a document as JSON, for scripts. */
export function printJson({ out }: CliParts, document: object): void {
  out(`${JSON.stringify(document, null, 2)}\n`);
}

/** May a person be asked? When one typed this, unless it was said. */
export interface AskFlag {
  readonly ask?: boolean;
}

/** The options `--ask` and `--no-ask`. */
export function withAsk(command: Command, { t }: CliParts): Command {
  return command
    .addOption(new Option('--ask', t('cli:help.ask')))
    .addOption(new Option('--no-ask', t('cli:help.no-ask')));
}

/** Whether a person may be asked questions. */
export function mayAsk({ ask }: AskFlag, { interactive }: CliParts): boolean {
  return ask ?? interactive;
}

/** Lets a person at the terminal answer while something goes on, unless nobody may be asked. */
async function answering<T>(
  { parts, line }: VerbMaker,
  names: readonly string[],
  ask: boolean,
  work: (asksHere: () => boolean) => Promise<T>,
): Promise<T> {
  return ask ? attended(await line.call(), names, parts.askHere, work) : work(() => false);
}

/**
 * Switches mailboxes on. Where questions come to this terminal, it stays until they are answered, and says what a
 * person is still needed for.
 *
 * @throws CommandEnd
 */
export async function switchOn(
  maker: VerbMaker,
  names: readonly string[],
  ask: boolean,
): Promise<void> {
  await answering(maker, names, ask, async (asksHere) => {
    await demand(maker, 'up', { names: [...names], ask });
    if (!asksHere()) return;
    await demand(maker, 'settle', { names: [...names] });
    const { mailboxes } = await demand(maker, 'status', { names: [...names] });
    const waiting = mailboxes.filter(({ needsPerson }) => needsPerson);
    if (waiting.length === 0) return;
    const lines = waiting.map(({ name, text, error }) =>
      error === null ? `${name}: ${text}` : `${name}: ${error.title} ${error.body}`,
    );
    throw new CommandEnd(EXIT['needs-person'], lines.join('\n'));
  });
}

interface JsonFlag {
  readonly json?: true;
}

function addLooks(maker: VerbMaker): void {
  const { parts } = maker;
  const { t, out, err } = parts;
  maker
    .verb('list [NAME...]', t('cli:help.list'))
    .option('--json', t('cli:help.json'))
    .action(async (names: string[], { json }: JsonFlag) => {
      const list = await demand(maker, 'list', { names });
      if (json === true) printJson(parts, list);
      else if (list.mailboxes.length === 0) err(`${t('cli:list.empty')}\n`);
      else out(renderList(list, t));
    });
  maker
    .verb('status [NAME...]', t('cli:help.status'))
    .option('--json', t('cli:help.json'))
    .action(async (names: string[], { json }: JsonFlag) => {
      const status = await demand(maker, 'status', { names });
      if (json === true) printJson(parts, status);
      else if (status.mailboxes.length === 0) err(`${t('cli:list.empty')}\n`);
      else out(renderStatus(status));
    });
  maker
    .verb('settings <NAME>', t('cli:help.settings'))
    .option('--for <PROGRAM>', t('cli:help.for', { programs: PROGRAMS.join(', ') }))
    .option('--json', t('cli:help.json'))
    .action(async (name: string, flags: JsonFlag & { readonly for?: string }) => {
      const program = flags.for ?? 'plain';
      const { text } = await demand(maker, 'settings', { name, program });
      if (flags.json === true) printJson(parts, { version: DOCUMENT_VERSION, name, program, text });
      else out(text);
    });
}

function addSwitches(maker: VerbMaker): void {
  const { parts, line } = maker;
  const { t } = parts;
  withAsk(maker.verb('up [NAME...]', t('cli:help.up')), parts).action(
    async (names: string[], flags: AskFlag) => {
      await switchOn(maker, names, mayAsk(flags, parts));
    },
  );
  maker.verb('down [NAME...]', t('cli:help.down')).action(async (names: string[]) => {
    await demand(maker, 'down', { names });
  });
  maker.verb('lock', t('cli:help.lock')).action(async () => {
    // A program that does not run has nothing unlocked.
    if ((await line.callRunning()) !== null) await demand(maker, 'lock', {});
  });
}

/** What the system's scripts know first, and what only a person can decide. */
function addReports(maker: VerbMaker): void {
  const { parts, line } = maker;
  const { t, out } = parts;
  // For the shells' completions: a touch of the tab key must start nothing.
  maker.verb('names', { hidden: true }).action(async () => {
    if ((await line.callRunning()) === null) return;
    const { mailboxes } = await demand(maker, 'list', { names: [] });
    for (const { name } of mailboxes) out(`${name}\n`);
  });
  maker.verb('network <up|down>', t('cli:help.network')).action(async (what: string) => {
    if (what !== 'up' && what !== 'down')
      throw wrongUsage({ key: 'cli:usage.network', params: { value: what } }, t);
    // A program that does not run asks for the network itself when it starts.
    if ((await line.callRunning()) !== null)
      await demand(maker, 'network', { online: what === 'up' });
  });
  maker
    .verb('trust <NAME> <FINGERPRINT>', t('cli:help.trust'))
    .action(async (name: string, fingerprint: string) => {
      await demand(maker, 'trust', { name, fingerprint });
    });
}

interface WaitFlags extends AskFlag, JsonFlag {
  readonly timeout?: string;
}

function addWaits(maker: VerbMaker): void {
  const { parts } = maker;
  const { t, out } = parts;
  const seconds = PATIENCE_S;
  for (const verb of ['wait', 'check'] as const) {
    const about = verb === 'wait' ? t('cli:help.wait') : t('cli:help.check');
    withAsk(maker.verb(`${verb} <NAME>`, about), parts)
      .option('--timeout <SECONDS>', t('cli:help.timeout', { seconds }))
      .option('--json', t('cli:help.json'))
      .action(async (name: string, flags: WaitFlags) => {
        const timeoutMs = patienceIn(flags.timeout ?? String(seconds), parts);
        const ask = mayAsk(flags, parts);
        const greeted = await answering(maker, [name], ask, () =>
          demand(maker, verb, { name, ask, timeoutMs }),
        );
        if (flags.json === true) printJson(parts, { version: DOCUMENT_VERSION, ...greeted });
        // A script that waits wants to hear nothing; who checks wants the server's own words.
        else if (verb === 'check') out(`${greeted.greeting}\n`);
      });
  }
}

/** Seconds as typed, in milliseconds. */
function patienceIn(typed: string, { t }: CliParts): number {
  const seconds = parseWhole(typed);
  const most = LONGEST_WAIT_MS / 1000;
  if (seconds === null || seconds > most)
    throw wrongUsage({ key: 'cli:usage.timeout', params: { value: typed, most: String(most) } }, t);
  return seconds * 1000;
}

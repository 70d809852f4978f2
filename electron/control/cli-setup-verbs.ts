import type { Command } from 'commander';
import { DOCUMENT_VERSION } from './agreed';
import type { AskFlag, VerbMaker } from './cli-verbs';
import { demand, mayAsk, printJson, switchOn, withAsk } from './cli-verbs';
import type { CliParts } from './cli';
import { nameOf, readObject, readText } from './cli-texts';
import { givenFromFlags, mailboxFromFlags, type MailboxFlags } from './flags';
import type { MailboxInput } from './mailbox-input';
import { wrongUsage } from './usage';

interface SetupFlags extends MailboxFlags, AskFlag {
  readonly input?: string;
  readonly json?: true;
  readonly off?: true;
}

/** The verbs that make, change and remove mailboxes. */
export function addSetupVerbs(maker: VerbMaker): void {
  addAdd(maker);
  addImport(maker);
  addEdit(maker);
  const { t } = maker.parts;
  maker.verb('export [NAME...]', t('cli:help.export')).action(async (names: string[]) => {
    const { text } = await demand(maker, 'export', { names });
    maker.parts.out(text);
  });
  maker.verb('remove <NAME>', t('cli:help.remove')).action(async (name: string) => {
    await demand(maker, 'remove', { name });
  });
}

function addAdd(maker: VerbMaker): void {
  const { parts } = maker;
  const { t } = parts;
  const command = maker.verb('add [NAME]', t('cli:help.add'));
  withAsk(withMailboxFlags(command, parts), parts)
    .option('--off', t('cli:help.off'))
    .option('--json', t('cli:help.json'))
    .addHelpText('after', `\n${t('cli:help.add-after')}`)
    .action(async (name: string | undefined, flags: SetupFlags) => {
      const mailbox = await mailboxIn({ ...flags, ...(name !== undefined && { name }) }, parts);
      for (const [field, flag] of [
        ['sshHost', '--server'],
        ['sshUser', '--user'],
        ['forwards', '--forward'],
      ] as const) {
        if (!(field in mailbox)) throw wrongUsage({ key: 'cli:usage.needed', params: { flag } }, t);
      }
      const on = flags.off !== true;
      const ask = mayAsk(flags, parts);
      const { mailboxes } = await demand(maker, 'add', { mailboxes: [mailbox], on, ask });
      tellMade(mailboxes, flags, parts);
      if (on && ask) {
        const ids = mailboxes.map(({ id }) => id);
        await switchOn(maker, ids, ask);
      }
    });
}

/** Names what was made, which may not be what was typed. */
function tellMade(
  mailboxes: readonly { readonly id: string; readonly name: string }[],
  { json, dryRun }: { readonly json?: true; readonly dryRun?: true },
  { t, out, ...parts }: CliParts,
): void {
  if (json === true) printJson({ t, out, ...parts }, { version: DOCUMENT_VERSION, mailboxes });
  else
    for (const { name } of mailboxes)
      out(`${dryRun === true ? t('cli:would-add', { name }) : t('cli:added', { name })}\n`);
}

interface ImportFlags extends Pick<
  SetupFlags,
  'server' | 'user' | 'forward' | 'json' | 'off' | 'ask'
> {
  readonly dryRun?: true;
}

function addImport(maker: VerbMaker): void {
  const { parts } = maker;
  const { t, err } = parts;
  withAsk(maker.verb('import <FILE>', t('cli:help.import')), parts)
    .option('-s, --server <[USER@]HOST>', t('cli:help.import-server'))
    .option('-u, --user <USER>', t('cli:help.import-user'))
    .option('-L, --forward <FORWARD>', t('cli:help.import-forward'), collect)
    .option('--off', t('cli:help.off'))
    .option('--dry-run', t('cli:help.dry-run'))
    .option('--json', t('cli:help.json'))
    .addHelpText('after', `\n${t('cli:help.import-after')}`)
    .action(async (file: string, flags: ImportFlags) => {
      const given = givenFromFlags(flags);
      if (!given.ok) throw wrongUsage(given.error, t);
      const text = await readText(file, parts);
      const { mailboxes, notes } = await demand(maker, 'import', {
        ...{ text, file: nameOf(file, parts), given: given.value },
        ...{ on: flags.off !== true, ask: mayAsk(flags, parts), dryRun: flags.dryRun === true },
      });
      for (const note of notes) err(`${note}\n`);
      tellMade(mailboxes, flags, parts);
    });
}

function addEdit(maker: VerbMaker): void {
  const { parts } = maker;
  const { t } = parts;
  const command = maker.verb('edit <NAME>', t('cli:help.edit'));
  withAsk(withMailboxFlags(command, parts), parts)
    .option('--name <NEW>', t('cli:help.name'))
    .action(async (name: string, flags: SetupFlags) => {
      const changes = await mailboxIn(flags, parts);
      if (Object.keys(changes).length === 0)
        throw wrongUsage({ key: 'cli:usage.nothing-to-change', params: {} }, t);
      await demand(maker, 'edit', { name, changes, ask: mayAsk(flags, parts) });
    });
}

/** For an option that may be given several times. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function withMailboxFlags(command: Command, { t }: CliParts): Command {
  return command
    .option('-s, --server <[USER@]HOST[:PORT]>', t('cli:help.server'))
    .option('-u, --user <USER>', t('cli:help.user'))
    .option('-L, --forward <FORWARD>', t('cli:help.forward'), collect)
    .option('--mode <MODE>', t('cli:help.mode'))
    .option('-i, --key <FILE>', t('cli:help.key'))
    .option('--agent [FINGERPRINT]', t('cli:help.agent'))
    .option('--password', t('cli:help.password'))
    .option('--automatic', t('cli:help.automatic'))
    .option('-J, --jump <USER@HOST[:PORT],…>', t('cli:help.jump'))
    .option('--proxy <URL>', t('cli:help.proxy'))
    .option('--direct', t('cli:help.direct'))
    .option('-C, --compress', t('cli:help.compress'))
    .option('--no-compress', t('cli:help.no-compress'))
    .option('--session-channel', t('cli:help.session-channel'))
    .option('--no-session-channel', t('cli:help.no-session-channel'))
    .option('--old-server', t('cli:help.old-server'))
    .option('--no-old-server', t('cli:help.no-old-server'))
    .option('--keepalive <SECONDS>', t('cli:help.keepalive'))
    .option('--keepalive-count <COUNT>', t('cli:help.keepalive-count'))
    .option('--connect-timeout <SECONDS>', t('cli:help.connect-timeout'))
    .option('--idle <SECONDS>', t('cli:help.idle'))
    .option('--known-hosts <FILE>', t('cli:help.known-hosts'))
    .option('--input <FILE>', t('cli:help.input'));
}

/** The mailbox of a JSON document, if one was named, with what the options say put over it. */
async function mailboxIn(flags: SetupFlags, parts: CliParts): Promise<MailboxInput> {
  const { t, cwd } = parts;
  const fromFile = flags.input === undefined ? {} : await readObject(flags.input, parts);
  const fromFlags = mailboxFromFlags(flags, cwd);
  if (!fromFlags.ok) throw wrongUsage(fromFlags.error, t);
  return { ...fromFile, ...fromFlags.value };
}

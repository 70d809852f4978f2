import { MAIL_PORTS } from '../shared/account';
import type { ImportProblem } from '../shared/imported';
import { parseServerKey } from '../accounts/import/server-keys';
import type { SetupFile } from '../accounts/import/setup-file';
import {
  draftOfSetup,
  parseSetupFile,
  SETUP_FORMAT,
  SETUP_VERSION,
} from '../accounts/import/setup-file';
import { linkOf } from '../accounts/import/setup-link';
import type { CliParts } from './cli';
import { nameOf, readText } from './cli-texts';
import { parseForward, parseServer } from './flags';
import { CommandEnd, EXIT, wrongUsage } from './usage';

/** The options of `setup-file new`. */
export interface NewFlags {
  readonly server: string;
  readonly forward?: readonly string[];
  readonly hostKeys?: string;
  readonly user?: string;
  readonly mode?: string;
  readonly password?: true;
  readonly compress?: true;
  readonly sessionChannel?: true;
  readonly hint?: string;
  readonly link?: true;
}

/** Prints a new set-up file, or the link that says the same. @throws CommandEnd */
export async function printNew(name: string, flags: NewFlags, parts: CliParts): Promise<void> {
  const setup = await made(name, flags, parts);
  parts.out(
    flags.link === true ? `${linkFor(setup, parts)}\n` : `${JSON.stringify(setup, null, 2)}\n`,
  );
}

/** Prints what a set-up file will make, or the link that says the same. @throws CommandEnd for a file that is wrong */
export async function printChecked(
  file: string,
  { link }: { readonly link?: true },
  parts: CliParts,
): Promise<void> {
  const read = parseSetupFile(await readText(file, parts));
  if (!read.ok)
    throw new CommandEnd(EXIT.usage, faultLines(read.error, nameOf(file, parts), parts));
  parts.out(link === true ? `${linkFor(read.value, parts)}\n` : summary(read.value, parts));
}

/** Puts a set-up file together and judges it as the one who opens it will. */
async function made(name: string, flags: NewFlags, parts: CliParts): Promise<SetupFile> {
  const { t } = parts;
  const server = parseServer(flags.server);
  if (server === null)
    throw wrongUsage({ key: 'cli:usage.server', params: { value: flags.server } }, t);
  const { host, port } = server;
  const forwards = (flags.forward ?? ['pop3']).map((spec) => {
    const forward = parseForward(spec);
    if (forward === null)
      throw wrongUsage({ key: 'cli:usage.forward', params: { value: spec } }, t);
    const { mailHost, ...rest } = forward;
    const named = mailHost === undefined ? {} : { mailHost };
    return { mailPort: MAIL_PORTS[forward.protocol], ...rest, ...named };
  });
  const document = {
    format: SETUP_FORMAT,
    version: SETUP_VERSION,
    name,
    server: {
      host,
      ...(port === null ? {} : { port }),
      hostKeys: await keysFor(host, port ?? 22, flags, parts),
    },
    forwards,
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(flags.password === true ? { signIn: 'password' } : {}),
    ...(flags.mode === undefined ? {} : { mode: flags.mode }),
    ...(flags.compress === true ? { compression: true } : {}),
    ...(flags.sessionChannel === true ? { sessionChannel: true } : {}),
    ...(flags.hint === undefined ? {} : { hint: flags.hint }),
  };
  const read = parseSetupFile(JSON.stringify(document, null, 2));
  if (read.ok) return read.value;
  const lines = read.error.map(({ messageKey, params }) => t(messageKey, params));
  throw new CommandEnd(EXIT.usage, lines.join('\n'));
}

/** Keys from a file, or what the server says, which is then shown to be compared. */
async function keysFor(
  host: string,
  port: number,
  { hostKeys }: NewFlags,
  parts: CliParts,
): Promise<readonly string[]> {
  const { t, err } = parts;
  if (hostKeys !== undefined) {
    const lines = (await readText(hostKeys, parts)).split(/\r?\n/u);
    // A known_hosts file speaks of other servers too; a bare key, or a hashed name, speaks of this one.
    const named = port === 22 ? host : `[${host}]:${port}`;
    const ours = lines.filter((line) => parseServerKey(line) !== null && speaksOf(line, named));
    if (ours.length > 0) return ours.map(bareKey);
    const params = { file: nameOf(hostKeys, parts), host: named };
    throw wrongUsage({ key: 'cli:usage.no-host-key', params }, t);
  }
  const scanned = await parts.scanHostKeys(host, port).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : '';
    throw new CommandEnd(EXIT.failed, t('cli:setup.not-reached', { host, detail }));
  });
  const keys = scanned.map(bareKey);
  err(`${t('cli:setup.compare', { host })}\n`);
  for (const key of keys) {
    const { type = '', fingerprint = '' } = parseServerKey(key) ?? {};
    err(`  ${type} ${fingerprint}\n`);
  }
  return keys;
}

function speaksOf(line: string, named: string): boolean {
  const [first = ''] = line.trim().split(/\s+/u);
  const isBare = first.startsWith('ssh-') || first.startsWith('ecdsa-');
  return isBare || first.startsWith('|') || first.split(',').includes(named);
}

function bareKey(line: string): string {
  const { type = '', key = '' } = parseServerKey(line) ?? {};
  return `${type} ${key}`;
}

function linkFor(setup: SetupFile, { t }: CliParts): string {
  const link = linkOf(setup);
  if (link === null) throw wrongUsage({ key: 'import:link.too-long', params: {} }, t);
  return link;
}

function faultLines(problems: readonly ImportProblem[], file: string, { t }: CliParts): string {
  return problems
    .map(({ place, messageKey, params }) => {
      const where = place === null ? file : `${file}:${place.line}:${place.column}`;
      return `${where}: ${t(messageKey, params)}`;
    })
    .join('\n');
}

/** What a sound file will make, for the administrator to read over. */
function summary(setup: SetupFile, { t }: CliParts): string {
  const draft = draftOfSetup(setup);
  const forwards = draft.forwards.map(
    (each) => `  ${each.protocol} → ${each.mailHost}:${each.mailPort}\n`,
  );
  const keys = draft.hostKeys.map(({ type, fingerprint }) => `  ${type} ${fingerprint}\n`);
  const host = `${draft.sshHost ?? ''}:${draft.sshPort}`;
  return [`${t('cli:setup.sound', { name: draft.name, host })}\n`, ...forwards, ...keys].join('');
}

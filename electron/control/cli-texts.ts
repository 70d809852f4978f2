import type { Translate } from '../shared/messages';
import type { CliParts } from './cli';
import { CommandEnd, EXIT, wrongUsage } from './usage';

/** The texts that a command reads: files, and its standard input. */

/** The text of a file, or of the standard input where `-` stands for it. @throws CommandEnd */
export async function readText(file: string, parts: CliParts): Promise<string> {
  try {
    return file === '-' ? await parts.readInput() : await parts.readFile(file);
  } catch (error) {
    throw new CommandEnd(EXIT.usage, whyUnreadable(file, error, parts.t));
  }
}

function whyUnreadable(file: string, error: unknown, t: Translate): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return t('cli:usage.no-file', { file });
    case 'EISDIR':
      return t('cli:usage.a-folder', { file });
    case 'EACCES':
    case 'EPERM':
      return t('cli:usage.not-allowed', { file });
    case undefined:
    default:
      return t('cli:usage.unreadable', { file, detail: message });
  }
}

/** What a file is called in a sentence. */
export function nameOf(file: string, { t }: CliParts): string {
  return file === '-' ? t('cli:standard-input') : file;
}

/** The JSON object in a file. @throws CommandEnd that says by line and column where it is broken */
export async function readObject(file: string, parts: CliParts): Promise<object> {
  const { t } = parts;
  const text = await readText(file, parts);
  const name = nameOf(file, parts);
  if (text.trim() === '') throw wrongUsage({ key: 'cli:usage.empty', params: { file: name } }, t);
  const document = await parsed(text, name, parts);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw wrongUsage({ key: 'cli:usage.no-object', params: { file: name } }, t);
  return document;
}

async function parsed(text: string, name: string, parts: CliParts): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Loaded only when something is wrong: it says where, which JSON.parse does now and then.
    const { readJson } = await import('../accounts/import/json-places');
    const { Source } = await import('../accounts/import/findings');
    const read = readJson(new Source(text));
    if (read.ok) return read.value.value;
    const { place, messageKey, params } = read.error;
    const where = place === null ? name : `${name}:${place.line}:${place.column}`;
    const t = await parts.everyWord();
    throw new CommandEnd(EXIT.usage, `${where}: ${t(messageKey, params)}`);
  }
}

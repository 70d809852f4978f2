import { isIPv6 } from 'node:net';
import type { Forward } from '../shared/account';

/** A line of `authorized_keys` (sshd(8), AUTHORIZED_KEYS FILE FORMAT) that lets a key carry mail and do nothing else. */
export interface KeyEntry {
  /** As it stands before the key, without blanks outside quotation marks. */
  readonly options: string;
  readonly type: string;
  /** The key itself, in base64. */
  readonly blob: string;
  /** Only for a line that is new; the comment of an installed key stays as it is. */
  readonly comment: string;
}

export type Edit =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'changed';
      readonly content: Buffer;
      /** Whether the key was there already, with other options. */ readonly replaced: boolean;
    };

/** The first OpenSSH that knows `permitlisten`; an older one refuses a whole line for an option that it does not know. */
const PERMIT_LISTEN_SINCE = [7, 8] as const;

/**
 * The options for exactly these forwards. `restrict` takes everything away but commands, so a command that does
 * nothing stands for all of them (a shell and SFTP are commands too); `port-forwarding` gives forwards back, in both
 * directions, so that `permitlisten` names a port that only the administrator could listen on. What sshd has no option
 * against are Unix sockets of the server that the account may open anyway.
 *
 * @param serverVersion as the server introduced itself, such as `OpenSSH_9.2p1 Debian-2`
 * @throws Error for a mail server's name that could not stand between quotation marks
 */
export function restrictions(forwards: readonly Forward[], serverVersion: string): string {
  const places = new Set(forwards.map(({ mailHost, mailPort }) => placeOf(mailHost, mailPort)));
  return [
    'restrict',
    'port-forwarding',
    ...[...places].map((place) => `permitopen="${place}"`),
    ...(knowsPermitListen(serverVersion) ? ['permitlisten="localhost:1"'] : []),
    'command="false"',
  ].join(',');
}

/** As sshd reads it: it compares the name with the one that a channel asks for, letter by letter. */
function placeOf(host: string, port: number): string {
  // A star would permit every server, and a bracket, a quotation mark or a blank would end the name.
  if (host === '' || /[\s"\\*[\],\u0000-\u001f\u007f]/.test(host))
    throw new Error(`${JSON.stringify(host)} is not the name of a mail server`);
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function knowsPermitListen(serverVersion: string): boolean {
  const [, major, minor] = /^OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)/.exec(serverVersion) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [firstMajor, firstMinor] = PERMIT_LISTEN_SINCE;
  return (
    Number(major) > firstMajor || (Number(major) === firstMajor && Number(minor) >= firstMinor)
  );
}

/**
 * Puts a key into the text of an `authorized_keys` file: as a new last line, or in the place of the line that has the
 * key already under other options; mail servers that Mailmole itself permitted there for another mailbox stay. sshd goes by the first line that fits, so only that one matters. Every other byte
 * stays as it is, whatever it is; a new line ends as the file's first line does.
 */
export function putKey(content: Buffer, entry: KeyEntry): Edit {
  // One letter a byte: what is not ASCII comes out as it went in.
  const text = content.toString('latin1');
  let at = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const [, body = '', ending = ''] = /^([^]*?)(\r?\n|)$/.exec(line) ?? [];
    const found = readLine(body);
    if (found !== null && isSame(found, entry)) {
      const options = withOurPlaces(found.options, latin1(entry.options));
      if (found.options === options) return { kind: 'unchanged' };
      const comment = found.rest;
      const put = `${options} ${entry.type} ${entry.blob}${comment}${ending}`;
      const edited = text.slice(0, at) + put + text.slice(at + line.length);
      return { kind: 'changed', content: Buffer.from(edited, 'latin1'), replaced: true };
    }
    at += line.length;
  }
  return {
    kind: 'changed',
    content: Buffer.from(text + newLine(text, entry), 'latin1'),
    replaced: false,
  };
}

const PLACE = /^permitopen="[^"]*"$/;
/** What `restrictions` writes beside the places. */
const OURS = /^(restrict|port-forwarding|permitlisten="localhost:1"|command="false")$/;

/**
 * The wanted options, and the places that are permitted already where all the options are ours: mailboxes that share a
 * key do not lock each other out. Those come first, so that the line of one that was installed before stays as it is.
 */
function withOurPlaces(there: string, wanted: string): string {
  const before = splitOptions(there);
  const places = before.filter((option) => PLACE.test(option));
  const isOurs = before.every((option) => PLACE.test(option) || OURS.test(option));
  const options = splitOptions(wanted);
  const first = options.findIndex((option) => PLACE.test(option));
  if (!isOurs || !before.includes('restrict') || first < 0) return wanted;
  const rest = options.filter((option) => !PLACE.test(option));
  const all = new Set([...places, ...options.filter((option) => PLACE.test(option))]);
  return [...rest.slice(0, first), ...all, ...rest.slice(first)].join(',');
}

/** Options are parted by commas outside quotation marks. */
function splitOptions(options: string): string[] {
  return options.match(/(?:"(?:\\"|[^"])*"|[^,"])+/g) ?? [];
}

function newLine(text: string, { options, type, blob, comment }: KeyEntry): string {
  const end = /\r?\n/.exec(text)?.[0] ?? '\n';
  const before = text === '' || text.endsWith('\n') ? '' : end;
  // A comment of more than one line would be a line of its own.
  const said = comment.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return `${before}${latin1(`${options} ${type} ${blob}${said === '' ? '' : ` ${said}`}`)}${end}`;
}

/** UTF-8 as one letter a byte. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

interface Line {
  readonly options: string;
  readonly type: string;
  readonly blob: string;
  /** What follows the key, blanks included. */
  readonly rest: string;
}

const KEY =
  /^(?<type>(?:ssh|ecdsa|sk)-[\w@.-]+)[ \t]+(?<blob>[A-Za-z0-9+/]+=*)(?<rest>$|[ \t\r][^]*$)/;

/** Reads a line as sshd does (auth2-pubkeyfile.c): a key, or options and a key. Null for what is neither. */
function readLine(line: string): Line | null {
  const text = line.replace(/^[ \t]+/, '');
  if (text === '' || text.startsWith('#')) return null;
  const plain = keyOf(text, '');
  if (plain !== null) return plain;
  const end = endOfOptions(text);
  return keyOf(text.slice(end).replace(/^[ \t]+/, ''), text.slice(0, end));
}

function keyOf(text: string, options: string): Line | null {
  const { type, blob, rest } = KEY.exec(text)?.groups ?? {};
  if (type === undefined || blob === undefined || rest === undefined) return null;
  return { options, type, blob, rest };
}

/** Options end at the first blank outside quotation marks; `\"` is none. */
function endOfOptions(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '\\' && text[at + 1] === '"') at++;
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && (letter === ' ' || letter === '\t')) return at;
  }
  return text.length;
}

/** The same key; a line that makes it an authority over certificates is about something else. */
function isSame(line: Line, entry: KeyEntry): boolean {
  if (line.type !== entry.type) return false;
  if (!Buffer.from(line.blob, 'base64').equals(Buffer.from(entry.blob, 'base64'))) return false;
  const unquoted = line.options.replace(/"(?:\\"|[^"])*"/g, '');
  return !unquoted.split(',').some((option) => option.toLowerCase() === 'cert-authority');
}

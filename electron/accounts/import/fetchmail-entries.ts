import type { ImportProblem } from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import type { Source } from './findings';
import type { RcToken } from './fetchmail-words';
import { readRcTokens } from './fetchmail-words';

/** A value, and where it stands. */
export interface RcValue {
  readonly text: string;
  readonly at: number;
}

/** What counts for a mailbox, by keyword; the rest of an entry is fetchmail's own business. */
export type RcOptions = ReadonlyMap<string, RcValue>;

/** One `poll` or `skip`, with the options of each of its users. */
export interface RcEntry {
  readonly name: RcValue;
  readonly server: RcOptions;
  /** At least one; `user` among the options is the name on the mail server. */
  readonly users: readonly RcOptions[];
}

/** A file's entries, what `defaults` says for all of them, and where passwords stand. */
export interface RcFile {
  readonly entries: readonly RcEntry[];
  readonly passwords: readonly number[];
}

/** Longer names of the same keywords. */
const ALIASES: Readonly<Record<string, string>> = {
  server: 'poll',
  protocol: 'proto',
  username: 'user',
  password: 'pass',
  preconnect: 'pre',
  postconnect: 'post',
  localdomains: 'local',
  folders: 'folder',
  smtphost: 'smtp',
  authenticate: 'auth',
  preauth: 'auth',
  preauthenticate: 'auth',
  pass8: 'pass8bits',
  mimedec: 'mimedecode',
};

const ofOneValue = (names: string): readonly string[] => names.split(' ');

/** Keywords that one value follows (rcfile_y.y of fetchmail 6.4). */
const ONE = new Set(
  ofOneValue(
    'via proto service port interval auth timeout envelope qvirtual principal esmtpname esmtppassword badheader ' +
      'bad-header interface monitor plugin plugout user pass smtpaddress smtpname mda bsmtp lmtp pre post limit ' +
      'warnings batchlimit fetchlimit fetchsizelimit fastuidl expunge properties sslkey sslcert sslproto ' +
      'sslcertfile sslcertpath sslcommonname sslfingerprint bindaddr retrieve-error moveto',
  ),
);
/** Keywords that a list of values follows. */
const MANY = new Set(ofOneValue('aka local folder smtp fetchdomains antispam is to'));
/** Keywords that stand alone, all of which may have `no` before them. */
const FLAGS = new Set(
  ofOneValue(
    'here there keep flush limitflush fetchall rewrite forcecr stripcr pass8bits dropstatus dropdelivered mimedecode ' +
      'idle dns uidl ssl sslcertck checkalias tracepolls bouncemail spambounce softbounce showdots accept reject',
  ),
);
/** Options of the server, which hold for all users of an entry. */
const OF_SERVER = new Set(
  ofOneValue('via proto service port auth interface plugin plugout timeout interval'),
);
const STARTS = new Set(['poll', 'skip', 'defaults', 'set']);

/** Can a file of fetchmail begin with this word? */
export function startsFetchmailrc(word: string): boolean {
  return STARTS.has(ALIASES[word] ?? word);
}

/** Reads a `.fetchmailrc`. Wrong words are told by their place only: one might be a password with a space in it. */
export function readFetchmailrc(source: Source): Result<RcFile, ImportProblem> {
  const tokens = readRcTokens(source);
  return tokens.ok ? new Reader(source, tokens.value).read() : tokens;
}

class Reader {
  readonly #source: Source;
  readonly #tokens: readonly RcToken[];
  #at = 0;
  readonly #passwords: number[] = [];

  constructor(source: Source, tokens: readonly RcToken[]) {
    this.#source = source;
    this.#tokens = tokens;
  }

  read(): Result<RcFile, ImportProblem> {
    const entries: RcEntry[] = [];
    let defaults: RcEntry | null = null;
    for (let token = this.#tokens[0]; token !== undefined; token = this.#tokens[this.#at]) {
      const keyword = this.#keyword(token);
      this.#at += 1;
      if (keyword === 'set') {
        this.#passOver();
        continue;
      }
      if (keyword === null || !STARTS.has(keyword))
        return fail(this.#source.problem(token.at, 'import:fetchmail.start'));
      const entry = this.#entry(keyword, token);
      if (!entry.ok) return entry;
      if (keyword === 'defaults') defaults = entry.value;
      else entries.push(withDefaults(entry.value, defaults));
    }
    return ok({ entries, passwords: this.#passwords });
  }

  /** What `set` sets is for fetchmail alone. */
  #passOver(): void {
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      const keyword = this.#keyword(token);
      if (keyword !== null && STARTS.has(keyword)) return;
      this.#at += 1;
    }
  }

  #keyword(token: RcToken): string | null {
    if (token.kind !== 'word') return null;
    return Object.hasOwn(ALIASES, token.text) ? (ALIASES[token.text] ?? null) : token.text;
  }

  #entry(keyword: string, start: RcToken): Result<RcEntry, ImportProblem> {
    const name = keyword === 'defaults' ? start : this.#value();
    if (name === null)
      return fail(this.#source.problem(start.at, 'import:fetchmail.no-value', { option: keyword }));
    const server = new Map<string, RcValue>();
    const users: Map<string, RcValue>[] = [];
    let user = new Map<string, RcValue>();
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      const option = this.#keyword(token);
      if (option !== null && STARTS.has(option)) break;
      this.#at += 1;
      // Each `user` begins the options of the next one; those before the first are its own.
      if (option === 'user' && user.has('user')) {
        users.push(user);
        user = new Map();
      }
      const problem = this.#option(token, option, server, user);
      if (problem !== null) return fail(problem);
    }
    users.push(user);
    return ok({ name: { text: name.text, at: name.at }, server, users });
  }

  #option(
    token: RcToken,
    option: string | null,
    server: Map<string, RcValue>,
    user: Map<string, RcValue>,
  ): ImportProblem | null {
    if (option === null) return this.#source.problem(token.at, 'import:fetchmail.unexpected');
    if (option === 'no' || FLAGS.has(option)) {
      if (option === 'ssl') user.set('ssl', { text: 'ssl', at: token.at });
      return null;
    }
    if (/^no[a-z0-9]+$/u.test(option) && FLAGS.has(option.slice(2))) return null;
    if (MANY.has(option)) {
      this.#values(option, user);
      return null;
    }
    if (!ONE.has(option)) return this.#source.problem(token.at, 'import:fetchmail.unexpected');
    const value = this.#value();
    if (value === null)
      return this.#source.problem(token.at, 'import:fetchmail.no-value', { option: token.text });
    if (option === 'pass') this.#passwords.push(token.at);
    else if (OF_SERVER.has(option)) server.set(option, value);
    else if (!option.endsWith('password')) user.set(option, value);
    return null;
  }

  #value(): RcValue | null {
    if (this.#tokens[this.#at]?.kind === 'equals') this.#at += 1;
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'equals') return null;
    this.#at += 1;
    return { text: token.text, at: token.at };
  }

  /** A list ends at the next keyword. `is x there` turns names round, so that it names the user on the mail server. */
  #values(option: string, user: Map<string, RcValue>): void {
    let first: RcValue | null = null;
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      const isFirst = first === null;
      if (!isFirst && this.#endsList(token)) break;
      this.#at += 1;
      first ??= { text: token.text, at: token.at };
    }
    const next = this.#tokens[this.#at];
    if (option === 'is' && first !== null && next?.text === 'there') user.set('user', first);
  }

  #endsList(token: RcToken): boolean {
    const keyword = this.#keyword(token);
    if (keyword === null) return false;
    const known =
      STARTS.has(keyword) || ONE.has(keyword) || MANY.has(keyword) || FLAGS.has(keyword);
    return known || keyword === 'no' || FLAGS.has(keyword.replace(/^no/u, ''));
  }
}

/** What an entry does not say itself is as the defaults before it say. */
function withDefaults(entry: RcEntry, defaults: RcEntry | null): RcEntry {
  if (defaults === null) return entry;
  const common = defaults.users[0] ?? new Map<string, RcValue>();
  return {
    name: entry.name,
    server: new Map([...defaults.server, ...entry.server]),
    users: entry.users.map((user) => new Map([...common, ...user])),
  };
}

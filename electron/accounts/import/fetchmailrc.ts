import type { ForwardProtocol } from '../../shared/account';
import { MAIL_PORTS } from '../../shared/account';
import type {
  ImportedDraft,
  ImportedForward,
  ImportProblem,
  NotCarried,
} from '../../shared/imported';
import type { Result } from '../../shared/result';
import { fail, ok } from '../../shared/result';
import { blankDraft } from './blank-draft';
import type { ImportContext } from './context';
import type { RcEntry, RcOptions, RcValue } from './fetchmail-entries';
import { readFetchmailrc } from './fetchmail-entries';
import { shortened, Source } from './findings';
import type { Imported } from './ssh-command';
import { importSshCommands, isSshProgram } from './ssh-command';
import type { Spoken } from './ssh-draft';
import { isHostName, isLoopback, portOf, protocolOf } from './ssh-values';

/** The mailboxes that a `.fetchmailrc` polls: through an `ssh` of its own, or without a tunnel so far. */
export function importFetchmailrc(
  source: Source,
  context: ImportContext,
): Result<Imported, readonly ImportProblem[]> {
  const file = readFetchmailrc(source);
  if (!file.ok) return fail([file.error]);
  const { entries, passwords } = file.value;
  const drafts: ImportedDraft[] = [];
  const notCarried: NotCarried[] = passwords.map((at) =>
    source.notCarried(at, 'password', 'import:why.password'),
  );
  const problems: ImportProblem[] = [];
  for (const entry of entries) {
    const read = new EntryReader(source, context, entry).read();
    if (!read.ok) problems.push(...read.error);
    else {
      drafts.push(...read.value.drafts);
      notCarried.push(...read.value.notCarried);
    }
  }
  if (problems.length > 0) return fail(problems);
  if (drafts.length === 0) return fail([source.problem(0, 'import:fetchmail.nothing')]);
  return ok({ drafts, notCarried });
}

/** What an entry polls: the mail server as fetchmail dials it. */
interface Polled {
  readonly host: string;
  readonly port: number;
  readonly protocol: ForwardProtocol;
}

class EntryReader {
  readonly #source: Source;
  readonly #context: ImportContext;
  readonly #entry: RcEntry;
  readonly #drafts: ImportedDraft[] = [];
  readonly #notCarried: NotCarried[] = [];
  readonly #problems: ImportProblem[] = [];

  constructor(source: Source, context: ImportContext, entry: RcEntry) {
    this.#source = source;
    this.#context = context;
    this.#entry = entry;
  }

  read(): Result<Imported, readonly ImportProblem[]> {
    const { users, server } = this.#entry;
    const commands = new Set<string>();
    for (const user of users) {
      const polled = this.#polled(user);
      if (polled === null) continue;
      const command = user.get('pre') ?? server.get('plugin');
      // Several users of one server share its tunnel.
      const key = JSON.stringify([command?.text ?? null, polled]);
      if (commands.has(key)) continue;
      commands.add(key);
      if (command === undefined || !this.#tunnel(command, polled)) this.#withoutTunnel(polled);
    }
    if (this.#problems.length > 0) return fail(this.#problems);
    return ok({ drafts: this.#drafts, notCarried: this.#notCarried });
  }

  /** Host, port and protocol; null, with a note, for what is no mailbox. */
  #polled(user: RcOptions): Polled | null {
    const { name, server } = this.#entry;
    const leave = (value: RcValue, why: string): null => {
      this.#notCarried.push(this.#source.notCarried(value.at, value.text, why));
      return null;
    };
    const proto = server.get('proto');
    const spoken = (proto?.text ?? 'auto').toLowerCase();
    if (proto !== undefined && !SPOKEN.has(spoken)) return leave(proto, 'import:why.protocol');
    const host = server.get('via') ?? name;
    if (!isHostName(host.text)) {
      const params = { text: shortened(host.text) };
      this.#problems.push(this.#source.problem(host.at, 'import:ssh.host', params));
      return null;
    }
    const portValue = server.get('port') ?? server.get('service');
    const port = portValue === undefined ? null : portOf(portValue.text);
    if (portValue !== undefined && port === null) {
      const params = { text: shortened(portValue.text) };
      this.#problems.push(this.#source.problem(portValue.at, 'import:ssh.port', params));
      return null;
    }
    const protocol = protocolSpoken(spoken, user.has('ssl'), port);
    return { host: host.text, port: port ?? MAIL_PORTS[protocol], protocol };
  }

  /** @returns whether the command is one that makes a tunnel */
  #tunnel(command: RcValue, polled: Polled): boolean {
    const [first = '', second = ''] = command.text.trim().split(/\s+/u);
    const program = first === 'exec' ? second : first;
    if (!isSshProgram(program)) {
      const why = /(?:^|\/)mailmole$/u.test(program) ? 'import:why.mailmole' : 'import:why.program';
      this.#notCarried.push(this.#source.notCarried(command.at, program, why));
      return false;
    }
    // fetchmail fills in what a plugin has to reach.
    const text = command.text.replaceAll('%h', polled.host).replaceAll('%p', String(polled.port));
    const inner = new Source(text, null, { source: this.#source, offset: command.at });
    const spoken: Spoken = { protocol: polled.protocol, tls: 'none' };
    const spokenAt = (local: number) => (local === polled.port ? spoken : null);
    const read = importSshCommands(inner, this.#context, spokenAt);
    if (!read.ok) {
      this.#problems.push(...read.error);
      return true;
    }
    this.#notCarried.push(...read.value.notCarried);
    for (const draft of read.value.drafts) this.#drafts.push(this.#fitted(draft, polled));
    return true;
  }

  /** A plugin has no forward of its own: the mail server is reached from the SSH server. */
  #fitted(draft: ImportedDraft, polled: Polled): ImportedDraft {
    const { name } = this.#entry;
    const called = isLoopback(name.text) ? draft.name : name.text;
    const forwards = draft.forwards.length > 0 ? draft.forwards : [forwardTo(polled, null)];
    return { ...draft, name: called, forwards };
  }

  /** No tunnel so far: which SSH server there is, only the person knows. */
  #withoutTunnel(polled: Polled): void {
    const { name, users } = this.#entry;
    const names = new Set(users.flatMap((user) => user.get('user')?.text ?? []));
    const [only = null] = names.size === 1 ? names : [];
    const here = isLoopback(polled.host);
    const forward = here
      ? { ...forwardTo(polled, polled.port), mailPort: MAIL_PORTS[polled.protocol] }
      : forwardTo(polled, null);
    this.#drafts.push({ ...blankDraft(name.text), sshUser: only, forwards: [forward] });
  }
}

/** What fetchmail takes for `protocol` and fetches mail by; not the old POP2, nor what only has a server send. */
const SPOKEN: ReadonlySet<string> = new Set([
  ...['auto', 'pop3', 'apop', 'rpop', 'kpop', 'sdps', 'imap', 'imap-k4', 'imap-gss', 'imap-login'],
]);

function protocolSpoken(spoken: string, ssl: boolean, port: number | null): ForwardProtocol {
  const byPort = port === null ? null : protocolOf(port);
  if (spoken === 'auto' && byPort !== null) return byPort;
  // Left to itself, fetchmail tries IMAP first.
  const isImap = spoken.startsWith('imap') || spoken === 'auto';
  if (ssl) return isImap ? 'imaps' : 'pop3s';
  return isImap ? 'imap' : 'pop3';
}

function forwardTo(polled: Polled, localPort: number | null): ImportedForward {
  const { protocol, host, port } = polled;
  return {
    protocol,
    localAddress: 'localhost',
    localPort,
    mailHost: host,
    mailPort: port,
    tls: 'none',
  };
}

import type { Account, AccountDraft, Forward, ForwardProtocol } from '../shared/account';
import {
  DEFAULT_CONNECTION,
  DEFAULT_LOCAL_PORTS,
  FORWARD_PROTOCOLS,
  MAIL_PORTS,
} from '../shared/account';
import type { Translate } from '../shared/messages';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import { nearest } from './nearest';

/** A mailbox as it came from a script or a file: fields that may be there, of types that may be right. */
export type MailboxInput = Readonly<Record<string, unknown>>;

/** Finds a local port that is free on this computer and not among those taken. */
export type FindFreePort = (
  address: string,
  from: number,
  taken: ReadonlySet<number>,
) => Promise<number>;

/** What a mailbox is made of when nothing else is said. Its name is made from the sign-in. */
const BLANK: Omit<AccountDraft, 'name' | 'forwards'> = {
  sshHost: '',
  sshPort: 22,
  sshUser: '',
  signIn: { kind: 'automatic' },
  route: { kind: 'direct' },
  oldServer: false,
  connection: DEFAULT_CONNECTION,
  mode: 'on-demand',
  compression: false,
  sessionChannel: false,
  practice: false,
};
/** What `list --json` prints beside the set-up; taken back without a word, since it is the program's to say. */
const NOT_INPUT = ['id', 'on', 'practice'];
const FORWARD_FIELDS = [
  'id',
  'protocol',
  'localAddress',
  'localPort',
  'mailHost',
  'mailPort',
  'tls',
];

export interface CompletionParts {
  readonly t: Translate;
  readonly findFreePort: FindFreePort;
  readonly newId: () => string;
}

/**
 * Makes a whole draft of what was given; what was left out is filled in: from `old` where a mailbox is changed, else by
 * the usual values. Only names of fields are judged here; what stands in them, `parseDraft` judges.
 *
 * @param taken local ports that are not to be chosen; those that are chosen are put to them
 * @returns the draft, or in words which field is none
 */
export async function completeMailbox(
  given: MailboxInput,
  old: Account | null,
  taken: Set<number>,
  parts: CompletionParts,
): Promise<Result<AccountDraft, string>> {
  const input = Object.fromEntries(
    Object.entries(given).filter(([name]) => !NOT_INPUT.includes(name)),
  );
  const stranger = strangerIn(input, [...Object.keys(BLANK), 'name', 'forwards'], '', parts.t);
  if (stranger !== null) return fail(stranger);
  const { id: _id, wanted: _wanted, ...before } = old ?? { ...BLANK, id: '', wanted: true };
  const { connection } = input;
  if (typeof connection === 'object' && connection !== null) {
    const odd = strangerIn(connection, Object.keys(DEFAULT_CONNECTION), 'connection.', parts.t);
    if (odd !== null) return fail(odd);
    input['connection'] = { ...before.connection, ...connection };
  }
  const merged = { ...before, ...input };
  const name = 'name' in merged ? merged.name : `${text(merged.sshUser)}@${text(merged.sshHost)}`;
  const forwards: unknown[] = [];
  const list = 'forwards' in merged ? merged.forwards : [];
  for (const [index, forward] of (Array.isArray(list) ? (list as unknown[]) : []).entries()) {
    if (typeof forward !== 'object' || forward === null)
      return fail(parts.t('cli:error.forward-no-object', { field: `forwards.${index}` }));
    const odd = strangerIn(forward, FORWARD_FIELDS, `forwards.${index}.`, parts.t);
    if (odd !== null) return fail(odd);
    if ('protocol' in forward && !isProtocol(forward.protocol))
      return fail(
        parts.t('cli:error.no-such-protocol', {
          field: `forwards.${index}.protocol`,
          protocols: FORWARD_PROTOCOLS.join(', '),
        }),
      );
    const meantFor = text(merged.sshHost);
    forwards.push(await completeForward(forward as MailboxInput, meantFor, old, taken, parts));
  }
  // The types are still anybody's guess; `parseDraft` takes a draft for what it is, an unknown thing.
  return ok({ ...merged, name, forwards } as AccountDraft);
}

async function completeForward(
  given: MailboxInput,
  sshHost: string,
  old: Account | null,
  taken: Set<number>,
  { findFreePort, newId }: CompletionParts,
): Promise<MailboxInput> {
  const { protocol } = given;
  const localAddress = given['localAddress'] ?? 'localhost';
  const known = isProtocol(protocol);
  let localPort = given['localPort'] ?? null;
  if (localPort === null && known) {
    // The port it has had is the right one, though its own tunnel holds it.
    const own = old?.forwards.find(
      (each) => each.protocol === protocol && !taken.has(each.localPort),
    );
    localPort =
      own?.localPort ??
      (await findFreePort(text(localAddress), DEFAULT_LOCAL_PORTS[protocol], taken));
  }
  if (typeof localPort === 'number') taken.add(localPort);
  return {
    protocol,
    localAddress,
    localPort,
    mailHost: given['mailHost'] ?? sshHost,
    mailPort: given['mailPort'] ?? (known ? MAIL_PORTS[protocol] : null),
    tls: given['tls'] ?? 'none',
    id: sameForward(old, localPort)?.id ?? newId(),
  };
}

/** A forward that stays at its port stays the same to whatever remembers it. */
function sameForward(old: Account | null, localPort: unknown): Forward | undefined {
  return old?.forwards.find((forward) => forward.localPort === localPort);
}

function isProtocol(value: unknown): value is ForwardProtocol {
  return (FORWARD_PROTOCOLS as readonly unknown[]).includes(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Tells of a field that does not exist, and which one was likely meant. */
function strangerIn(
  given: object,
  fields: readonly string[],
  where: string,
  t: Translate,
): string | null {
  const odd = Object.keys(given).find((name) => !fields.includes(name));
  if (odd === undefined) return null;
  const like = nearest(odd, fields);
  const field = `${where}${odd}`;
  return like === null
    ? t('cli:error.no-such-field', { field })
    : t('cli:error.no-such-field-like', { field, like: `${where}${like}` });
}

/** A field of a mailbox, in a sentence that may have to do without the mailbox's name. */
export function fieldOf(name: string, field: string): string {
  return name.trim() === '' ? field : `${name}, ${field}`;
}

import { exportAccounts } from '../accounts/import/own-export';
import { parseDraft } from '../accounts/account-schema';
import { isProgram, PROGRAMS, settingsFor, settingsText } from '../client-setup/programs';
import type { Account, AccountDraft, DraftProblem } from '../shared/account';
import type { AccountView } from '../shared/app-snapshot';
import type { Translate } from '../shared/messages';
import { describeError } from '../shared/messages';
import type { Result } from '../shared/result';
import { assertNever, fail, ok } from '../shared/result';
import type { TunnelError } from '../shared/tunnel-error';
import type { AppState } from '../state/app-state';
import type { Commands, Done } from '../state/commands';
import type { Clock, Log, StartedBy } from '../tunnel/ports';
import { attendedVerbs, type QuestionDesk } from './attended-verbs';
import { importMailboxes, type ImportVerbParts } from './import-verb';
import { findMailbox, findMailboxes } from './find-mailbox';
import { completeMailbox, fieldOf, type FindFreePort } from './mailbox-input';
import { nearest } from './nearest';
import type { Answer, ControlFailure, Params, Verb } from './protocol';
import { listOf, statusOf } from './views';
import { waitForGreeting, type Waited } from './wait-for-greeting';

/** What the verbs work on. */
export interface ControlParts extends ImportVerbParts {
  readonly commands: Pick<
    Commands,
    'saveAccount' | 'removeAccount' | 'setWanted' | 'tryNow' | 'check' | 'lock' | 'acceptChangedKey'
  >;
  readonly state: AppState;
  readonly clock: Clock;
  readonly log: Log;
  readonly t: Translate;
  readonly findFreePort: FindFreePort;
  readonly newId: () => string;
  /** Hears that the network came or went. */
  readonly networkChanged: (online: boolean) => void;
  /** Who hands questions out to callers; null where windows ask. */
  readonly questions: QuestionDesk | null;
  /** Whom a caller acts for: `ask` says that a person typed it who can be asked. Without this, exactly that. */
  readonly actsFor?: (ask: boolean) => StartedBy;
}

/** A function for each verb. The signal is given when the caller hangs up. */
export type VerbTable = {
  readonly [V in Verb]: (params: Params<V>, signal: AbortSignal) => Promise<Answer<V>>;
};

/** Puts the verbs together. */
export function createVerbs(parts: ControlParts): VerbTable {
  const { state, commands, t, clock } = parts;
  const actsFor = parts.actsFor ?? ((ask) => (ask ? 'person' : 'background'));
  const views = (): readonly AccountView[] => state.snapshot().accounts;
  const find = (name: string) => findMailbox(views(), name, t);
  const findAll = (names: readonly string[]) => findMailboxes(views(), names, t);

  const greeting = async (
    { name, ask, timeoutMs }: Params<'wait'>,
    firstFailureEnds: boolean,
    signal: AbortSignal,
  ): Promise<Answer<'wait'>> => {
    const found = find(name);
    if (!found.ok) return found;
    const { account } = found.value;
    const by = actsFor(ask);
    const waited = await waitForGreeting({
      ...{ state, commands, clock, id: account.id, by, timeoutMs, firstFailureEnds, signal },
    });
    return told(waited, account.name, t);
  };

  return {
    list: (params) => answered(findAll(params.names), listOf),
    status: (params) =>
      answered(findAll(params.names), (found) => statusOf(state.snapshot(), found, t, clock.now())),
    up: (params) => switchAll(findAll(params.names), true, actsFor(params.ask), parts),
    down: (params) => switchAll(findAll(params.names), false, 'person', parts),
    wait: (params, signal) => greeting(params, false, signal),
    check: (params, signal) => greeting(params, true, signal),
    settings: ({ name, program }) =>
      answered(find(name), ({ account }) => programSettings(program, account, t)).then(flat),
    add: ({ mailboxes, on, ask }) => add(mailboxes, { by: actsFor(ask), on }, parts),
    import: (params) => importMailboxes(params, actsFor(params.ask), parts),
    export: (params) =>
      answered(findAll(params.names), (found) => ({
        text: exportAccounts(found.map(({ account }) => account)),
      })),
    edit: async ({ name, changes, ask }) => {
      const found = find(name);
      return found.ok ? edit(found.value.account, changes, actsFor(ask), parts) : found;
    },
    remove: async ({ name }) => {
      const found = find(name);
      if (!found.ok) return found;
      const { id, name: called } = found.value.account;
      return done(await commands.removeAccount(id), { id, name: called }, t);
    },
    lock: () => Promise.resolve(done(commands.lock(), null, t)),
    network: ({ online }) => {
      parts.networkChanged(online);
      return Promise.resolve(ok(null));
    },
    trust: ({ name, fingerprint }) =>
      answered(find(name), ({ account }) => trust(account, fingerprint, parts)).then(flat),
    ...attendedVerbs(parts, findAll),
  };
}

/** Only the very key that the server showed, and only while it waits for that. */
function trust(
  { id, name }: Account,
  fingerprint: string,
  { commands, t }: ControlParts,
): Result<null, ControlFailure> {
  if (commands.acceptChangedKey(id, fingerprint).ok) return ok(null);
  return fail({ kind: 'failed', text: t('cli:error.not-that-key', { name, fingerprint }) });
}

/** A value made of what was found. */
function answered<F, T>(
  found: Result<F, ControlFailure>,
  make: (found: F) => T,
): Promise<Result<T, ControlFailure>> {
  return Promise.resolve(found.ok ? ok(make(found.value)) : found);
}

function flat<T>(nested: Result<Result<T, ControlFailure>, ControlFailure>) {
  return nested.ok ? nested.value : nested;
}

function usage(text: string): { ok: false; error: ControlFailure } {
  return fail({ kind: 'usage', text });
}

/** A command's end as an answer. */
function done<T>(result: Done, value: T, t: Translate): Result<T, ControlFailure> {
  if (result.ok) return ok(value);
  const { error } = result;
  const detail = 'problem' in error ? error.problem : error.kind;
  return fail({ kind: 'failed', text: t('cli:error.failed', { detail }) });
}

/** Switches them; one that is on already is moved to try now, unless that needs a person and none is there. */
async function switchAll(
  found: Result<readonly AccountView[], ControlFailure>,
  on: boolean,
  by: StartedBy,
  { commands, t }: ControlParts,
): Promise<Result<null, ControlFailure>> {
  if (!found.ok) return found;
  for (const { account, state } of found.value) {
    const stuck = state.kind === 'needs-attention' && by === 'person';
    const waits = state.kind === 'retrying' || state.kind === 'offline' || stuck;
    if (on && account.wanted && waits) commands.check(account.id, by);
    const switched = await commands.setWanted(account.id, on, by);
    if (!switched.ok) return done(switched, null, t);
  }
  return ok(null);
}

/** The end of a wait in words. */
function told(waited: Waited, name: string, t: Translate): Answer<'wait'> {
  const words = (error: TunnelError): string => {
    const { title, body } = describeError(error, t);
    return `${title} ${body}`;
  };
  switch (waited.kind) {
    case 'greeted':
      return ok({ name, greeting: waited.text });
    case 'switched-off':
      return fail({ kind: 'failed', text: t('cli:error.is-off', { name }) });
    case 'needs-person':
      return fail({
        kind: 'needs-person',
        text:
          waited.error === null
            ? t('cli:error.question-open', { name })
            : `${name}: ${words(waited.error)}`,
      });
    case 'failed':
      return fail({ kind: 'failed', text: `${name}: ${words(waited.error)}` });
    case 'timed-out':
      return fail({
        kind: 'timed-out',
        text:
          waited.error === null
            ? t('cli:error.timed-out', { name })
            : t('cli:error.timed-out-last', { name, last: words(waited.error) }),
      });
    case 'gone':
      return fail({ kind: 'failed', text: t('cli:error.gone', { name }) });
    default:
      return assertNever(waited);
  }
}

function programSettings(
  program: string,
  account: Account,
  t: Translate,
): Result<{ text: string }, ControlFailure> {
  if (!isProgram(program)) return usage(unknownProgram(program, t));
  const settings = settingsFor(account, program, t);
  if (settings.kind === 'nothing') return fail({ kind: 'failed', text: settings.reason });
  return ok({ text: settingsText(account, program, t) });
}

/** There is no such mail program; which one was meant, or which there are. */
function unknownProgram(wanted: string, t: Translate): string {
  const like = nearest(wanted, PROGRAMS);
  return like === null
    ? t('cli:error.no-such-program', { program: wanted, programs: PROGRAMS.join(', ') })
    : t('cli:error.no-such-program-like', { program: wanted, like });
}

interface SaveAs {
  readonly by: StartedBy;
  readonly on: boolean;
}

/** Saves all of the mailboxes, or none: each is judged with those before it first. */
async function add(
  given: Params<'add'>['mailboxes'],
  as: SaveAs,
  parts: ControlParts,
): Promise<Answer<'add'>> {
  const { state, commands, t } = parts;
  const others = state.snapshot().accounts.map(({ account }) => account);
  const taken = new Set(others.flatMap(portsOf));
  const drafts: AccountDraft[] = [];
  for (const input of given) {
    const whole = await completeMailbox(input, null, taken, parts);
    if (!whole.ok) return usage(whole.error);
    const earlier = drafts.map((draft, index) => ({ ...draft, id: `${index}`, wanted: as.on }));
    const parsed = parseDraft(whole.value, [...others, ...earlier]);
    if (!parsed.ok) return usage(problemText(parsed.error, whole.value, t));
    drafts.push(parsed.value);
  }
  const made: { id: string; name: string }[] = [];
  for (const draft of drafts) {
    const saved = await commands.saveAccount(null, draft, as);
    if (!saved.ok) return done(saved, { mailboxes: [] }, t);
    if (!saved.value.ok) return usage(problemText(saved.value.error, draft, t));
    made.push({ id: saved.value.value, name: draft.name });
  }
  return ok({ mailboxes: made });
}

async function edit(
  account: Account,
  changes: Params<'edit'>['changes'],
  by: StartedBy,
  parts: ControlParts,
): Promise<Answer<'edit'>> {
  const { state, commands, t } = parts;
  const others = state.snapshot().accounts.filter((view) => view.account.id !== account.id);
  const taken = new Set(others.flatMap((view) => portsOf(view.account)));
  const whole = await completeMailbox(changes, account, taken, parts);
  if (!whole.ok) return usage(whole.error);
  const saved = await commands.saveAccount(account.id, whole.value, { by });
  if (!saved.ok) return done(saved, { id: account.id, name: account.name }, t);
  if (!saved.value.ok) return usage(problemText(saved.value.error, whole.value, t));
  return ok({ id: account.id, name: whole.value.name.trim() });
}

function portsOf(account: Account): readonly number[] {
  return account.forwards.map((forward) => forward.localPort);
}

/** Each problem on a line of its own: which mailbox, which field, what would be right. */
function problemText(problems: readonly DraftProblem[], draft: AccountDraft, t: Translate): string {
  const name = typeof draft.name === 'string' ? draft.name : '';
  return problems
    .map(({ field, messageKey, params }) => {
      const problem = t(messageKey, params);
      return t('cli:error.field', { where: fieldOf(name, field), problem });
    })
    .join('\n');
}

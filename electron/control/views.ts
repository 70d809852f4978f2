import type { AccountView, AppSnapshot } from '../shared/app-snapshot';
import type { Translate } from '../shared/messages';
import { describeError } from '../shared/messages';
import { describeState, errorOf } from '../shared/state-words';
import type { GreetingProof, TunnelState } from '../shared/tunnel-state';
import { isProven } from '../shared/tunnel-state';
import { DOCUMENT_VERSION } from './agreed';
import type { ListDocument, ListedMailbox, MailboxStatus, StatusDocument } from './documents';

/** The state of some mailboxes as `status --json` prints it. Pure; `now` is in milliseconds since 1970. */
export function statusOf(
  snapshot: AppSnapshot,
  views: readonly AccountView[],
  t: Translate,
  now: number,
): StatusDocument {
  const names = new Map(views.map(({ account }) => [account.id, account.name]));
  return {
    version: DOCUMENT_VERSION,
    program: snapshot.version,
    online: snapshot.online,
    mailboxes: views.map((view) => mailboxStatus(view, t, now)),
    questions: snapshot.prompts
      .filter(({ accountId }) => names.has(accountId))
      .map(({ id, accountName, request }) => ({ id, mailbox: accountName, kind: request.kind })),
  };
}

function mailboxStatus(view: AccountView, t: Translate, now: number): MailboxStatus {
  const { account, state, traffic, session } = view;
  const error = errorOf(state);
  const words = error === null ? null : describeError(error, t);
  const greeting = greetingIn(state);
  return {
    id: account.id,
    name: account.name,
    on: account.wanted,
    state: state.kind,
    proven: isProven(state),
    needsPerson: needsPerson(state),
    text: describeState(view, t, now).long,
    greeting: greeting?.text ?? null,
    greetedAt: greeting === null ? null : new Date(greeting.at).toISOString(),
    retryAt: state.kind === 'retrying' ? new Date(state.retryAt).toISOString() : null,
    error:
      error === null || words === null
        ? null
        : { kind: error.kind, title: words.title, body: words.body, details: words.details },
    traffic,
    session,
  };
}

/** Does nothing go on until a person does something? */
export function needsPerson(state: TunnelState): boolean {
  return state.kind === 'needs-attention' || state.kind === 'waiting-for-user';
}

/** What the mail server said last, as far as the state remembers. */
function greetingIn(state: TunnelState): GreetingProof | null {
  if (state.kind === 'ready') return state.last;
  return state.kind === 'connected' && state.proof.kind === 'greeted' ? state.proof.greeting : null;
}

/** The set-up of some mailboxes as `list --json` prints it and `add` takes it. Pure. */
export function listOf(views: readonly AccountView[]): ListDocument {
  return { version: DOCUMENT_VERSION, mailboxes: views.map(listed) };
}

function listed({ account }: AccountView): ListedMailbox {
  const { wanted, forwards, ...rest } = account;
  return { ...rest, on: wanted, forwards: forwards.map(({ id: _id, ...forward }) => forward) };
}

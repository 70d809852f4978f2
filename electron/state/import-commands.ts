import type { AccountBook } from '../accounts/account-book';
import { collide } from '../accounts/account-rules';
import { parseDraft } from '../accounts/account-schema';
import type { ImportContext } from '../accounts/import/context';
import {
  importSetupFile,
  importSetupLink,
  importText,
  isSetupLink,
} from '../accounts/import/import-text';
import type { Spoken } from '../accounts/import/ssh-draft';
import type { Account, AccountId } from '../shared/account';
import { DEFAULT_LOCAL_PORTS } from '../shared/account';
import type {
  AddRefusal,
  ImportedDraft,
  ImportedForward,
  ImportOutcome,
  ImportRead,
  NotCarried,
  ReadyDraft,
} from '../shared/imported';
import { accountDraftOf } from '../shared/imported';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import type { KeysTaken } from '../shared/server-key';
import type { TunnelError } from '../shared/tunnel-error';
import type { StartedBy, TunnelHost } from '../tunnel/ports';
import type { Done } from './commands';

/** What importing works on. */
export interface ImportParts {
  readonly book: AccountBook;
  readonly engine: Pick<TunnelHost, 'takeKeys' | 'setAccount'>;
  readonly context: () => ImportContext;
  readonly findFreePort: (
    address: string,
    from: number,
    taken: ReadonlySet<number>,
  ) => Promise<number>;
  readonly newId: () => string;
  /** Notes that a person did something, so that the question which follows may take the keyboard. */
  readonly personActs: () => void;
}

/** Reads texts that tell of mailboxes, and makes the mailboxes: all of them, or none. */
export class ImportCommands {
  readonly #parts: ImportParts;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  /** Whatever a person pasted or named on a command line; `spoken` as for `importText`. */
  async readImport(text: string, spoken: readonly Spoken[] = []): Promise<Done<ImportRead>> {
    return ok(await this.#fitted(importText(text, this.#parts.context(), spoken)));
  }

  /** What came from elsewhere: a set-up file or a link to one, and no other kind of text. */
  async readSetup(text: string): Promise<Done<ImportRead>> {
    const isLink = isSetupLink(text.trimStart());
    return ok(await this.#fitted(isLink ? importSetupLink(text) : importSetupFile(text)));
  }

  /**
   * Makes the mailboxes and switches them on, unless `on` says otherwise, after the keys of their servers became known. Nothing is made when one of
   * them is not right yet, or when this computer knows a server by another key.
   */
  async addImported(
    drafts: readonly ReadyDraft[],
    { by = 'person', on = true }: { readonly by?: StartedBy; readonly on?: boolean } = {},
  ): Promise<Done<Result<readonly AccountId[], readonly AddRefusal[]>>> {
    const { book, engine, personActs } = this.#parts;
    if (by === 'person') personActs();
    const judged = this.#judge(drafts, on);
    if (!judged.ok) return ok(judged);
    const taken = await this.#takeKeys(drafts, judged.value);
    if (!taken.ok) return fail({ kind: 'failed', problem: taken.error.kind });
    if (taken.value.kind === 'conflict') return ok(fail([conflictOf(taken.value, judged.value)]));
    // A name or a port may have been taken by another mailbox meanwhile.
    const again = this.#judge(drafts, on);
    if (!again.ok) return ok(again);
    const accounts = again.value;
    book.add(accounts);
    for (const account of accounts) engine.setAccount(account, by);
    return ok(ok(accounts.map(({ id }) => id)));
  }

  /** The mailboxes that these make, or all that is not right yet. */
  #judge(
    drafts: readonly ReadyDraft[],
    on: boolean,
  ): Result<readonly Account[], readonly AddRefusal[]> {
    const { book, newId } = this.#parts;
    const accounts: Account[] = [];
    const refusals: AddRefusal[] = [];
    drafts.forEach((imported, index) => {
      const judged = parseDraft(accountDraftOf(imported, newId), [...book.list(), ...accounts]);
      if (judged.ok) accounts.push({ ...judged.value, id: newId(), wanted: on });
      else refusals.push(...judged.error.map((problem) => ({ index, ...problem })));
    });
    return refusals.length > 0 ? fail(refusals) : ok(accounts);
  }

  async #takeKeys(
    drafts: readonly ReadyDraft[],
    accounts: readonly Account[],
  ): Promise<Result<KeysTaken, TunnelError>> {
    const servers = accounts.map((account, index) => ({
      host: account.sshHost,
      port: account.sshPort,
      keys: drafts[index]?.hostKeys.map(({ key }) => key) ?? [],
    }));
    const vouched = servers.filter(({ keys }) => keys.length > 0);
    return vouched.length === 0 ? ok({ kind: 'taken' }) : this.#parts.engine.takeKeys(vouched);
  }

  /** Gives every draft a name and local ports that no other mailbox has, and says where that changed something. */
  async #fitted(read: ImportRead): Promise<ImportRead> {
    if (!read.ok) return read;
    const { outcome, notes } = await this.#fit(read.value);
    return ok({ ...outcome, notCarried: [...outcome.notCarried, ...notes] });
  }

  async #fit(outcome: ImportOutcome): Promise<{ outcome: ImportOutcome; notes: NotCarried[] }> {
    const owners = this.#parts.book.list();
    const names = new Set(owners.map(({ name }) => name.toLowerCase()));
    const taken: Taken[] = owners.flatMap(({ name, forwards }) =>
      forwards.map((forward) => ({ ...forward, name })),
    );
    const notes: NotCarried[] = [];
    const drafts: ImportedDraft[] = [];
    for (const draft of outcome.drafts) {
      const name = freeName(draft.name, names);
      names.add(name.toLowerCase());
      const forwards: ImportedForward[] = [];
      // One after the other: each must see the ports that the ones before it took.
      for (const forward of draft.forwards) {
        const fitted = await this.#fitForward(forward, taken);
        taken.push({ ...fitted, name });
        forwards.push(fitted);
        const note = noteOf(forward, fitted, taken);
        if (note !== null) notes.push(note);
      }
      drafts.push({ ...draft, name, forwards });
    }
    return { outcome: { ...outcome, drafts }, notes };
  }

  async #fitForward(forward: ImportedForward, taken: readonly Taken[]): Promise<FittedForward> {
    const { localAddress, localPort, protocol } = forward;
    const wanted = localPort ?? DEFAULT_LOCAL_PORTS[protocol];
    // A port that the text names may well be in use by the very tunnel that Mailmole is to take the place of.
    const isFree = !taken.some((each) => collide({ localAddress, localPort: wanted }, each));
    if (localPort !== null && isFree) return { ...forward, localPort };
    const ports = new Set(taken.map((each) => each.localPort));
    const free = await this.#parts.findFreePort(localAddress, wanted, ports);
    return { ...forward, localPort: free };
  }
}

type FittedForward = ImportedForward & { readonly localPort: number };

/** A port that is spoken for, and by which mailbox. */
interface Taken {
  readonly localAddress: string;
  readonly localPort: number;
  readonly name: string;
}

function noteOf(
  asked: ImportedForward,
  fitted: FittedForward,
  taken: readonly Taken[],
): NotCarried | null {
  const port = asked.localPort;
  if (port === null || port === fitted.localPort) return null;
  const { localAddress } = asked;
  const owner = taken.find((each) => collide({ localAddress, localPort: port }, each));
  const params = { port, name: owner?.name ?? '', other: fitted.localPort };
  return { what: String(port), place: null, why: 'import:why.port-taken', params };
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let count = 2; taken.has(free.toLowerCase()); count += 1) free = `${name} ${count}`;
  return free;
}

function conflictOf(
  conflict: Extract<KeysTaken, { kind: 'conflict' }>,
  accounts: readonly Account[],
): AddRefusal {
  const { host, port, fingerprint } = conflict;
  const index = accounts.findIndex((each) => each.sshHost === host && each.sshPort === port);
  const params = { host, fingerprint };
  return {
    index: Math.max(0, index),
    field: 'hostKeys',
    messageKey: 'import:key-conflict',
    params,
  };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountBook } from '../accounts/account-book';
import { parseDraft } from '../accounts/account-schema';
import type { PromptBroker } from '../prompts/prompt-broker';
import { Secret } from '../secrets/secret';
import type { Account, AccountDraft, AccountId, DraftProblem } from '../shared/account';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import type { KeyInstalled, KeyMade } from '../shared/server-key';
import type { TunnelError } from '../shared/tunnel-error';
import type { TunnelHost } from '../tunnel/ports';
import type { AppState } from './app-state';
import type { Done } from './commands';
import type { DraftKeeper } from './draft-keeper';

/** What setting up a mailbox works on. */
export interface SetupParts {
  readonly book: Pick<AccountBook, 'list'>;
  readonly state: Pick<AppState, 'setGuest'>;
  readonly broker: Pick<PromptBroker, 'cancelAccount'>;
  readonly engine: Pick<TunnelHost, 'makeKey' | 'installKey'>;
  readonly drafts: DraftKeeper;
  /** Where OpenSSH keeps a person's keys. */
  readonly sshFolder: string;
  /** Notes that a person did something, so that the question which follows may take the keyboard. */
  readonly personActs: () => void;
}

/** Whose questions they are while a key is installed for a mailbox that is not there yet. */
const GUEST: AccountId = 'mailbox-being-set-up';

/** A path in this folder at which there is neither a key nor its public half. */
export function freeKeyPath(
  folder: string,
  exists: (path: string) => boolean = existsSync,
): string {
  const base = join(folder, 'id_mailmole');
  let path = base;
  for (let number = 2; exists(path) || exists(`${path}.pub`); number += 1)
    path = `${base}_${number}`;
  return path;
}

/** What a person does before a mailbox is saved: fill in, make a key, put it on the server. */
export class SetupCommands {
  readonly #parts: SetupParts;
  #installing: AbortController | null = null;

  constructor(parts: SetupParts) {
    this.#parts = parts;
  }

  drafts(): Done<Readonly<Record<string, string>>> {
    return ok(this.#parts.drafts.all());
  }

  keepDraft(place: string, text: string | null): Done {
    this.#parts.drafts.keep(place, text);
    return ok(null);
  }

  /** What would keep this draft from being saved; nothing is saved. */
  judgeDraft(id: AccountId | null, draft: AccountDraft): Done<readonly DraftProblem[]> {
    const judged = this.#judge(id, draft);
    return ok(judged.ok ? [] : judged.error);
  }

  /** Makes a key where OpenSSH keeps a person's keys, under a name that is free. */
  async makeKey(
    passphrase: string | null,
    comment: string,
  ): Promise<Done<Result<KeyMade, TunnelError>>> {
    const { engine, sshFolder } = this.#parts;
    const secret = passphrase === null ? null : new Secret(passphrase);
    return ok(await engine.makeKey(freeKeyPath(sshFolder), secret, comment));
  }

  /** Puts a key on the server of a mailbox that is being set up, and proves it. A second one ends the first. */
  async installKey(
    id: AccountId | null,
    draft: AccountDraft,
    keyPath: string,
  ): Promise<Done<Result<Result<KeyInstalled, TunnelError>, readonly DraftProblem[]>>> {
    const { engine, broker, state, personActs } = this.#parts;
    const judged = this.#judge(id, draft);
    if (!judged.ok) return ok(judged);
    personActs();
    this.cancelInstall();
    const abort = new AbortController();
    this.#installing = abort;
    const account: Account = { ...judged.value, id: GUEST, wanted: false };
    state.setGuest({ id: GUEST, name: account.name });
    const installed = await engine.installKey(account, keyPath, abort.signal);
    if (this.#installing === abort) {
      this.#installing = null;
      broker.cancelAccount(GUEST);
      state.setGuest(null);
    }
    return ok(ok(installed));
  }

  /** The person thought better of it, or left. */
  cancelInstall(): Done {
    this.#installing?.abort();
    return ok(null);
  }

  #judge(id: AccountId | null, draft: AccountDraft): Result<AccountDraft, readonly DraftProblem[]> {
    const others = this.#parts.book.list().filter((account) => account.id !== id);
    const judged = parseDraft(draft, others);
    return judged.ok ? judged : fail(judged.error);
  }
}

import { z } from 'zod';
import { DEFAULT_CONNECTION } from '../shared/account';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';

/** The version of `accounts.json` this program writes. */
export const CURRENT_VERSION = 4;

/** One step: a document of version n becomes one of version n + 1. Pure; may rely on the shape version n had. */
export type Migration = (document: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** The step away from each old version. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {
  1: addRoutesAndTls,
  2: addConnection,
  3: addSessionChannel,
};

/** Version 2 knows routes, old servers, TLS on the far side, and one agent or key of several. */
function addRoutesAndTls(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { accounts } = document;
  return { ...document, accounts: Array.isArray(accounts) ? accounts.map(withRoute) : accounts };
}

function withRoute(account: unknown): unknown {
  if (!isRecord(account)) return account;
  const { signIn, forwards } = account;
  const isAgent = isRecord(signIn) && signIn['kind'] === 'agent';
  return {
    ...account,
    signIn: isAgent ? { ...signIn, socket: null, key: null } : signIn,
    route: { kind: 'direct' },
    oldServer: false,
    forwards: Array.isArray(forwards)
      ? forwards.map((forward: unknown) =>
          isRecord(forward) ? { ...forward, tls: 'none' } : forward,
        )
      : forwards,
  };
}

/** Version 3 knows how a connection is held and given up. */
function addConnection(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return withEveryAccount(document, { connection: DEFAULT_CONNECTION });
}

/** Version 4 knows whether a session channel may be opened. */
function addSessionChannel(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return withEveryAccount(document, { sessionChannel: false });
}

function withEveryAccount(
  document: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { accounts } = document;
  const withMore = (account: unknown): unknown =>
    isRecord(account) ? { ...account, ...more } : account;
  return { ...document, accounts: Array.isArray(accounts) ? accounts.map(withMore) : accounts };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the file holds in the current version; each account is parsed on its own, later. */
export interface AccountsDocument {
  readonly version: number;
  readonly accounts: readonly unknown[];
}

/** Why a document cannot be read: damaged, or written by a newer Mailmole. */
export type Unreadable =
  | { readonly kind: 'broken'; readonly problem: string }
  | { readonly kind: 'newer'; readonly version: number };

const versioned = z.looseObject({ version: z.int().min(1) });
const current = z.looseObject({ version: z.int(), accounts: z.array(z.unknown()) });

/**
 * Brings a document of any known version to the newest, step by step.
 * `target` and `migrations` are arguments only so that the stepping can be tested before there is a second version.
 */
export function migrate(
  raw: unknown,
  target: number = CURRENT_VERSION,
  migrations: Readonly<Record<number, Migration>> = MIGRATIONS,
): Result<AccountsDocument, Unreadable> {
  const head = versioned.safeParse(raw);
  if (!head.success) return fail({ kind: 'broken', problem: 'no version number' });
  if (head.data.version > target) return fail({ kind: 'newer', version: head.data.version });
  let document: Record<string, unknown> = head.data;
  for (let version = head.data.version; version < target; version += 1) {
    const step = migrations[version];
    if (step === undefined)
      return fail({ kind: 'broken', problem: `version ${version} is unknown` });
    document = { ...step(document), version: version + 1 };
  }
  const parsed = current.safeParse(document);
  return parsed.success
    ? ok(parsed.data)
    : fail({ kind: 'broken', problem: 'no list of accounts' });
}

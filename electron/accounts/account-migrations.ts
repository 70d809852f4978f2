import { z } from 'zod';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';

/** The version of `accounts.json` this program writes. */
export const CURRENT_VERSION = 1;

/** One step: a document of version n becomes one of version n + 1. Pure; may rely on the shape version n had. */
export type Migration = (document: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** The step away from each old version. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {};

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

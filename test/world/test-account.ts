import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { findProgram } from './child.ts';

const run = promisify(execFile);

/** A system account without a usable password: only servers of the test world let it in. */
const NAME = 'mailmole-test';

export interface TestAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Whether some part of the world can be had here; the reason is a sentence for the test's report. */
export type Availability =
  { readonly available: true } | { readonly available: false; readonly reason: string };

/** Whether the tests run as root, which alone may sign in others or ask PAM. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/**
 * The account that people sign in to and that mail belongs to: as root a system account kept for the
 * purpose, made when it is missing and left in place; otherwise the user who runs the tests.
 */
export async function testAccount(): Promise<TestAccount> {
  if (!isRoot()) {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  }
  const found = readAccount();
  if (found !== null) return found;
  // `*` means "no password fits"; the `!` that useradd writes by itself would lock out keys as well.
  const settings = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/sh'];
  const making = run(findProgram('useradd') ?? 'useradd', [
    ...['--system', '--user-group', '--password', '*', '--comment', 'Mailmole tests'],
    ...settings,
    NAME,
  ]);
  const failure: unknown = await making.then(
    () => null,
    (error: unknown) => error,
  );
  const made = readAccount();
  // Another test process may have been quicker, which is as good.
  if (made === null) throw new Error(`cannot make the account ${NAME}`, { cause: failure });
  return made;
}

function readAccount(): TestAccount | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${NAME}:`));
  const [name, , uid, gid] = line?.split(':') ?? [];
  return name === undefined ? null : { name, uid: Number(uid), gid: Number(gid) };
}

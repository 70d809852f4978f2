import type { Account } from '../shared/account';
import type { Result } from '../shared/result';
import { fail, ok } from '../shared/result';
import { parseServerKey } from './import/server-keys';
import { MOST_KEYS, SETUP_FORMAT, SETUP_VERSION, type SetupFile } from './import/setup-file';

/** Why no set-up file can stand for a mailbox. */
export type SetupRefusal =
  /** This computer does not know the server yet, so that nobody could vouch for it. */
  | 'server-unknown'
  /** Its server is reached through a proxy or another server, which a set-up file may not say. */
  | 'has-route';

/**
 * The set-up file that lets others make a mailbox like this one. Who the person is stays out of it: no user name, no key
 * file, no agent; neither does it hold what only this computer has, such as limits of its own.
 *
 * @param keys what this computer knows the SSH server by, each as type and base64
 */
export function setupOf(
  account: Account,
  keys: readonly string[],
): Result<SetupFile, SetupRefusal> {
  const hostKeys = keys.filter((key) => parseServerKey(key) !== null).slice(0, MOST_KEYS);
  if (account.route.kind !== 'direct') return fail('has-route');
  if (hostKeys.length === 0) return fail('server-unknown');
  return ok({
    format: SETUP_FORMAT,
    version: SETUP_VERSION,
    name: account.name,
    server: { host: account.sshHost, port: account.sshPort, hostKeys },
    forwards: account.forwards.map(({ id: _id, ...forward }) => forward),
    signIn: account.signIn.kind === 'password' ? 'password' : 'automatic',
    mode: account.mode,
    compression: account.compression,
    ...(account.sessionChannel ? { sessionChannel: true } : {}),
  });
}

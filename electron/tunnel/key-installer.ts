import type { Account } from '../shared/account';
import type { KeyInstalled } from '../shared/server-key';
import { AttemptRunner, type AttemptDependencies, type AttemptHooks } from './attempt';
import { putKey, restrictions, type KeyEntry } from './authorized-keys';
import type { ConnectionPlan } from './connection-plan';
import { readGreeting } from './greeting';
import { readKeyFile } from './key-opener';
import { typeInBlob } from './known-hosts';
import { notInstalled, type RemoteKeys } from './remote-keys';
import { openSftp, SftpKeys } from './remote-keys-sftp';
import { ShellKeys } from './remote-keys-shell';
import type { SshSession } from './ssh-session';
import { toTunnelError, TunnelFailure } from './tunnel-failure';

export interface InstallRequest {
  /** Its sign-in, without the key itself, opens the server to us; its forwards are what the key will be good for. */
  readonly account: Account;
  /** The private key's file; only its public half leaves this computer. */
  readonly keyPath: string;
}

/** Reading and writing one small file takes no longer than this, in milliseconds, whatever the line. */
const FILES_TIMEOUT_MS = 60_000;
/** A server that has not begun to speak SFTP after this long, in milliseconds, has something else in its place. */
const SFTP_TIMEOUT_MS = 10_000;
/** Somebody else may be editing the file; more often than this they are not. */
const WRITES = 3;

/**
 * Puts a key on the server, so that it opens the account's forwards and nothing else (`restrictions`), and proves it by
 * signing in with nothing but that key and reading the mail server's greeting. Signs in on a connection of its own,
 * the only one on which a command is ever spoken with: over SFTP, or a shell where there is no SFTP.
 *
 * Questions go to the person through `deps.prompter`; each connection keeps to the limits of any attempt. Doing it twice
 * changes nothing. A key that could not be proved stays installed: it can do no harm, and may need but a moment.
 *
 * @param signal ends it at once, as a lost connection
 * @throws TunnelFailure `key-not-installed`, `key-unusable` when the key's public half cannot be read, and whatever an
 *   attempt or a greeting fails with
 */
export async function installKey(
  request: InstallRequest,
  deps: AttemptDependencies,
  signal: AbortSignal,
): Promise<KeyInstalled> {
  const { account, keyPath } = request;
  const { publicKey } = await readKeyFile(keyPath);
  if (publicKey === null) {
    const detail = `${keyPath}.pub is missing`;
    throw new TunnelFailure({ kind: 'key-unusable', path: keyPath, why: 'missing', detail });
  }
  const blob = publicKey.toString('base64');
  const type = typeInBlob(publicKey) ?? '';
  const installed = await withSession(request, deps, signal, withoutKey(keyPath), (session) => {
    const options = restrictions(account.forwards, session.facts.serverVersion);
    const entry = { options, type, blob, comment: 'Mailmole' };
    const limitMs = deps.settings().waits?.files ?? FILES_TIMEOUT_MS;
    return putOnServer(session, account.sshHost, entry, limitMs, signal);
  });
  const greeting = await prove(request, deps, signal);
  return { ...installed, greeting };
}

/** The key that is to be installed opens no door yet, or only one that is too narrow. */
function withoutKey(path: string): (plan: ConnectionPlan) => ConnectionPlan {
  return (plan) => ({
    ...plan,
    steps: plan.steps.filter((step) => step.kind !== 'key-file' || step.path !== path),
  });
}

async function withSession<T>(
  { account }: InstallRequest,
  deps: AttemptDependencies,
  signal: AbortSignal,
  adapt: (plan: ConnectionPlan) => ConnectionPlan,
  use: (session: SshSession) => Promise<T>,
): Promise<T> {
  const hooks: AttemptHooks = { onPhase: () => undefined, onPrompt: () => undefined, adapt };
  const runner = new AttemptRunner(account, 'person', null, deps, hooks);
  const cancel = () => runner.cancel();
  signal.addEventListener('abort', cancel);
  try {
    if (signal.aborted) cancel();
    const session = await runner.session;
    try {
      return await use(session);
    } finally {
      await session.end();
    }
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function putOnServer(
  session: SshSession,
  host: string,
  entry: KeyEntry,
  limitMs: number,
  signal: AbortSignal,
): Promise<Omit<KeyInstalled, 'greeting'>> {
  const limit = AbortSignal.timeout(limitMs);
  const over = AbortSignal.any([signal, limit]);
  const ended = session.closed.then((error): never => {
    const detail = `no answer for ${limitMs / 1000} s`;
    if (limit.aborted && !signal.aborted) throw notInstalled(host, 'no-files', detail);
    throw new TunnelFailure(error ?? { kind: 'connection-lost', host, detail: 'stopped' });
  });
  const stop = () => session.drop('stopped');
  over.addEventListener('abort', stop);
  try {
    if (over.aborted) stop();
    return await Promise.race([work(session, entry, host), ended]);
  } finally {
    over.removeEventListener('abort', stop);
  }
}

async function work(
  session: SshSession,
  entry: KeyEntry,
  host: string,
): Promise<Omit<KeyInstalled, 'greeting'>> {
  const sftp = await Promise.race([openSftp(session.client), after(SFTP_TIMEOUT_MS)]);
  const keys = sftp === null ? new ShellKeys(session.client, host) : new SftpKeys(sftp, host);
  const how = await edit(keys, entry, host);
  return { how, over: sftp === null ? 'shell' : 'sftp' };
}

function after(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null).unref());
}

async function edit(keys: RemoteKeys, entry: KeyEntry, host: string): Promise<KeyInstalled['how']> {
  for (let tries = 0; tries < WRITES; tries++) {
    const before = await keys.read();
    const edited = putKey(before ?? Buffer.alloc(0), entry);
    if (edited.kind === 'unchanged') return 'already';
    if (await keys.write(before, edited.content)) return edited.replaced ? 'replaced' : 'added';
  }
  throw notInstalled(host, 'no-files', 'the file changes all the time');
}

/** Signs in with the key alone. That the mail server is down is its own trouble; a key that is refused is ours. */
async function prove(
  request: InstallRequest,
  deps: AttemptDependencies,
  signal: AbortSignal,
): Promise<string> {
  const { account, keyPath } = request;
  const [forward] = account.forwards;
  const only = (plan: ConnectionPlan): ConnectionPlan => ({
    ...plan,
    steps: [{ kind: 'key-file', path: keyPath, required: true }],
  });
  try {
    return await withSession(request, deps, signal, only, async (session) => {
      if (forward === undefined) return '';
      const from = { address: '127.0.0.1', port: 0 };
      const channel = await session.openForward(forward.mailHost, forward.mailPort, from);
      return readGreeting(channel.stream, forward);
    });
  } catch (thrown) {
    const error = toTunnelError(thrown);
    const refused =
      error.kind === 'sign-in-refused' ||
      error.kind === 'no-way-to-sign-in' ||
      (error.kind === 'forward-refused' && error.reason === 'prohibited');
    if (!refused) throw thrown;
    throw notInstalled(account.sshHost, 'not-proven', `${error.kind}: ${error.detail}`);
  }
}

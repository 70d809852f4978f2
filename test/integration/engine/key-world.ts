import { chown } from 'node:fs/promises';
import type { Account, Forward, SignIn } from '../../../electron/shared/account';
import type { PromptRequest } from '../../../electron/shared/prompt';
import { KeyRing } from '../../../electron/secrets/key-ring';
import type { AttemptDependencies } from '../../../electron/tunnel/attempt';
import { HostKeys } from '../../../electron/tunnel/host-keys';
import { KeyOpener } from '../../../electron/tunnel/key-opener';
import { systemClock } from '../../../electron/tunnel/system-clock';
import { accountFor, type Answerer } from '../../support/engine';
import { makeKey, writeKey } from '../../world/ssh-keys';
import { passwordSignIn } from '../../world/sshd-pam';
import { startSshd, type Sshd, type SshdOptions } from '../../world/sshd';
import { isRoot, testAccount } from '../../world/test-account';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { buildKeyWorker } from '../../unit/tunnel/key-worker-build';
import { keep } from './tidy';

/** An sshd whose account has a home of its own, so that nobody's real keys are touched. */
export interface HomeServer {
  readonly sshd: Sshd;
  /** The account's home; it has no `.ssh` yet. */
  readonly home: WorldFolder;
  /** The list of keys in it. */
  readonly list: string;
  /** Gives everything in the home to the account. */
  readonly own: (...names: readonly string[]) => Promise<void>;
}

const door = await makeKey({ type: 'ed25519', name: 'door' });

/**
 * The account is entered by its password where that can be tried, otherwise by a key that is not the one to be
 * installed and lies elsewhere.
 */
export async function startHome(
  files: 'sftp' | 'shell',
  more: SshdOptions = {},
): Promise<HomeServer> {
  const folder = await makeWorldFolder('home');
  const home = await keep(Promise.resolve({ ...folder, stop: () => folder.remove() }));
  const { uid, gid } = await testAccount();
  const own = async (...names: readonly string[]) => {
    if (isRoot()) for (const name of names) await chown(home.file(name), uid, gid);
  };
  await own('.');
  const list = home.file('.ssh', 'authorized_keys');
  const elsewhere = await home.write('door', `${door.publicKey}\n`, 0o644);
  const sftp = files === 'sftp' ? { Subsystem: `sftp internal-sftp -d ${home.path}` } : {};
  const sshd = await keep(
    startSshd({
      access: 'shell',
      authentication: passwordSignIn().available ? 'publickey password' : 'publickey',
      ...more,
      config: {
        AuthorizedKeysFile: `${list} ${elsewhere}`,
        SetEnv: `HOME=${home.path}`,
        ...sftp,
        ...more.config,
      },
    }),
  );
  return { sshd, home, list, own };
}

/** How the person gets in without the key that is to be installed. */
export async function wayIn(folder: WorldFolder): Promise<SignIn> {
  return passwordSignIn().available
    ? { kind: 'password' }
    : { kind: 'key-file', path: await writeKey(folder, door, 'door') };
}

/** This computer, on which a person has one key to be installed and one that is installed. */
export interface Owner {
  readonly folder: WorldFolder;
  readonly deps: AttemptDependencies;
  readonly asked: readonly PromptRequest[];
  readonly log: readonly string[];
  answer: Answerer;
  /** The account on a server, with the way in that there is without the new key. */
  account(sshd: Sshd, forwards: readonly Forward[]): Account;
}

/** Trusts every server and knows the passwords of these. */
export async function makeOwner(...servers: readonly Sshd[]): Promise<Owner> {
  const folder = await makeWorldFolder('owner');
  await keep(Promise.resolve({ stop: () => folder.remove() }));
  const signIn = await wayIn(folder);
  const asked: PromptRequest[] = [];
  const log: string[] = [];
  const owner: Owner = {
    folder,
    asked,
    log,
    answer: (request) => {
      if (request.kind === 'host-key') return { kind: 'trust' };
      const [server] = servers;
      return request.kind === 'password' && server !== undefined
        ? { kind: 'secret', secret: server.password }
        : { kind: 'cancel' };
    },
    account: (sshd, forwards) => accountFor(sshd, forwards, { signIn }),
    deps: {
      settings: () => ({
        knownHostsFiles: [],
        ownKnownHostsFile: folder.file('known_hosts'),
        defaultKeyFiles: [],
        agentSocket: null,
      }),
      hostKeys: new HostKeys([], folder.file('known_hosts')),
      keyRing: new KeyRing(),
      opener: new KeyOpener(await buildKeyWorker(folder)),
      clock: systemClock,
      log: (level, text) => log.push(`${level}: ${text}`),
      prompter: {
        ask: (accountId, request, signal) => {
          asked.push(request);
          const given = owner.answer(request, accountId);
          const answer = new Promise<NonNullable<typeof given>>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('taken back')));
            if (given !== null) resolve(given);
          });
          return { id: `q${asked.length}`, answer };
        },
      },
    },
  };
  return owner;
}

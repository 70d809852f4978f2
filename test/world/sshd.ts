import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { needProgram } from './child.ts';
import type { Child } from './child.ts';
import { makeServer, withFreePorts } from './server.ts';
import type { ServerHandle } from './server.ts';
import { makePamService } from './sshd-pam.ts';
import type { PamService } from './sshd-pam.ts';
import { makeKey, writeKey } from './ssh-keys.ts';
import type { TestKey } from './ssh-keys.ts';
import { isRoot, testAccount } from './test-account.ts';
import { until } from './wait.ts';
import { freePort, inWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

/**
 * What the account may do beside forwarding: `shell`, anything; `refused`, every command ends at once
 * with `/bin/false`; `message`, every command prints "You cannot telnet here"; `no-sessions`, the
 * server refuses session channels as such (`MaxSessions 0`).
 */
export type Access = 'shell' | 'refused' | 'message' | 'no-sessions';

export interface SshdOptions {
  /** Default: one Ed25519 key, the same for every sshd of a test file. */
  readonly hostKeys?: readonly TestKey[];
  /** Keys that open the account; a string is taken as a whole line of `authorized_keys`. Default none. */
  readonly authorizedKeys?: readonly (TestKey | string)[];
  /** sshd's `AuthenticationMethods`; default `publickey`. Passwords need `passwordSignIn()`. */
  readonly authentication?: string;
  /** The account's password where one is asked for; default a random one. */
  readonly password?: string;
  /** Keyboard-interactive asks for a one-time code after the password; needs `oneTimeCodeSignIn()`. */
  readonly oneTimeCode?: boolean;
  /** After a right sign-in the account is refused with this text; needs `passwordSignIn()`. */
  readonly accountRefusal?: string;
  /** Default `refused`, since nothing here should need more than forwarding. */
  readonly access?: Access;
  /** Default true. */
  readonly allowForwarding?: boolean;
  /** Shown before sign-in. */
  readonly banner?: string;
  /** Speaks only what servers of 2005 spoke: group14-sha1, ssh-rsa, aes128-cbc, hmac-sha1. */
  readonly oldAlgorithms?: boolean;
  /** Any other settings of sshd_config (RekeyLimit, MaxAuthTries, LoginGraceTime, …); these win. */
  readonly config?: Readonly<Record<string, string | number | readonly string[]>>;
}

export interface Sshd extends ServerHandle {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The account to sign in to. */
  readonly user: string;
  readonly password: string;
  readonly hostKeys: readonly TestKey[];
  /** The code that is right at this moment; throws when the server asks for none. */
  oneTimeCode(): string;
  /** The lines that `known_hosts` needs for this server. */
  knownHosts(): string;
  /** Replaces the keys that open the account; takes effect with the next sign-in. */
  authorize(keys: readonly (TestKey | string)[]): Promise<void>;
}

type Config = Record<string, string | number | readonly string[]>;

const OLD_ALGORITHMS: Config = {
  KexAlgorithms: 'diffie-hellman-group14-sha1',
  HostKeyAlgorithms: 'ssh-rsa',
  PubkeyAcceptedAlgorithms: 'ssh-rsa',
  Ciphers: 'aes128-cbc',
  MACs: 'hmac-sha1',
};

/**
 * Starts a real sshd on a free port of 127.0.0.1, with its own configuration and keys. It is ready
 * as soon as it says that it listens; nothing connects to it before the test does, so the log and
 * limits such as MaxStartups see the test's connections only.
 */
export function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  return withFreePorts(() => inWorldFolder('sshd', (folder) => startIn(folder, options)));
}

async function startIn(folder: WorldFolder, options: SshdOptions): Promise<Sshd> {
  const port = await freePort();
  const { name: user } = await testAccount();
  const hostKeys = options.hostKeys ?? [await defaultHostKey(options)];
  const password = options.password ?? randomBytes(12).toString('base64url');
  const pam = await pamFor(folder, options, password);
  const authorize = async (keys: readonly (TestKey | string)[]) => {
    await folder.write('authorized_keys', authorizedLines(keys), 0o644);
  };
  const server = makeServer({
    name: 'sshd',
    folder,
    command: pam?.sshd ?? needProgram('sshd', 'openssh-server'),
    args: ['-D', '-e', '-f', folder.file('sshd_config')],
    ready: (child, log) => whenReady(child, log, port),
    ...(pam === null ? {} : { cleanUp: () => pam.remove() }),
  });
  try {
    await authorize(options.authorizedKeys ?? []);
    const config = await fullConfig(folder, options, {
      port,
      user,
      hostKeys,
      usePam: pam !== null,
    });
    await folder.write('sshd_config', configText(config));
    if (isRoot()) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    ...server,
    host: '127.0.0.1',
    port,
    user,
    password,
    hostKeys,
    authorize,
    oneTimeCode: () => {
      if (pam === null || options.oneTimeCode !== true) throw new Error('this sshd asks no code');
      return pam.oneTimeCode();
    },
    knownHosts: () => hostKeys.map((key) => `[127.0.0.1]:${port} ${key.publicKey}\n`).join(''),
  };
}

function defaultHostKey({ oldAlgorithms = false }: SshdOptions): Promise<TestKey> {
  return makeKey({ type: oldAlgorithms ? 'rsa-2048' : 'ed25519', name: 'host' });
}

/** PAM is used only where it is needed, since it exists for root alone and costs time. */
function pamFor(
  folder: WorldFolder,
  options: SshdOptions,
  password: string,
): Promise<PamService | null> {
  const { authentication = 'publickey', oneTimeCode = false, accountRefusal = null } = options;
  const asks = /password|keyboard-interactive|any/.test(authentication);
  return asks || accountRefusal !== null
    ? makePamService(folder, { password, oneTimeCode, accountRefusal })
    : Promise.resolve(null);
}

function authorizedLines(keys: readonly (TestKey | string)[]): string {
  return keys.map((key) => `${typeof key === 'string' ? key : key.publicKey}\n`).join('');
}

interface Chosen {
  readonly port: number;
  readonly user: string;
  readonly hostKeys: readonly TestKey[];
  readonly usePam: boolean;
}

/** Writes the files that the settings name, and gives all settings. */
async function fullConfig(
  folder: WorldFolder,
  options: SshdOptions,
  { port, user, hostKeys, usePam }: Chosen,
): Promise<Config> {
  const { banner } = options;
  const hostKeyFiles = await Promise.all(
    hostKeys.map((key, index) => writeKey(folder, key, `host-key-${index}`)),
  );
  return {
    Port: port,
    AllowUsers: user,
    HostKey: hostKeyFiles,
    AuthorizedKeysFile: folder.file('authorized_keys'),
    ...(banner === undefined ? {} : { Banner: await folder.write('banner', banner, 0o644) }),
    ...baseConfig(options, usePam),
    ...options.config,
  };
}

function baseConfig(options: SshdOptions, usePam: boolean): Config {
  const { authentication = 'publickey', access = 'refused', allowForwarding = true } = options;
  return {
    ListenAddress: '127.0.0.1',
    PidFile: 'none',
    LogLevel: 'VERBOSE',
    StrictModes: 'no',
    PermitRootLogin: 'yes',
    UseDNS: 'no',
    UsePAM: usePam ? 'yes' : 'no',
    AuthenticationMethods: authentication,
    PubkeyAuthentication: /publickey|any/.test(authentication) ? 'yes' : 'no',
    PasswordAuthentication: /password|any/.test(authentication) ? 'yes' : 'no',
    KbdInteractiveAuthentication: /keyboard-interactive|any/.test(authentication) ? 'yes' : 'no',
    AllowTcpForwarding: allowForwarding ? 'yes' : 'no',
    ...accessConfig(access),
    ...(options.oldAlgorithms === true ? OLD_ALGORITHMS : {}),
  };
}

function accessConfig(access: Access): Config {
  switch (access) {
    case 'shell':
      return {};
    case 'refused':
      return { ForceCommand: '/bin/false' };
    case 'message':
      return { ForceCommand: 'echo You cannot telnet here' };
    case 'no-sessions':
      return { MaxSessions: 0 };
  }
}

function configText(config: Config): string {
  return Object.entries(config)
    .flatMap(([key, value]) =>
      typeof value === 'object' ? value.map((one) => `${key} ${one}\n`) : [`${key} ${value}\n`],
    )
    .join('');
}

async function whenReady(child: Child, log: () => string, port: number): Promise<void> {
  await until(
    `sshd listens on port ${port}`,
    () => {
      const ending = child.ending();
      if (ending !== null) throw new Error(`${ending}\n${log()}`);
      return log().includes(`Server listening on 127.0.0.1 port ${port}.`);
    },
    { detail: log },
  );
}

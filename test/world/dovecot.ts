import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { makeCertificates } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import { needProgram, whenListening } from './child.ts';
import { writeMaildir } from './messages.ts';
import type { TestMessage } from './messages.ts';
import { makeServer, withFreePorts } from './server.ts';
import type { ServerHandle } from './server.ts';
import { isRoot, testAccount } from './test-account.ts';
import type { TestAccount } from './test-account.ts';
import { freePort, inWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

export interface DovecotOptions {
  /** What lies in the mailbox at first; default nothing. */
  readonly messages?: readonly TestMessage[];
  /** Default `msingh` and `foobar`, as in the HOWTO. */
  readonly user?: string;
  readonly password?: string;
  /** What follows `+OK ` and `* OK [...] `; default `Dovecot ready.`. */
  readonly greeting?: string;
  /** Default true: STARTTLS on the plain ports, and the ports with TLS from the first byte. */
  readonly tls?: boolean;
  /** The only name in the certificate; default `mail.example.test`, which nobody can look up. */
  readonly certificateName?: string;
  /** More lines of dovecot.conf; they win. */
  readonly config?: string;
}

export interface DovecotPorts {
  readonly pop3: number;
  readonly imap: number;
  /** TLS from the first byte; nobody listens there with `tls: false`. */
  readonly pop3s: number;
  readonly imaps: number;
}

export interface Dovecot extends ServerHandle {
  readonly host: '127.0.0.1';
  readonly ports: DovecotPorts;
  readonly user: string;
  readonly password: string;
  /** The only name in the certificate. */
  readonly certificateName: string;
  /** The authority that a client must trust; null with `tls: false`. */
  readonly caFile: string | null;
  /** Puts more mail into the mailbox. */
  deliver(messages: readonly TestMessage[]): Promise<void>;
}

/**
 * Starts a real dovecot for one mailbox on free ports of 127.0.0.1. It runs wholly under the test
 * account, so that it is the same thing whether the tests run as root or not.
 */
export function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  return withFreePorts(() => inWorldFolder('dovecot', (folder) => startIn(folder, options)));
}

async function startIn(folder: WorldFolder, options: DovecotOptions): Promise<Dovecot> {
  const account = await testAccount();
  const { messages = [], user = 'msingh', password = 'foobar', tls = true } = options;
  const { certificateName = 'mail.example.test' } = options;
  const ports = {
    pop3: await freePort(),
    imap: await freePort(),
    pop3s: await freePort(),
    imaps: await freePort(),
  };
  const certificates = tls ? await makeCertificates(folder, certificateName) : null;
  await folder.write('users', `${user}:{PLAIN}${password}\n`);
  const lines = [
    ...(await baseLines(folder, account, options.greeting ?? 'Dovecot ready.')),
    ...tlsLines(certificates),
    ...listenerLines('pop3', ports.pop3, tls ? ports.pop3s : 0),
    ...listenerLines('imap', ports.imap, tls ? ports.imaps : 0),
    options.config ?? '',
  ];
  const config = await folder.write('dovecot.conf', lines.join('\n'));
  for (const part of ['run', 'home', `home/${user}`]) await mkdir(folder.file(part));
  const keyFiles = certificates === null ? [] : ['server.key'];
  for (const part of ['', 'run', 'home', `home/${user}`, 'users', 'dovecot.conf', ...keyFiles]) {
    await chown(folder.file(part), account.uid, account.gid);
  }
  const maildir = folder.file('home', user, 'Maildir');
  await writeMaildir(maildir, messages, account);
  const server = makeServer({
    name: 'dovecot',
    folder,
    command: needProgram('dovecot', 'dovecot-core'),
    args: ['-F', '-c', config],
    ...(isRoot() ? { runAs: { uid: account.uid, gid: account.gid } } : {}),
    ready: (child, log) => whenListening(ports.pop3, { child, log, greeting: /^\+OK / }),
  });
  await server.start();
  return {
    ...server,
    host: '127.0.0.1',
    ports,
    user,
    password,
    certificateName,
    caFile: certificates?.caFile ?? null,
    deliver: (more) => writeMaildir(maildir, more, account),
  };
}

function tlsLines(certificates: Certificates | null): string[] {
  if (certificates === null) return ['ssl = no'];
  const { certificateFile, keyFile } = certificates;
  return ['ssl = yes', `ssl_cert = <${certificateFile}`, `ssl_key = <${keyFile}`];
}

async function baseLines(
  folder: WorldFolder,
  account: TestAccount,
  greeting: string,
): Promise<string[]> {
  const id = await promisify(execFile)('id', ['-gn', account.name]);
  return [
    `base_dir = ${folder.file('run')}`,
    `state_dir = ${folder.file('run')}`,
    'log_path = /dev/stderr',
    `default_internal_user = ${account.name}`,
    `default_internal_group = ${id.stdout.trim()}`,
    `default_login_user = ${account.name}`,
    'protocols = pop3 imap',
    'listen = 127.0.0.1',
    `login_greeting = ${greeting}`,
    'disable_plaintext_auth = no',
    'auth_mechanisms = plain login',
    // Wrong passwords are answered at once, and do not slow down the tests that follow.
    'auth_failure_delay = 0',
    'service anvil {\n  chroot =\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}',
    'service stats {\n  chroot =\n}',
    'first_valid_uid = 1',
    'mail_max_userip_connections = 1000',
    'mail_fsync = never',
    'mail_location = maildir:~/Maildir',
    `passdb {\n  driver = passwd-file\n  args = ${folder.file('users')}\n}`,
    'userdb {',
    '  driver = static',
    `  args = uid=${account.uid} gid=${account.gid} home=${folder.file('home')}/%n`,
    '}',
  ];
}

/** One login service with a plain port and one with TLS from the first byte; port 0 is none. */
function listenerLines(protocol: 'pop3' | 'imap', plain: number, implicit: number): string[] {
  const listener = (name: string, port: number, ssl: string) =>
    `  inet_listener ${name} {\n    port = ${port}\n    ssl = ${ssl}\n  }`;
  return [
    `service ${protocol}-login {`,
    '  chroot =',
    // One process serves all connections instead of one each, which spares a fork per connection.
    '  service_count = 0',
    '  process_min_avail = 1',
    listener(protocol, plain, 'no'),
    listener(`${protocol}s`, implicit, 'yes'),
    '}',
  ];
}

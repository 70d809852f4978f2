import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { makeCertificates } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import { deathBound, needProgram, whenListening } from './child.ts';
import { makeServer, withFreePorts } from './server.ts';
import type { ServerHandle } from './server.ts';
import { isRoot } from './test-account.ts';
import type { TestAccount } from './test-account.ts';
import { until } from './wait.ts';
import { freePort, inWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

const run = promisify(execFile);

/** A user and a group by number. */
type Owner = Pick<TestAccount, 'uid' | 'gid'>;

export interface SmtpServerOptions {
  /** Default `msingh` and `foobar`, as in the HOWTO. */
  readonly user?: string;
  readonly password?: string;
  /** What follows `220 `; default the server's name and `ESMTP ready.`. */
  readonly greeting?: string;
  /** Default true: STARTTLS on the plain ports, and a port with TLS from the first byte. */
  readonly tls?: boolean;
  /** Default false: signing in is offered before STARTTLS too, since a tunnel may be the protection. */
  readonly signInUnderTlsOnly?: boolean;
  /** The only name in the certificate; default `mail.example.test`, which nobody can look up. */
  readonly certificateName?: string;
  /** More main options of exim's configuration; they win. */
  readonly config?: string;
}

export interface SmtpPorts {
  /** Takes mail from anybody, as on port 25. */
  readonly smtp: number;
  /** Takes mail only after a sign-in, as on port 587. */
  readonly submission: number;
  /** As `submission`, TLS from the first byte; nobody listens there with `tls: false`. */
  readonly submissions: number;
}

export interface SmtpServer extends ServerHandle {
  readonly host: '127.0.0.1';
  readonly ports: SmtpPorts;
  readonly user: string;
  readonly password: string;
  /** The only name in the certificate. */
  readonly certificateName: string;
  /** The authority that a client must trust; null with `tls: false`. */
  readonly caFile: string | null;
  /**
   * Everything that has been delivered so far, whoever it was for, with LF line ends. The server puts
   * headers before it: `Received:` there says `with esmtpsa` for TLS (s) and a sign-in (a).
   */
  delivered(): Promise<Buffer[]>;
  /** Waits until this many messages have been delivered, and gives them. */
  whenDelivered(count: number): Promise<Buffer[]>;
}

/**
 * Starts a real exim on free ports of 127.0.0.1 that delivers all mail into a folder of its own. As
 * root it runs under Debian's own account for it, otherwise as the user who runs the tests.
 */
export function startSmtpServer(options: SmtpServerOptions = {}): Promise<SmtpServer> {
  return withFreePorts(() => inWorldFolder('smtp', (folder) => startIn(folder, options)));
}

async function startIn(folder: WorldFolder, options: SmtpServerOptions): Promise<SmtpServer> {
  const account = await eximAccount();
  const { user = 'msingh', password = 'foobar', tls = true } = options;
  const { certificateName = 'mail.example.test' } = options;
  const ports = {
    smtp: await freePort(),
    submission: await freePort(),
    submissions: await freePort(),
  };
  const certificates = tls ? await makeCertificates(folder, certificateName) : null;
  const program = await unprivilegedCopy(folder);
  const config = await folder.write(
    'exim.conf',
    configuration(folder, { ...options, user, password, certificateName }, ports, certificates),
    0o644,
  );
  await mkdir(folder.file('mail'));
  await folder.write('exim-main.log', '');
  const keyFiles = certificates === null ? [] : ['server.key'];
  await ownBy(account, folder, ['', 'mail', 'exim-main.log', ...keyFiles]);
  const server = makeServer({
    name: 'exim-main',
    folder,
    ...asExim(account, program, ['-C', config, '-bdf']),
    ready: (child, log) => whenListening(ports.smtp, { child, log, greeting: /^220 / }),
  });
  await server.start();
  const delivered = () => readMail(folder.file('mail', 'new'));
  return {
    ...server,
    host: '127.0.0.1',
    ports,
    user,
    password,
    certificateName,
    caFile: certificates?.caFile ?? null,
    delivered,
    whenDelivered: (count) =>
      until(`${count} messages are delivered`, async () => {
        const mail = await delivered();
        return mail.length >= count ? mail : null;
      }),
  };
}

/**
 * Debian's exim takes root's rights at its start, whoever starts it, which nothing here needs; and the
 * kernel's promise that it dies with the test process holds only for a program without such rights.
 */
async function unprivilegedCopy(folder: WorldFolder): Promise<string> {
  const program = folder.file('exim');
  await copyFile(needProgram('exim4', 'exim4-daemon-light'), program);
  await chmod(program, 0o755);
  return program;
}

/** Exim serves under the account that Debian made it for and no other, so that is the one it gets. */
async function eximAccount(): Promise<Owner> {
  const read = async (kind: '-u' | '-g') => Number((await run('id', [kind, 'Debian-exim'])).stdout);
  return { uid: await read('-u'), gid: await read('-g') };
}

/** Runs exim under its account: as root truly, otherwise as the user, who bears its number in a namespace. */
function asExim({ uid, gid }: Owner, program: string, args: readonly string[]) {
  if (isRoot()) return { command: program, args, runAs: { uid, gid } };
  const [command, bound] = deathBound(program, args);
  const names = ['--user', `--map-user=${uid}`, `--map-group=${gid}`];
  return { command: needProgram('unshare', 'util-linux'), args: [...names, command, ...bound] };
}

async function ownBy({ uid, gid }: Owner, folder: WorldFolder, names: readonly string[]) {
  if (isRoot()) for (const name of names) await chown(folder.file(name), uid, gid);
}

/** Exim moves a message into this folder when it is whole. */
async function readMail(folder: string): Promise<Buffer[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.sort().map((name) => readFile(`${folder}/${name}`)));
}

/** What a configuration is made from, after the defaults. */
type Settings = SmtpServerOptions &
  Required<Pick<SmtpServerOptions, 'user' | 'password' | 'certificateName'>>;

function configuration(
  folder: WorldFolder,
  settings: Settings,
  ports: SmtpPorts,
  certificates: Certificates | null,
): string {
  const listening = certificates === null ? [ports.smtp, ports.submission] : Object.values(ports);
  return [
    ...mainLines(folder, settings, listening),
    ...tlsLines(certificates, ports),
    settings.config ?? '',
    'begin acl',
    'recipient:',
    // Port 25 takes mail from anybody; the others are for the server's own people.
    `  accept condition = \${if eq{$received_port}{${ports.smtp}}}`,
    '  accept authenticated = *',
    '  deny message = Sign in first.',
    'begin routers',
    'everybody:\n  driver = accept\n  transport = mailbox',
    'begin transports',
    'mailbox:\n  driver = appendfile\n  maildir_format\n  create_directory',
    `  directory = ${folder.file('mail')}`,
    'begin authenticators',
    ...authenticatorLines(settings),
    '',
  ].join('\n');
}

function mainLines(
  folder: WorldFolder,
  { certificateName, greeting }: Settings,
  listening: readonly number[],
): string[] {
  return [
    `exim_path = ${folder.file('exim')}`,
    'keep_environment =',
    `spool_directory = ${folder.file('spool')}`,
    // Exim puts `main` in place of `%s`: the file that its standard error goes to as well.
    `log_file_path = ${folder.file('exim-%s.log')}`,
    `pid_file_path = ${folder.file('exim.pid')}`,
    'local_interfaces = 127.0.0.1',
    `daemon_smtp_ports = ${listening.join(' : ')}`,
    // A port that is taken is an error at once.
    'daemon_startup_retries = 0',
    `primary_hostname = ${certificateName}`,
    `smtp_banner = ${greeting ?? '$primary_hostname ESMTP ready.'}`,
    // Nobody is looked up or asked who is calling.
    'host_lookup =',
    'rfc1413_query_timeout = 0s',
    'deliver_drop_privilege = true',
    'return_path_remove = false',
    'smtp_accept_max = 200',
    'acl_smtp_rcpt = recipient',
    'timezone = UTC',
  ];
}

function tlsLines(certificates: Certificates | null, ports: SmtpPorts): string[] {
  if (certificates === null) return ['tls_advertise_hosts ='];
  return [
    'tls_advertise_hosts = *',
    `tls_certificate = ${certificates.certificateFile}`,
    `tls_privatekey = ${certificates.keyFile}`,
    `tls_on_connect_ports = ${ports.submissions}`,
  ];
}

/** RFC 4616 and the older LOGIN, which some mail programs try first. */
function authenticatorLines({ user, password, signInUnderTlsOnly = false }: Settings): string[] {
  const offered = signInUnderTlsOnly
    ? ['  server_advertise_condition = ${if def:tls_in_cipher}']
    : [];
  const check = (name: string, secret: string) =>
    `  server_condition = \${if and{{eq{${name}}{${user}}}{eq{${secret}}{${password}}}}}`;
  return [
    'plain:\n  driver = plaintext\n  public_name = PLAIN\n  server_set_id = $auth2',
    '  server_prompts = :',
    check('$auth2', '$auth3'),
    ...offered,
    'login:\n  driver = plaintext\n  public_name = LOGIN\n  server_set_id = $auth1',
    '  server_prompts = Username:: : Password::',
    check('$auth1', '$auth2'),
    ...offered,
  ];
}

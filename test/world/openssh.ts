import { spawn } from 'node:child_process';
import { deathBound, needProgram } from './child.ts';
import { endFamily, familyOf } from './processes.ts';
import type { Sshd } from './sshd.ts';
import { writeKey } from './ssh-keys.ts';
import type { TestKey } from './ssh-keys.ts';
import { until } from './wait.ts';
import { freePort, makeWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

/** What OpenSSH's own client may use to sign in; it asks for nothing else. */
export interface SignIn {
  readonly key?: TestKey;
  readonly agentSocket?: string;
  /** Answers to questions that contain a word, such as `{ Password: 'x', code: '123456' }`. */
  readonly answers?: Readonly<Record<string, string>>;
  /** More options in the form of ssh_config, such as `Compression yes`. */
  readonly options?: readonly string[];
}

export interface SshResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the real `ssh` against a server until it ends.
 * @param command what the server shall run; empty for a login shell with no input.
 */
export async function runSsh(
  server: Sshd,
  signIn: SignIn,
  command: readonly string[],
): Promise<SshResult> {
  const client = await startSsh(server, signIn, [], command);
  try {
    return await client.result;
  } finally {
    await client.stop();
  }
}

export interface SshForward {
  /** The local port that leads to the target. */
  readonly port: number;
  stop(): Promise<void>;
}

/** `ssh -N -L port:targetHost:targetPort`, as in the HOWTO; ready when the local port listens. */
export async function sshForward(
  server: Sshd,
  signIn: SignIn,
  target: { readonly host: string; readonly port: number },
): Promise<SshForward> {
  const port = await freePort();
  const spec = `127.0.0.1:${port}:${target.host}:${target.port}`;
  const flags = ['-v', '-N', '-o', 'ExitOnForwardFailure=yes', '-L', spec];
  const client = await startSsh(server, signIn, flags, []);
  try {
    await until(
      'ssh forwards',
      () => {
        if (client.ended()) throw new Error(`ssh ended\n${client.stderr()}`);
        return client.stderr().includes('Entering interactive session.');
      },
      { detail: client.stderr },
    );
  } catch (error) {
    await client.stop();
    throw error;
  }
  return { port, stop: client.stop };
}

interface SshClient {
  readonly result: Promise<SshResult>;
  readonly ended: () => boolean;
  readonly stderr: () => string;
  readonly stop: () => Promise<void>;
}

async function startSsh(
  server: Sshd,
  signIn: SignIn,
  flags: readonly string[],
  command: readonly string[],
): Promise<SshClient> {
  const folder = await makeWorldFolder('ssh');
  const args = [
    ...(await clientFlags(folder, server, signIn)),
    ...flags,
    ...['-p', String(server.port), `${server.user}@${server.host}`, ...command],
  ];
  const [program, bound] = deathBound(needProgram('ssh', 'openssh-client'), args);
  const child = spawn(program, bound, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: await clientEnvironment(folder, signIn),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = new Promise<SshResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const { pid } = child;
  let stopping: Promise<void> | null = null;
  return {
    result,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    stderr: () => stderr,
    stop: () =>
      (stopping ??= (async () => {
        if (pid !== undefined) await endFamily(() => familyOf(pid, folder.path), 2_000);
        await folder.remove();
      })()),
  };
}

async function clientFlags(folder: WorldFolder, server: Sshd, signIn: SignIn): Promise<string[]> {
  const settings = [
    `UserKnownHostsFile=${await folder.write('known_hosts', server.knownHosts())}`,
    'GlobalKnownHostsFile=none',
    'StrictHostKeyChecking=yes',
    'NumberOfPasswordPrompts=1',
    ...(signIn.key === undefined
      ? ['IdentityFile=none']
      : [`IdentityFile=${await writeKey(folder, signIn.key, 'key')}`, 'IdentitiesOnly=yes']),
    ...(signIn.options ?? []),
  ];
  return ['-F', 'none', ...settings.flatMap((setting) => ['-o', setting])];
}

/** Answers are given by a script in place of a terminal, as ssh does under a graphical desktop. */
async function clientEnvironment(
  folder: WorldFolder,
  { answers = {}, agentSocket }: SignIn,
): Promise<NodeJS.ProcessEnv> {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const cases = Object.entries(answers).map(
    ([word, answer]) => `  *${quote(word)}*) printf '%s\\n' ${quote(answer)} ;;\n`,
  );
  const script = `#!/bin/sh\ncase "$1" in\n${cases.join('')}  *) exit 1 ;;\nesac\n`;
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: folder.path,
    SSH_ASKPASS: await folder.write('askpass', script, 0o700),
    SSH_ASKPASS_REQUIRE: 'force',
    ...(agentSocket === undefined ? {} : { SSH_AUTH_SOCK: agentSocket }),
  };
}

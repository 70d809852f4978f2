import { spawn } from 'node:child_process';
import { chmod, copyFile } from 'node:fs/promises';
import { needProgram } from './child.ts';
import { makeServer } from './server.ts';
import type { ServerHandle } from './server.ts';
import type { TestKey } from './ssh-keys.ts';
import { until } from './wait.ts';
import { inWorldFolder } from './world-folder.ts';
import type { WorldFolder } from './world-folder.ts';

export interface SshAgent extends ServerHandle {
  /** The value for SSH_AUTH_SOCK. */
  readonly socket: string;
  /** Hands over a key, which must have no passphrase. Agents offer keys in the order given. */
  add(key: TestKey): Promise<void>;
  remove(key: TestKey): Promise<void>;
  removeAll(): Promise<void>;
  /** The keys it holds: type, base64 and comment of each. */
  list(): Promise<string[]>;
}

/** Starts a real ssh-agent with a socket of its own. A restart empties it, as it does in life. */
export function startSshAgent(): Promise<SshAgent> {
  return inWorldFolder('agent', startIn);
}

async function startIn(folder: WorldFolder): Promise<SshAgent> {
  const socket = folder.file('agent.sock');
  // The installed program has a set-group-id bit, and such a program forgets at its start that it is
  // to die with the tests. A copy has no such bit.
  const program = folder.file('ssh-agent');
  await copyFile(needProgram('ssh-agent', 'openssh-client'), program);
  await chmod(program, 0o700);
  const server = makeServer({
    name: 'ssh-agent',
    folder,
    command: program,
    args: ['-D', '-a', socket],
    ready: async (child, log) => {
      await until('ssh-agent answers', async () => {
        const ending = child.ending();
        if (ending !== null) throw new Error(`${ending}\n${log()}`);
        return (await sshAdd(socket, ['-l'])).code !== 2;
      });
    },
  });
  const change = async (args: readonly string[], input?: string) => {
    const { code, output } = await sshAdd(socket, args, input);
    if (code !== 0) throw new Error(`ssh-add failed: ${output}`);
  };
  await server.start();
  return {
    ...server,
    socket,
    add: (key) => change(['-q', '-'], key.privateKey),
    remove: async (key) =>
      change(['-q', '-d', await folder.write('remove.pub', `${key.publicKey}\n`)]),
    removeAll: () => change(['-q', '-D']),
    list: async () => {
      const { code, output } = await sshAdd(socket, ['-L']);
      return code === 0 ? output.trim().split('\n') : [];
    },
  };
}

/** Exit code 2 means that no agent answers, 1 that it refuses or holds nothing. */
function sshAdd(
  socket: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(needProgram('ssh-add', 'openssh-client'), args, {
      env: { PATH: process.env['PATH'], SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: 'never' },
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
    // It may end before it has read everything, which its exit code tells better than a broken pipe.
    child.stdin.on('error', () => undefined).end(input);
  });
}

import { join } from 'node:path';
import type { EngineSettings } from '../tunnel/ports';

/** Where Windows keeps its named pipes; a folder that can be listed. */
export const PIPES = '\\\\.\\pipe\\';
const WINDOWS_AGENT = 'openssh-ssh-agent';

/** What of the computer the files and the agent are looked up by. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home: string;
  /** The folder of our own data. */
  readonly userData: string;
  /** The names of the named pipes there are; asked on Windows only. */
  readonly pipes: () => readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where OpenSSH keeps known servers and keys, where its agent listens, and where we keep our own known servers. */
export function engineSettings({
  platform,
  home,
  userData,
  env,
  pipes,
}: Surroundings): EngineSettings {
  const inSsh = (name: string): string => join(home, '.ssh', name);
  const system =
    platform === 'win32'
      ? join(env['ProgramData'] ?? 'C:\\ProgramData', 'ssh', 'ssh_known_hosts')
      : '/etc/ssh/ssh_known_hosts';
  const named = env['SSH_AUTH_SOCK'];
  const agent = named === undefined || named === '' ? null : named;
  return {
    knownHostsFiles: [inSsh('known_hosts'), system],
    ownKnownHostsFile: join(userData, 'known_hosts'),
    // In OpenSSH's order of preference, newest kind first.
    defaultKeyFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map(inSsh),
    agentSocket: platform === 'win32' ? (agent ?? windowsAgent(pipes())) : agent,
  };
}

/** OpenSSH's agent, or Pageant (0.77 and later), whose pipe has a name of its own for each session of a person. */
function windowsAgent(pipes: readonly string[]): string {
  const pageant = pipes.find((name) => name.startsWith('pageant.'));
  return PIPES + (pipes.includes(WINDOWS_AGENT) ? WINDOWS_AGENT : (pageant ?? WINDOWS_AGENT));
}

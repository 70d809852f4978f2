import { join } from 'node:path';
import type { EngineSettings } from '../tunnel/ports';

const WINDOWS_AGENT = '\\\\.\\pipe\\openssh-ssh-agent';

/** What of the computer the files and the agent are looked up by. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home: string;
  /** The folder of our own data. */
  readonly userData: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where OpenSSH keeps known servers and keys, where its agent listens, and where we keep our own known servers. */
export function engineSettings({ platform, home, userData, env }: Surroundings): EngineSettings {
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
    agentSocket: platform === 'win32' ? (agent ?? WINDOWS_AGENT) : agent,
  };
}

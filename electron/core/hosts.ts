import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startPractice } from '../practice/practice-client';
import type { PromptBroker } from '../prompts/prompt-broker';
import type { AppState } from '../state/app-state';
import type { PracticeKeeper } from '../state/practice-keeper';
import { createPracticeKeeper } from '../state/practice-keeper';
import type { Account } from '../shared/account';
import { startTunnelHost } from '../tunnel/host-client';
import { HostKeys } from '../tunnel/host-keys';
import { hostWhenNeeded } from '../tunnel/host-when-needed';
import type { Clock, HostProcess, Log, TunnelHost } from '../tunnel/ports';
import { engineSettings, PIPES } from './engine-settings';

/**
 * Starts one of our own programs in a process of its own: a utilityProcess of Electron, or a plain Node child.
 *
 * @param script absolute path of the built script
 * @param name what people call it
 * @param log hears what the process prints
 */
export type Fork = (script: string, name: string, log: Log) => HostProcess;

export interface HostParts {
  readonly fork: Fork;
  readonly state: AppState;
  readonly clock: Clock;
  readonly log: Log;
  /** Absolute path of the built script that the process runs. */
  readonly script: string;
  readonly userData: string;
  readonly home: string;
  /** Does something answer questions at any hour? */
  readonly askAlways?: boolean;
}

/** The tunnel host, in a process of its own once it is needed; what it says goes to the snapshot, the questions and the log. */
export function startEngine(parts: HostParts, broker: PromptBroker): TunnelHost {
  const { fork, state, clock, log, script, userData, home, askAlways = false } = parts;
  const platform = process.platform;
  const start = (): TunnelHost =>
    startTunnelHost({
      spawn: () => fork(script, 'Mailmole tunnels', log),
      settings: () => ({
        ...engineSettings({ platform, home, userData, env: process.env, pipes }),
        askAlways,
      }),
      listener: {
        stateChanged: (id, tunnel, traffic, session) =>
          state.setTruth(id, { state: tunnel, traffic, session }),
        promptOpened: (id, accountId, request) => broker.open({ id, accountId, request }),
        promptClosed: (id) => broker.withdraw(id),
        log,
      },
      clock,
    });
  return hostWhenNeeded(start);
}

/**
 * What this computer knows a mailbox's SSH server by, each as type and base64. Files are read afresh each time; one that
 * cannot be read vouches for nobody.
 */
export function knownKeysOf({
  userData,
  home,
}: Pick<HostParts, 'userData' | 'home'>): (account: Account) => Promise<readonly string[]> {
  const { platform, env } = process;
  const settings = engineSettings({ platform, home, userData, env, pipes });
  const all = new HostKeys(settings.knownHostsFiles, settings.ownKnownHostsFile);
  return async ({ sshHost, sshPort, connection }) => {
    const view = await all.at(connection.knownHostsFile).load();
    return view.trustedKeys(sshHost, sshPort);
  };
}

/** The named pipes of Windows. It may refuse to list them, which is no reason to do without OpenSSH's. */
function pipes(): readonly string[] {
  try {
    return readdirSync(PIPES);
  } catch {
    return [];
  }
}

/** Keeps the practice servers in a process of their own, with their keys in the folder of the user's data. */
export function keepPractice({ fork, state, log, script, userData }: HostParts): PracticeKeeper {
  return createPracticeKeeper((preferredPorts, lost) =>
    startPractice({
      spawn: () => fork(script, 'Mailmole practice servers', log),
      folder: join(userData, 'practice'),
      preferredPorts,
      onStopped(error) {
        log('error', `The practice servers are gone: ${error.message} ${error.detail}`);
        state.addNotice('app:notice.practice-failed', {});
        lost();
      },
    }),
  );
}

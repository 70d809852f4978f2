import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startPractice } from '../practice/practice-client';
import type { PromptBroker } from '../prompts/prompt-broker';
import type { AppState } from '../state/app-state';
import type { PracticeKeeper } from '../state/practice-keeper';
import { createPracticeKeeper } from '../state/practice-keeper';
import { startTunnelHost } from '../tunnel/host-client';
import type { Clock, Log, TunnelHost } from '../tunnel/ports';
import { engineSettings, PIPES } from './engine-settings';
import { forkHost } from './process';

export interface HostParts {
  readonly state: AppState;
  readonly clock: Clock;
  readonly log: Log;
  /** Absolute path of the built script that the process runs. */
  readonly script: string;
  readonly userData: string;
  readonly home: string;
}

/** Starts the tunnel host in a process of its own; what it says goes to the snapshot, the questions and the log. */
export function startEngine(parts: HostParts, broker: PromptBroker): TunnelHost {
  const { state, clock, log, script, userData, home } = parts;
  return startTunnelHost({
    spawn: () => forkHost(script, 'Mailmole tunnels', log),
    settings: () =>
      engineSettings({ platform: process.platform, home, userData, env: process.env, pipes }),
    listener: {
      stateChanged: (id, tunnel, traffic, session) =>
        state.setTruth(id, { state: tunnel, traffic, session }),
      promptOpened: (id, accountId, request) => broker.open({ id, accountId, request }),
      promptClosed: (id) => broker.withdraw(id),
      log,
    },
    clock,
  });
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
export function keepPractice({ state, log, script, userData }: HostParts): PracticeKeeper {
  return createPracticeKeeper((preferredPorts, lost) =>
    startPractice({
      spawn: () => forkHost(script, 'Mailmole practice servers', log),
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

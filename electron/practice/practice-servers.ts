import type { LoopbackServer } from './loopback';
import { startPop3Server } from './pop3-server';
import { PRACTICE_USER } from './pop3-session';
import { ensurePracticeKeys, type PracticeKeys } from './practice-keys';
import { PracticeError, type PracticeReady, type ToPracticeHost } from './practice-protocol';
import { sampleMessages } from './sample-messages';
import { startSshServer } from './ssh-server';
import { textOfThrown } from '../shared/thrown';

type StartRequest = Extract<ToPracticeHost, { kind: 'start' }>;

function textOf(error: unknown): string {
  return textOfThrown(error);
}

/** Can this port not be had, though another might? */
function isTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EADDRINUSE' || error.code === 'EACCES')
  );
}

async function bind(
  wished: number,
  otherPortsWillDo: boolean,
  start: (port: number) => Promise<LoopbackServer>,
): Promise<LoopbackServer> {
  try {
    return await start(wished);
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (otherPortsWillDo && wished !== 0) return start(0);
    throw new PracticeError(
      'port-taken',
      `Another program on this computer uses port ${wished}, which the practice mailbox needs. ` +
        'Close that program, or remove the practice mailbox and add it again.',
      textOf(error),
    );
  }
}

async function keysIn(folder: string): Promise<PracticeKeys> {
  try {
    return await ensurePracticeKeys(folder, Date.now());
  } catch (error) {
    throw new PracticeError(
      'folder',
      `The practice mailbox cannot keep its key in ${folder}. Make sure that you may write there.`,
      textOf(error),
    );
  }
}

/**
 * Starts both servers of the practice mailbox; they run until the process ends, after a failure too.
 * Rejects with a PracticeError, or with Node's error when it is a rare one.
 */
export async function startPracticeServers(request: StartRequest): Promise<PracticeReady> {
  const { ports, otherPortsWillDo } = request;
  const { madeAt, hostKey, publicKey, keyPath, passphrase } = await keysIn(request.folder);
  const messages = sampleMessages(madeAt);
  const pop3 = await bind(ports.pop3, otherPortsWillDo, (port) =>
    startPop3Server({ messages, port }),
  );
  const ssh = await bind(ports.ssh, otherPortsWillDo, (port) =>
    startSshServer({ port, hostKey, clientKey: publicKey, pop3Port: pop3.port }),
  );
  return {
    kind: 'ready',
    sshPort: ssh.port,
    pop3Port: pop3.port,
    user: PRACTICE_USER,
    keyPath,
    passphrase,
  };
}

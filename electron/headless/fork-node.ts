import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Fork } from '../core/hosts';

/** Starts one of our own programs as a plain Node child. It ends by itself when this process does. */
export const forkNode: Fork = (script, name, log) => {
  const child = fork(script, [], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // So that it can give back at once what a lot of mail has left behind (`tunnel/leftovers.ts`).
    execArgv: [...process.execArgv, '--expose-gc'],
    // A Ctrl-C or a hang-up of the terminal is for this process, which ends its children in its own order.
    detached: process.platform !== 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => log('warn', `${name}: ${line}`));
  }
  // Without a listener an error of starting it would be thrown; the exit that follows is what counts.
  let trouble = '';
  child.on('error', (error) => (trouble = error.message));
  return {
    post: (message) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) =>
      void child.once('close', (code, signal) =>
        listener(trouble || (signal ?? `exit code ${String(code)}`)),
      ),
    kill: () => void child.kill('SIGKILL'),
  };
};

import { createInterface } from 'node:readline';
import { utilityProcess } from 'electron';
import type { HostProcess, Log } from '../tunnel/ports';

/**
 * Starts one of our own programs in a process of its own.
 * @param file absolute path of the built script
 * @param name what the system's process list calls it
 * @param log hears what the process prints
 */
export function forkHost(file: string, name: string, log: Log): HostProcess {
  const child = utilityProcess.fork(file, [], { serviceName: name, stdio: 'pipe' });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => log('warn', `${name}: ${line}`));
  }
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => void child.kill(),
  };
}

import { startPythonServer } from './python-server.ts';
import { withFreePorts } from './server.ts';
import type { ServerHandle } from './server.ts';
import { freePort, inWorldFolder } from './world-folder.ts';

/** A slow line to another port of 127.0.0.1. */
export interface NarrowLine extends ServerHandle {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Takes the limit away, for what is still to come. */
  widen(): void;
}

/**
 * Starts a line that passes on so many bytes a second towards `target`, any number back, and that keeps no more than a
 * few kilobytes in itself.
 */
export function startNarrowLine(target: number, bytesPerSecond: number): Promise<NarrowLine> {
  return withFreePorts(() =>
    inWorldFolder('narrow-line', async (folder) => {
      const port = await freePort();
      const args = [port, target, bytesPerSecond].map(String);
      const server = await startPythonServer('narrow-line', args, folder);
      const widen = () => void process.kill(server.pid(), 'SIGUSR1');
      return { ...server, host: '127.0.0.1', port, widen };
    }),
  );
}

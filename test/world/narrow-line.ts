import { fileURLToPath } from 'node:url';
import { needProgram } from './child.ts';
import { makeServer, withFreePorts } from './server.ts';
import type { ServerHandle } from './server.ts';
import { until } from './wait.ts';
import { freePort, inWorldFolder } from './world-folder.ts';

const SCRIPT = fileURLToPath(new URL('narrow-line.py', import.meta.url));

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
      let pid = 0;
      const server = makeServer({
        name: 'narrow-line',
        folder,
        command: needProgram('python3', 'python3'),
        args: [SCRIPT, String(port), String(target), String(bytesPerSecond)],
        ready: async (child, log) => {
          ({ pid } = child);
          await until('the narrow line is there', () => {
            const ending = child.ending();
            if (ending !== null) throw new Error(`${ending}\n${log()}`);
            return log().includes('listening');
          });
        },
      });
      await server.start();
      const widen = () => void process.kill(pid, 'SIGUSR1');
      return { ...server, host: '127.0.0.1', port, widen };
    }),
  );
}

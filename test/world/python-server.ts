import { fileURLToPath } from 'node:url';
import { makeServer } from './server.ts';
import type { ServerHandle } from './server.ts';
import { until } from './wait.ts';
import type { WorldFolder } from './world-folder.ts';

/** Debian's own, which has Debian's modules; there may be another one in the PATH. */
export const PYTHON = '/usr/bin/python3';

/**
 * Starts one of the scripts of this folder. It says `listening` when it does.
 *
 * @param name without its ending
 * @returns the server, and its process while it runs
 */
export async function startPythonServer(
  name: string,
  args: readonly string[],
  folder: WorldFolder,
): Promise<ServerHandle & { pid(): number }> {
  let pid = 0;
  const server = makeServer({
    name,
    folder,
    command: PYTHON,
    args: [fileURLToPath(new URL(`${name}.py`, import.meta.url)), ...args],
    ready: async (child, log) => {
      ({ pid } = child);
      await until(`${name} listens`, () => {
        const ending = child.ending();
        if (ending !== null) throw new Error(`${ending}\n${log()}`);
        return /^listening$/m.test(log());
      });
    },
  });
  await server.start();
  return { ...server, pid: () => pid };
}

import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { deathBound } from './child.ts';
import { until } from './wait.ts';
import { freePort } from './world-folder.ts';

/** A server whose system takes no more lines for it: who dials it hears nothing at all. */
export interface FullServer {
  readonly port: number;
  /** Takes the lines again, and leads them to the target. */
  revive(): void;
  stop(): Promise<void>;
}

/** Leads every line to the target, as soon as it is let. */
const LEAD = `
  const { connect, createServer } = require('node:net');
  const [port, host, to] = process.argv.slice(1);
  const server = createServer((line) => {
    const target = connect(Number(to), host);
    for (const end of [line, target]) end.on('error', () => [line, target].forEach((each) => each.destroy()));
    line.pipe(target).pipe(line);
  });
  server.listen({ port: Number(port), host, backlog: 1 }, () => console.log('ready'));
`;

/** Starts one on a free port of 127.0.0.1, stops it in its tracks, and fills up its queue (listen(2): SYNs are dropped then). */
export async function startFullServer(to: {
  readonly host: string;
  readonly port: number;
}): Promise<FullServer> {
  const port = await freePort('127.0.0.1');
  const [command, args] = deathBound(process.execPath, ['-e', LEAD]);
  const child = spawn(command, [...args, String(port), to.host, String(to.port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGSTOP');
  const lines: Socket[] = [];
  await until('nothing answers any more', () => isSilent(port, lines));
  return {
    port,
    revive: () => {
      for (const line of lines) line.destroy();
      child.kill('SIGCONT');
    },
    stop: async () => {
      for (const line of lines) line.destroy();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Dials once more; gives true when that is not answered within half a second. */
function isSilent(port: number, lines: Socket[]): Promise<boolean> {
  return new Promise((resolve) => {
    const line = connect(port, '127.0.0.1', () => resolve(false));
    lines.push(line);
    line.on('error', () => resolve(false));
    line.setTimeout(500, () => resolve(line.connecting));
  });
}

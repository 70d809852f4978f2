import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { until } from './wait.ts';

/** A conversation with a mail server, line by line, for a person's eyes and for tests. */
export interface Talk {
  /** The next line the server says, without its line end; rejects when the line is closed before. */
  line(): Promise<string>;
  say(line: string): void;
  /** Why the line was closed: an error code, or `end`. */
  readonly closed: Promise<string>;
  stop(): Promise<void>;
}

/** Connects to a port of 127.0.0.1 and waits until the line is open. */
export function connect(port: number): Promise<Talk> {
  return talk(connectTcp({ host: '127.0.0.1', port }));
}

/** Talks over a socket that is being connected, plain or TLS. */
export async function talk(socket: Socket): Promise<Talk> {
  let text = '';
  let reason: string | null = null;
  socket.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
  const closed = new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => (reason = error.code ?? error.message));
    socket.once('close', () => resolve((reason ??= 'end')));
  });
  await until('the line is open', () => socket.readyState === 'open' || reason !== null);
  return {
    closed,
    say: (line) => void socket.write(`${line}\r\n`),
    line: () =>
      until('the server says a line', () => {
        const end = text.indexOf('\r\n');
        if (end < 0 && reason !== null) throw new Error(`the line was closed: ${reason}`);
        if (end < 0) return null;
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        return line;
      }),
    stop: async () => {
      socket.destroy();
      await closed;
    },
  };
}

/** Whether somebody takes a connection to a port of 127.0.0.1. */
export function dials(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

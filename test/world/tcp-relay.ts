import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { freePort } from './world-folder.ts';

/** A stretch of network that a test can break. What it does, it does to all its lines at once. */
export interface TcpRelay {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** How many lines are open at this moment, silent ones included. */
  lines(): number;
  /** Bytes that have come from the target's side since the relay was made. */
  received(): number;
  /** Bytes that have come from the other side since then. */
  sent(): number;
  /** Resolves in the very turn in which this many bytes have come from the target's side. */
  whenReceived(bytes: number): Promise<void>;
  /** Resets every line at both ends, as a rebooted router does. New lines are served at once. */
  cut(): void;
  /**
   * Goes silent: nothing is read or passed on any more, nothing is closed, and new lines are taken
   * but lead nowhere. What comes in waits, as it waits in the sender's memory on a dead line.
   */
  blackhole(): void;
  /** Ends the silence: what has waited goes on its way. */
  revive(): void;
  /** Refuses new lines (true), or serves them again (false); open lines stay as they are. */
  refuse(refused: boolean): Promise<void>;
  /** Resets all lines and closes the port. May be called twice. */
  stop(): Promise<void>;
}

/** The two ends of one line. The target is dialled when the line is not silent. */
interface Line {
  readonly client: Socket;
  target: Socket | null;
}

interface State {
  readonly to: { readonly host: string; readonly port: number };
  readonly lines: Set<Line>;
  readonly watchers: Set<{ readonly bytes: number; readonly resolve: () => void }>;
  silent: boolean;
  received: number;
  sent: number;
}

/** Starts a relay on a free port of 127.0.0.1 that leads to another address. */
export async function startTcpRelay(to: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpRelay> {
  const port = await freePort();
  const state: State = {
    to,
    lines: new Set(),
    watchers: new Set(),
    silent: false,
    received: 0,
    sent: 0,
  };
  const open = () => listen(port, (client) => accept(state, client));
  let server: Server | null = await open();
  const cut = () => {
    for (const { client, target } of state.lines) {
      client.resetAndDestroy();
      target?.resetAndDestroy();
    }
  };
  const refuse = async (refused: boolean) => {
    if (!refused) server ??= await open();
    else {
      // The port is closed at once; the call-back would wait for the open lines as well.
      server?.close();
      server = null;
    }
  };
  return {
    host: '127.0.0.1',
    port,
    lines: () => state.lines.size,
    received: () => state.received,
    sent: () => state.sent,
    whenReceived: (bytes) =>
      new Promise((resolve) => {
        state.watchers.add({ bytes, resolve });
        tellWatchers(state);
      }),
    cut,
    blackhole: () => {
      state.silent = true;
      for (const { client, target } of state.lines) {
        client.pause();
        target?.pause();
      }
    },
    revive: () => {
      state.silent = false;
      for (const line of state.lines) {
        if (line.target === null) dial(state, line);
        line.client.resume();
        line.target?.resume();
      }
    },
    refuse,
    stop: async () => {
      await refuse(true);
      cut();
    },
  };
}

async function listen(port: number, onLine: (client: Socket) => void): Promise<Server> {
  // Paused at first, so that nothing is read before the target is there, or in a silence.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, onLine);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function accept(state: State, client: Socket): void {
  const line: Line = { client, target: null };
  state.lines.add(line);
  client.on('error', () => line.target?.resetAndDestroy());
  client.once('close', () => {
    state.lines.delete(line);
    line.target?.destroy();
  });
  if (!state.silent) dial(state, line);
}

function dial(state: State, line: Line): void {
  const { client } = line;
  const target = connect({ ...state.to, allowHalfOpen: true, noDelay: true });
  line.target = target;
  target.on('error', () => client.resetAndDestroy());
  target.once('close', () => client.destroySoon());
  target.on('data', (bytes: Buffer) => {
    state.received += bytes.length;
    tellWatchers(state);
  });
  client.on('data', (bytes: Buffer) => (state.sent += bytes.length));
  copy(state, client, target);
  copy(state, target, client);
}

/** Like `pipe`, which would take up reading by itself in the middle of a silence. */
function copy(state: State, from: Socket, to: Socket): void {
  from.on('data', (bytes: Buffer) => {
    if (!to.write(bytes)) from.pause();
  });
  to.on('drain', () => {
    if (!state.silent) from.resume();
  });
  from.on('end', () => to.end());
  if (!state.silent) from.resume();
}

function tellWatchers(state: State): void {
  for (const watcher of state.watchers) {
    if (state.received < watcher.bytes) continue;
    state.watchers.delete(watcher);
    watcher.resolve();
  }
}

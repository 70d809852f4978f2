import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import ssh2, { type Client, type ConnectConfig, type Connection, type ServerChannel } from 'ssh2';
import type { SessionFacts } from '../../../electron/shared/app-snapshot';
import { corkPerTick, SendGate } from '../../../electron/tunnel/send-gate';
import { SshSession } from '../../../electron/tunnel/ssh-session';
import { until } from '../../world/wait';
import { makeServerKey } from '../../support/server-key';

export const NO_FACTS: SessionFacts = {
  serverVersion: '',
  cipher: '',
  keyExchange: '',
  hostKeyAlgorithm: '',
  hostKeyFingerprint: '',
  signedInBy: '',
  strictKeyExchange: false,
  compressed: false,
};

const hostKey = makeServerKey().private;

/** What the far end does with a channel that is asked for. */
export type OnForward = (
  accept: () => ServerChannel,
  reject: () => void,
  info: { readonly destIP: string; readonly destPort: number },
) => void;

/** ssh2's own server and client in this process, joined by a real socket, with our session on top. */
export interface SshPair {
  readonly session: SshSession;
  readonly client: Client;
  /** Our end of the SSH connection. */
  readonly socket: Socket;
  /** Their end of it, below SSH. */
  readonly far: Socket;
  readonly connection: Connection;
  onForward: OnForward;
  stop(): Promise<void>;
}

/** @param begun is given the client when it has begun to connect */
export async function startPair(
  onForward: OnForward,
  begun: (client: Client) => void = () => undefined,
  more: Pick<ConnectConfig, 'keepaliveInterval'> = {},
): Promise<SshPair> {
  const arrived: { connection?: Connection; far?: Socket } = {};
  const sshServer = new ssh2.Server({ hostKeys: [hostKey] }, (incoming) => {
    arrived.connection = incoming;
    incoming.on('error', () => undefined);
    incoming.on('authentication', (context) => context.accept());
    incoming.on('tcpip', (accept, reject, info) => pair.onForward(accept, reject, info));
  });
  const server = createServer((socket) => {
    arrived.far = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    sshServer.injectSocket(socket);
  });
  const socket = connect({ host: '127.0.0.1', port: await listen(server), noDelay: true });
  socket.on('error', () => undefined);
  corkPerTick(socket);
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  const ready = new Promise<void>((resolve) => client.once('ready', resolve));
  client.connect({ sock: socket, username: 'u', strictVendor: false, ...more });
  begun(client);
  await ready;
  const { connection, far } = arrived;
  if (connection === undefined || far === undefined) throw new Error('no connection');
  const pair: SshPair = {
    session: new SshSession(client, socket, new SendGate(socket), NO_FACTS, 'h'),
    client,
    socket,
    far,
    connection,
    onForward,
    stop: async () => {
      socket.destroy();
      far.destroy();
      server.close();
      await until('the SSH connection is gone', () => socket.closed);
    },
  };
  return pair;
}

export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** A mail program's connection, as the local listener hands it over: `local` is ours and paused, `program` is theirs. */
export interface LocalPair {
  readonly local: Socket;
  readonly program: Socket;
  /** Everything the mail program has got. */
  readonly got: () => Buffer;
  /** How its connection ended: `end`, an error's code, or null while it is open. */
  readonly ended: () => string | null;
  /** Is our end closed for good? A socket whose reset failed says `closed` too, but never emits it. */
  readonly closed: () => boolean;
}

const locals = new Set<Socket>();

export async function localPair(options: { paused?: boolean } = {}): Promise<LocalPair> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const port = await listen(server);
  const program = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let ended: string | null = null;
  program.on('error', (error: NodeJS.ErrnoException) => (ended ??= error.code ?? 'error'));
  program.on('end', () => (ended ??= 'end'));
  if (options.paused === true) program.pause();
  else program.on('data', (chunk: Buffer) => chunks.push(chunk));
  const local = await accepted;
  local.on('error', () => undefined);
  let closed = false;
  local.once('close', () => (closed = true));
  server.close();
  locals.add(local).add(program);
  return {
    local,
    program,
    got: () => Buffer.concat(chunks),
    ended: () => ended,
    closed: () => closed,
  };
}

/** Ends every local connection that a test left open. */
export function closeLocals(): void {
  for (const socket of locals) socket.destroy();
  locals.clear();
}

/** Bytes that tell where they come from, so that a gap or a repetition shows. */
export function patternOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4)
    bytes.writeUInt32LE((at * 2_654_435_761 + seed) >>> 0, at);
  return bytes;
}

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { listenOnLoopback, type LoopbackServer } from './loopback';
import { Maildrop, type NewMessage } from './maildrop';
import { linesOf } from './pop3-lines';
import { GREETING, Pop3Session, type Reply } from './pop3-session';

/** What the practice POP3 server serves, and where. */
export interface Pop3ServerOptions {
  readonly messages: readonly NewMessage[];
  /** 0 to 65535; 0 takes any free one. */
  readonly port: number;
  /** Milliseconds without a byte in either direction after which a connection is cut; RFC 1939 asks for ten minutes or more. */
  readonly idleMs?: number;
}

const FIFTEEN_MINUTES = 15 * 60_000;
/** A mail program opens one or two; this many is either a mistake or malice. */
const MAX_CONNECTIONS = 64;

function write(socket: Socket, reply: Reply): boolean {
  socket.cork();
  const flowing = reply.parts.map((part) => socket.write(part, 'latin1')).every(Boolean);
  socket.uncork();
  return flowing;
}

/**
 * Talks with one client until either side ends. The next command is read only when the answer to the last one has
 * left for the kernel, so a client that asks without reading costs one answer's memory, which is shared anyway.
 */
async function converse(socket: Socket, session: Pop3Session, gone: AbortSignal): Promise<void> {
  socket.write(GREETING);
  // Not `for await` over the socket itself: leaving that loop would destroy the socket before QUIT is answered.
  for await (const line of linesOf(socket.iterator({ destroyOnReturn: false }))) {
    const reply = session.answer(line);
    if (!write(socket, reply)) await once(socket, 'drain', { signal: gone });
    if (reply.hangUp) break;
  }
  // Hangs up as soon as all is sent; a client that does not read meets the idle time instead.
  socket.destroySoon();
}

function serve(socket: Socket, maildrop: Maildrop, idleMs: number): void {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  // RFC 1939: an idle session is closed without a word and without removing anything.
  socket.setTimeout(idleMs, () => socket.destroy());
  // Every failure in here is the client's going away; a reset is the right answer to it.
  converse(socket, new Pop3Session(maildrop), gone.signal).catch(() => socket.destroy());
}

/** Starts the practice POP3 server on the loopback address. Rejects with Node's error when the port cannot be bound. */
export function startPop3Server(options: Pop3ServerOptions): Promise<LoopbackServer> {
  const maildrop = new Maildrop(options.messages);
  const idleMs = options.idleMs ?? FIFTEEN_MINUTES;
  return listenOnLoopback({
    port: options.port,
    maxConnections: MAX_CONNECTIONS,
    serve: (socket) => serve(socket, maildrop, idleMs),
  });
}

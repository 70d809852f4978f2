import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The only address the practice servers listen on: nobody else on the network can reach them. */
export const LOOPBACK = '127.0.0.1';

/** A server that listens on the loopback address. */
export interface LoopbackServer {
  readonly port: number;
  /** Stops listening, cuts every connection, resolves when both are done. */
  stop(): Promise<void>;
}

/** What a loopback server needs to know. */
export interface LoopbackOptions {
  /** 0 to 65535; 0 takes any free one. */
  readonly port: number;
  /** Connections beyond this many are closed at once. */
  readonly maxConnections: number;
  /** Called for each connection. The socket has TCP_NODELAY, an `error` listener, and allows half-close. */
  readonly serve: (socket: Socket) => void;
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      server.removeListener('error', reject);
      // `address()` is an AddressInfo for every server that listens on a TCP port.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Listens on 127.0.0.1 and keeps hold of its connections, so that `stop` ends them too.
 * Rejects with Node's error when the port cannot be bound.
 */
export async function listenOnLoopback(options: LoopbackOptions): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // `close` follows every error and is what ends the connection; without a listener the process would end.
    socket.on('error', () => undefined);
    options.serve(socket);
  });
  server.maxConnections = options.maxConnections;
  const port = await listening(server, options.port);
  // Accepting can fail for a moment (no file descriptors left); the server itself goes on.
  server.on('error', () => undefined);

  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

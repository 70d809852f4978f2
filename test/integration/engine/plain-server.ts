import { createServer, type AddressInfo, type Socket } from 'node:net';
import { keep } from './tidy';

export interface PlainServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** How many connections there have been. */
  readonly lines: () => number;
}

/** A server that does just what the test says, on a free port of 127.0.0.1 or the one given, until the test is over. */
export async function plainServer(
  onLine: (socket: Socket) => void,
  wanted = 0,
): Promise<PlainServer> {
  let lines = 0;
  const sockets = new Set<Socket>();
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    lines++;
    sockets.add(socket.on('error', () => undefined));
    onLine(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(wanted, '127.0.0.1', resolve);
  });
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  };
  await keep(Promise.resolve({ stop }));
  return { host: '127.0.0.1', port: (listener.address() as AddressInfo).port, lines: () => lines };
}

import { createServer } from 'node:net';
import { addressesOf } from './loopback';

/**
 * The first port from `from` upwards that can be bound on every address that `address` stands for and is not in
 * `taken`.
 *
 * @param address `localhost` or one loopback address
 * @throws Error when no port up to 65535 is free
 */
export async function findFreePort(
  address: string,
  from: number,
  taken: ReadonlySet<number> = new Set(),
): Promise<number> {
  for (let port = from; port <= 65_535; port++) {
    if (!taken.has(port) && (await isFree(address, port))) return port;
  }
  throw new Error(`no free port on ${address} from ${from} upwards`);
}

async function isFree(address: string, port: number): Promise<boolean> {
  const free = await Promise.all(addressesOf(address).map((one) => canBind(one, port)));
  return free.every(Boolean);
}

function canBind(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A computer without IPv6 has no ::1 to be taken.
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

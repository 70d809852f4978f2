import { createHash, randomBytes } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What the bulk server has to give: the same bytes from the start, over and over. */
const SUPPLY = randomBytes(1024 * 1024);
const HEADER = 8;

/** A server that greets like POP3 and then carries as much as it is asked for, each way at once. */
export interface BulkServer {
  readonly port: number;
  /** Connections open right now. */
  open(): number;
  /** Bytes taken from clients so far, headers included. */
  taken(): number;
  /** No longer takes anything from its clients (true), or goes on. */
  stall(stalled: boolean): void;
  stop(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startBulkServer(): Promise<BulkServer> {
  const sockets = new Set<Socket>();
  let taken = 0;
  let stalled = false;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => (taken += chunk.length));
    serve(socket);
    if (stalled) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    taken: () => taken,
    stall: (wanted) => {
      stalled = wanted;
      for (const socket of sockets) if (stalled) socket.pause();
      if (!stalled) for (const socket of sockets) socket.resume();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The client says how much it will send and how much it wants; it gets that, and the hash of what it sent. */
function serve(socket: Socket): void {
  let header = Buffer.alloc(0);
  let left = -1;
  let given = Promise.resolve();
  const hash = createHash('sha256');
  socket.write('+OK bulk\r\n');
  socket.on('data', (chunk: Buffer) => {
    let body = chunk;
    if (left < 0) {
      header = Buffer.concat([header, chunk]);
      if (header.length < HEADER) return;
      left = header.readUInt32BE(0);
      given = give(socket, header.readUInt32BE(4));
      body = header.subarray(HEADER);
    }
    hash.update(body);
    left -= body.length;
    if (left === 0) void given.then(() => socket.end(hash.digest()));
  });
  // A client that only looks at the greeting says a few bytes and ends; one that ends too early is gone.
  socket.on('end', () => {
    if (left < 0) socket.end();
    else if (left > 0) socket.destroy();
  });
}

async function give(socket: Socket, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes && !socket.destroyed;) {
    const part = SUPPLY.subarray(0, Math.min(SUPPLY.length, bytes - sent));
    sent += part.length;
    if (!socket.write(part)) await new Promise<void>((resolve) => onceAny(socket, resolve));
  }
}

function onceAny(socket: Socket, resolve: () => void): void {
  const done = () => {
    socket.off('drain', done).off('close', done);
    resolve();
  };
  socket.once('drain', done).once('close', done);
}

/** What came of an exchange with the bulk server. */
export interface Exchange {
  /** Did the server get exactly what was sent? */
  readonly upWhole: boolean;
  /** Did the client get exactly what it asked for? */
  readonly downWhole: boolean;
}

/** Sends `up` bytes and asks for `down` bytes through a port of this computer, both at once. */
export function exchange(port: number, up: number, down: number): Promise<Exchange> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const upload = createHash('sha256');
  const download = createHash('sha256');
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(up, 0);
  header.writeUInt32BE(down, 4);
  const payload = randomBytes(Math.min(up, 256 * 1024));
  void (async () => {
    socket.write(header);
    for (let sent = 0; sent < up && !socket.destroyed;) {
      const part = payload.subarray(0, Math.min(payload.length, up - sent));
      sent += part.length;
      upload.update(part);
      if (!socket.write(part)) await new Promise<void>((resolve) => onceAny(socket, resolve));
    }
  })();
  return new Promise((resolve, reject) => {
    let greeting = Buffer.alloc(0);
    let got = 0;
    let digest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      let body = chunk;
      if (!greeting.includes('\n')) {
        greeting = Buffer.concat([greeting, chunk]);
        const end = greeting.indexOf('\n') + 1;
        if (end === 0) return;
        body = greeting.subarray(end);
      }
      const data = body.subarray(0, Math.max(0, down - got));
      got += data.length;
      download.update(data);
      digest = Buffer.concat([digest, body.subarray(data.length)]);
    });
    socket.once('error', reject);
    socket.once('close', () =>
      resolve({
        upWhole: upload.digest().equals(digest),
        downWhole: got === down && download.digest('hex') === supplyHash(down),
      }),
    );
  });
}

/**
 * Did an exchange break off? Node's own client does not always say how: when a reset follows the last bytes closely,
 * it tells of an end (libuv takes the hang-up for one).
 */
export async function brokeOff(exchanged: Promise<Exchange>): Promise<boolean> {
  const outcome = await exchanged.catch(() => null);
  return outcome === null || !(outcome.upWhole && outcome.downWhole);
}

/** The hash of what the bulk server gives to whom asks for so many bytes. */
export function supplyHash(bytes: number): string {
  const hash = createHash('sha256');
  for (let left = bytes; left > 0; left -= SUPPLY.length)
    hash.update(SUPPLY.subarray(0, Math.min(SUPPLY.length, left)));
  return hash.digest('hex');
}

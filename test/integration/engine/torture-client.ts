import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { tcpSockets } from '../../../electron/tunnel/proc-net';
import { supplyHash } from './bulk';

const GREETING = '+OK bulk\r\n';
const DIGEST = 32;
const PAYLOAD = randomBytes(1024 * 1024);

/**
 * What became of a transfer: `whole`, everything arrived on both sides; `reset`, it broke off and both sides can
 * tell; `cut`, it ended as if it were whole and was not, which must never be; `refused`, it was not even begun, in
 * words.
 */
export type Fate = 'whole' | 'reset' | 'cut' | 'refused';

/** Sends `bytes` to the bulk server and gets as many, both at once. */
export function transfer(port: number, bytes: number): Promise<Fate> {
  // Half-open, so that an end leaves the socket in a state that tells it from a reset.
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  const header = Buffer.alloc(8);
  header.writeUInt32BE(bytes, 0);
  header.writeUInt32BE(bytes, 4);
  socket.write(header);
  const upload = send(socket, bytes);
  return new Promise((resolve) => {
    const heard = new Heard(bytes);
    const settle = (fate: Fate) => {
      socket.destroy();
      resolve(fate);
    };
    socket.on('data', (chunk: Buffer) => heard.take(chunk));
    socket.once('error', () => settle('reset'));
    socket.once('end', () => {
      if (heard.refusal) settle('refused');
      else if (heard.isWhole(upload)) settle('whole');
      else void wasReset(socket).then((reset) => settle(reset ? 'reset' : 'cut'));
    });
  });
}

/** Sends as fast as the socket takes; gives the way to the hash of what was sent, once that is everything. */
function send(socket: Socket, bytes: number): () => Buffer | null {
  const hash = createHash('sha256');
  let sent = 0;
  const more = () => {
    while (sent < bytes && !socket.destroyed) {
      const part = PAYLOAD.subarray(0, Math.min(PAYLOAD.length, bytes - sent));
      sent += part.length;
      hash.update(part);
      if (!socket.write(part)) return;
    }
    socket.off('drain', more);
  };
  socket.on('drain', more);
  more();
  return () => (sent === bytes ? hash.digest() : null);
}

/** What came from the bulk server: a greeting, what was asked for, and the hash of what it got. */
class Heard {
  readonly #wanted: number;
  readonly #hash = createHash('sha256');
  #greeting = Buffer.alloc(0);
  #digest = Buffer.alloc(0);
  #got = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  take(chunk: Buffer): void {
    const missing = GREETING.length - this.#greeting.length;
    this.#greeting = Buffer.concat([this.#greeting, chunk.subarray(0, missing)]);
    const rest = chunk.subarray(missing);
    const data = rest.subarray(0, this.#wanted - this.#got);
    this.#hash.update(data);
    this.#got += data.length;
    this.#digest = Buffer.concat([this.#digest, rest.subarray(data.length)]);
  }

  get refusal(): boolean {
    return this.#greeting.toString().startsWith('-ERR');
  }

  isWhole(upload: () => Buffer | null): boolean {
    if (this.#got !== this.#wanted || this.#digest.length !== DIGEST) return false;
    if (this.#hash.digest('hex') !== supplyHash(this.#wanted)) return false;
    return upload()?.equals(this.#digest) ?? false;
  }
}

/**
 * Was the connection reset, though Node tells of an end? It does when a reset follows the last bytes closely, since
 * libuv takes the hang-up for an end. The system has forgotten a socket that was reset; one whose other side ended is
 * still in its list.
 */
async function wasReset({ localPort, remotePort }: Socket): Promise<boolean> {
  const sockets = await tcpSockets();
  return !sockets.some((one) => one.localPort === localPort && one.remotePort === remotePort);
}

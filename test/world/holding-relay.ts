import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './world-folder.ts';

/** RFC 4253, 7.3: the last message of a side that is not encrypted. */
const SSH_MSG_NEWKEYS = 21;

/** A stretch of network before an SSH server that can keep back what the server says once keys are exchanged. */
export interface HoldingRelay {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** How many lines there were. */
  lines(): number;
  /** Bytes that came from the client, on the newest line, after the server had ended the key exchange. */
  sent(): number;
  /** From the next line on, nothing of the server is passed on after the key exchange. */
  hold(): void;
  /** What was held goes on its way; the next lines are not held. */
  release(): void;
  stop(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startHoldingRelay(to: {
  readonly host: string;
  readonly port: number;
}): Promise<HoldingRelay> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const releases = new Set<() => void>();
  let [lines, sent, holding] = [0, 0, false];
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ ...to, noDelay: true });
    const ends = [client, target] as const;
    for (const [end, other] of [ends, [target, client] as const]) {
      sockets.add(end);
      end.on('error', () => other.destroy());
      end.once('close', () => {
        sockets.delete(end);
        other.destroySoon();
      });
    }
    [lines, sent] = [lines + 1, 0];
    const gate = new Gate((bytes) => client.write(bytes), holding);
    releases.add(() => gate.open());
    target.on('data', (bytes: Buffer) => gate.pass(bytes));
    client.on('data', (bytes: Buffer) => {
      if (gate.keysExchanged) sent += bytes.length;
      target.write(bytes);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    host: '127.0.0.1',
    port,
    lines: () => lines,
    sent: () => sent,
    hold: () => (holding = true),
    release: () => {
      holding = false;
      for (const release of releases) release();
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Passes on a server's side of a line, up to the end of its key exchange or further. */
class Gate {
  readonly #pass: (bytes: Buffer) => void;
  #closing: boolean;
  /** What has come and was not passed on. */
  #waiting: Buffer = Buffer.alloc(0);
  #identified = false;
  keysExchanged = false;

  constructor(pass: (bytes: Buffer) => void, closing: boolean) {
    this.#pass = pass;
    this.#closing = closing;
  }

  pass(bytes: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    for (let length = this.#next(); length > 0; length = this.#next()) {
      this.#pass(this.#waiting.subarray(0, length));
      this.#waiting = this.#waiting.subarray(length);
    }
  }

  open(): void {
    this.#closing = false;
    this.pass(Buffer.alloc(0));
  }

  /** How many bytes are to be passed on now: a line, a whole packet, or all that is encrypted. */
  #next(): number {
    const waiting = this.#waiting;
    if (this.keysExchanged) return this.#closing ? 0 : waiting.length;
    if (!this.#identified) {
      const line = waiting.indexOf('\n') + 1;
      this.#identified = waiting.toString('latin1', 0, Math.min(line, 4)) === 'SSH-';
      return line;
    }
    if (waiting.length < 6) return 0;
    // RFC 4253, 6: its length, the length of its padding, its number.
    const length = 4 + waiting.readUInt32BE(0);
    if (waiting.length < length) return 0;
    this.keysExchanged = waiting.readUInt8(5) === SSH_MSG_NEWKEYS;
    return length;
  }
}

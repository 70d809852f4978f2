import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect } from 'vitest';
import { ProxyFailure } from '../../../electron/tunnel/proxy-talk';
import { until } from '../../world/wait';

/** What is said to each thing heard; null hangs up. */
export type Script = readonly (Buffer | string | null)[];

export interface StandIn {
  /** Connected to it, read by nobody. */
  readonly socket: Socket;
  /** All that was said to it. */
  heard(): Buffer;
  /** Says something unasked. */
  say(bytes: Buffer | string): void;
  /** Reads the socket as ssh2 does, until as much has come, which must be exactly this since the first call. */
  gives(text: string): Promise<void>;
}

const open: { destroy(): void; close?(): void }[] = [];

/** Ends what the tests of a file have begun. */
export function stopStandIns(): void {
  for (const one of open.splice(0)) {
    one.destroy();
    one.close?.();
  }
}

/**
 * A proxy that says what its script tells, each time it has heard something.
 *
 * @param drip one byte at a time, each a packet of its own
 */
export async function startStandIn(
  script: Script,
  { drip = false }: { drip?: boolean } = {},
): Promise<StandIn> {
  const heard: Buffer[] = [];
  const answers = [...script];
  const server = createServer({ noDelay: true });
  const taken = new Promise<Socket>((resolve) => server.once('connection', resolve));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
  const far = (await taken).on('error', () => undefined);
  open.push(socket, far, { destroy: () => undefined, close: () => server.close() });
  far.on('data', (bytes) => {
    heard.push(bytes);
    const answer = answers.shift();
    if (answer === null) far.destroy();
    else if (answer !== undefined) void say(far, Buffer.from(answer as string, 'latin1'), drip);
  });
  let got = '';
  return {
    socket,
    heard: () => Buffer.concat(heard),
    say: (bytes) => void far.write(bytes),
    gives: async (text) => {
      if (socket.listenerCount('data') === 0)
        socket.on('data', (bytes) => (got += bytes.toString('latin1'))).resume();
      await until(`the socket gives ${text}`, () => got.length >= text.length, {
        detail: () => got,
      });
      expect(got).toBe(text);
    },
  };
}

async function say(far: Socket, bytes: Buffer, drip: boolean): Promise<void> {
  const parts = drip ? Array.from(bytes, (byte) => Buffer.from([byte])) : [bytes];
  for (const part of parts) await new Promise((done) => far.write(part, done));
}

/** The failure of an exchange, after which the socket is of no use to anybody. */
export async function failureOf(
  exchange: Promise<void>,
  { socket }: StandIn,
): Promise<{ reason: string; detail: string }> {
  const thrown: unknown = await exchange.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProxyFailure)) throw new Error('no ProxyFailure', { cause: thrown });
  expect(socket.destroyed).toBe(true);
  return { reason: thrown.reason, detail: thrown.detail };
}

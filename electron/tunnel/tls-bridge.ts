import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import type { Forward } from '../shared/account';
import type { FarEnd } from './forward-pipe';
import { SILENCE } from './greeting';
import { askForTls } from './starttls';
import { handshakeError, serverNameOf } from './tls-errors';
import { TunnelFailure } from './tunnel-failure';
import { Wire } from './wire';

/** How a bridge is made. */
export interface BridgeOptions {
  /** Whom the certificate may come from. */
  readonly trust: () => Promise<SecureContext>;
  /** In milliseconds, for everything up to the end of the handshake. */
  readonly timeoutMs: number;
}

/**
 * Speaks TLS with the mail server through a channel, at once or after STARTTLS as the forward says, and gives what is
 * inside. The certificate must be good and made out to the mail host; nothing of the mail program's is sent before.
 * A forward without a bridge gets its channel back.
 *
 * @param channel closed when this fails
 * @throws TunnelFailure `certificate-refused`, `tls-failed`, `wrong-greeting` or `no-greeting`
 */
export async function bridged(
  channel: FarEnd,
  forward: Forward,
  options: BridgeOptions,
): Promise<FarEnd> {
  if (forward.tls === 'none') return channel;
  const wire = new Wire(channel.stream);
  const { mailHost, mailPort } = forward;
  const timer = setTimeout(() => {
    const error = { kind: 'no-greeting', mailHost, mailPort, detail: SILENCE } as const;
    wire.destroy(new TunnelFailure(error));
  }, options.timeoutMs);
  try {
    const secureContext = await options.trust();
    const greeting = forward.tls === 'starttls' ? await askForTls(wire, forward) : null;
    if (greeting !== null) wire.beginAnew();
    const far = new TlsFarEnd(channel, wire, mailHost, secureContext);
    await far.secured(forward);
    if (greeting !== null) far.stream.unshift(Buffer.from(greeting));
    return far;
  } catch (thrown) {
    wire.destroy();
    throw wire.errored instanceof TunnelFailure ? wire.errored : thrown;
  } finally {
    clearTimeout(timer);
  }
}

/** The inside of a TLS connection through a channel. */
class TlsFarEnd implements FarEnd {
  readonly stream: TLSSocket;
  readonly #channel: FarEnd;
  readonly #wire: Wire;
  #saidEof = false;

  constructor(channel: FarEnd, wire: Wire, mailHost: string, secureContext: SecureContext) {
    this.#channel = channel;
    this.#wire = wire;
    let wireEnded = false;
    // To be heard before TLS hears of it, so that the end of the bytes is told from the end that TLS says.
    wire.once('end', () => (wireEnded = true));
    const stream = connectTls({
      socket: wire,
      secureContext,
      rejectUnauthorized: true,
      host: mailHost,
      ...serverNameOf(mailHost),
    });
    this.stream = stream;
    const push = stream.push.bind(stream);
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null && !wireEnded) this.#saidEof = true;
      return push(chunk, encoding);
    };
    // A stream without an error listener ends the process.
    stream.on('error', () => undefined);
    channel.stream.once('close', () => this.#goneWhenRead());
  }

  /** Did the mail server say that it has ended (close_notify)? An end without that may have been made by anybody. */
  get saidEof(): boolean {
    return this.#saidEof;
  }

  close(): void {
    this.stream.destroy();
    this.#channel.close();
  }

  /** Waits until the other side has proved who it is. */
  secured(forward: Forward): Promise<void> {
    const { stream } = this;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        stream.destroy();
        reject(new TunnelFailure(handshakeError(error, this.#wire.plainStart, forward)));
      };
      stream.once('secureConnect', resolve).once('error', fail);
      stream.once('close', () => fail(new Error('the mail server closed the connection')));
      this.#wire.once('error', fail);
    });
  }

  #goneWhenRead(): void {
    if (this.stream.readableEnded) this.stream.destroy();
    else this.stream.once('end', () => this.stream.destroy());
  }
}

/**
 * Does a server that kept silent speak TLS from the first byte on? Only a server that answers a TLS greeting with TLS
 * does; whatever its certificate, nothing is sent to it.
 *
 * @param channel a fresh one, which is closed afterwards
 */
export function speaksTls(channel: Duplex, timeoutMs: number): Promise<boolean> {
  const wire = new Wire(channel);
  const stream = connectTls({ socket: wire, rejectUnauthorized: false });
  return new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    stream.once('close', () => clearTimeout(timer));
    stream.once('secureConnect', () => resolve(true));
    stream.on('error', () => resolve(false)).once('close', () => resolve(false));
    wire.once('error', () => resolve(false));
  }).finally(() => {
    stream.destroy();
    wire.destroy();
  });
}

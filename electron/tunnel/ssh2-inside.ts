import type { Client, ClientChannel } from 'ssh2';

/**
 * The one place that knows what ssh2 is like below its public surface. What is used of it is named here, checked
 * before it is used, and pinned to one version: with any other, everything runs by the public surface alone, which is
 * slower and just as right. Used by the other `ssh2-*.ts` and by `handshake.ts`, and by nobody else.
 */
const KNOWN_IDENT = 'SSH-2.0-ssh2js1.17.0';
/** RFC 4253, 11.2. */
const SSH_MSG_IGNORE = 2;

type Handler = (protocol: Protocol, ...args: never[]) => void;

/** How signed data comes back to ssh2: call `done` with the signature. */
export type Signer = (data: Buffer, done: (signature: Buffer) => void) => void;

/** What ssh2 calls `Protocol`, as far as it is used. */
export interface Protocol {
  readonly _identRaw: Buffer;
  /** Gone once the connection is. */
  readonly _destruct: unknown;
  /** Set while keys are exchanged; packets wait then. */
  readonly _kexinit: unknown;
  readonly _kex: { readonly negotiated?: { readonly cs: { readonly compress: string } } };
  readonly _cipher: { encrypt(packet: Buffer): void };
  readonly _decipher: Decipher;
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(length: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
  readonly _handlers: Record<string, Handler | undefined>;
  service(name: string): void;
  /** Asks for a session channel, on which so many bytes may come, in packets of at most so many. */
  session(channel: number, window: number, largestPacket: number): void;
  authNone(user: string): void;
  authPassword(user: string, password: string, changed?: string): void;
  authKeyboard(user: string): void;
  authPK(user: string, key: PublicKey, algorithm?: string, sign?: Signer): void;
  channelWindowAdjust(channel: number, bytes: number): void;
  /** Asks with `keepalive@openssh.com`. */
  ping(): void;
}

/** What ssh2 decrypts with. */
export interface Decipher {
  /** OpenSSL's name of the cipher, where there is one. */
  readonly _decipherSSLName?: string;
  /** Reads `data` from `start` to `end`; gives the place from which on another is to read, if there is one. */
  decrypt(data: Buffer, start: number, end: number): number | undefined;
}

interface PublicKey {
  getPublicSSH(): Buffer;
}

/** What ssh2 keeps of its channels. */
export interface ChannelManager {
  /** The number given out last. */
  readonly _cur: number;
  get(id: number): unknown;
  remove(id: number): void;
}

/** What is reached of a client that has begun to connect. */
export interface Inside {
  readonly protocol: Protocol;
  readonly channels: ChannelManager;
}

/** What ssh2 keeps in a channel for the bytes that come in. */
export interface IncomingChannel extends ClientChannel {
  readonly incoming: { readonly id: number; window: number; readonly state: string };
  readonly outgoing: { readonly id: number; readonly state: string };
}

/**
 * Looks whether the inside of a client is the one that is known here.
 *
 * @param client after `connect`
 * @returns null when it is not: then nothing of it may be touched
 */
export function insideOf(client: Client): Inside | null {
  const { _protocol: protocol, _chanMgr: channels } = client as unknown as {
    readonly _protocol?: Partial<Protocol>;
    readonly _chanMgr?: Partial<ChannelManager>;
  };
  const known =
    Buffer.isBuffer(protocol?._identRaw) &&
    protocol._identRaw.toString() === KNOWN_IDENT &&
    typeof protocol._handlers === 'object' &&
    typeof protocol.service === 'function' &&
    typeof protocol.session === 'function' &&
    typeof protocol.authPK === 'function' &&
    typeof protocol.channelWindowAdjust === 'function' &&
    '_decipher' in protocol &&
    typeof protocol.ping === 'function' &&
    typeof protocol._packetRW?.write.alloc === 'function' &&
    typeof channels?._cur === 'number' &&
    typeof channels.remove === 'function';
  return known ? { protocol: protocol as Protocol, channels: channels as ChannelManager } : null;
}

/**
 * Does something more after ssh2's own handling of a message. Nothing happens for a message that ssh2 does not handle.
 *
 * @param name as in RFC 4250, without `SSH_MSG_`
 */
export function after(protocol: Protocol, name: string, act: () => void): void {
  const handler = protocol._handlers[name];
  if (handler === undefined) return;
  protocol._handlers[name] = (...args) => {
    handler(...args);
    act();
  };
}

/**
 * Sends an empty SSH_MSG_IGNORE. It makes our side acknowledge at once what has come, and many a server holds back its
 * next packet until then (Nagle's algorithm against a delayed acknowledgement: 40 ms, or a part of a round trip).
 */
export function acknowledge(protocol: Protocol): void {
  // Between two keys nothing else may be sent, and whoever waits then waits for the keys.
  if (protocol._kexinit !== undefined) return;
  const { write } = protocol._packetRW;
  const start = write.allocStart;
  const packet = write.alloc(5);
  packet.fill(0, start, start + 5);
  packet[start] = SSH_MSG_IGNORE;
  protocol._cipher.encrypt(write.finalize(packet));
}

/** Has every opened channel acknowledged at once, so that the mail server's greeting need not wait for it. */
export function acknowledgeChannels({ protocol }: Inside): void {
  after(protocol, 'CHANNEL_OPEN_CONFIRMATION', () => acknowledge(protocol));
}

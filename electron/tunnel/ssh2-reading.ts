import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Decipher, Inside } from './ssh2-inside';

/** What a packet of AES-GCM has besides what its first four bytes count: those themselves, and the tag (RFC 5647, 7.2). */
const LENGTH = 4;
const BESIDES = LENGTH + 16;
/** No packet that ssh2 takes is longer, in bytes; it breaks the connection off at a longer one. */
const LONGEST = 35_000;

type Decrypt = Decipher['decrypt'];

/**
 * Hands ssh2 no half packets any more. It decrypts each part into memory of its own and copies that together, which
 * costs two allocations more than a packet in one piece; and an allocation is dear in Electron, and its memory comes
 * back only with the next collection of garbage.
 *
 * @param inside of a client that has begun to connect, and has no keys yet
 */
export function readWholePackets({ protocol }: Inside): void {
  let decipher = protocol._decipher;
  Object.defineProperty(protocol, '_decipher', {
    get: () => decipher,
    // There is a new one with each exchange of keys.
    set: (next: Decipher) => {
      decipher = next;
      if (isGcm(next)) next.decrypt = inWholePackets(next.decrypt.bind(next));
    },
  });
}

/** Of all ciphers these alone tell a packet's length in the clear, and keep nothing of what they were given. */
function isGcm(decipher: Decipher): boolean {
  return /^aes-\d+-gcm$/.test(decipher._decipherSSLName ?? '');
}

/**
 * Calls `decrypt` with whole packets only: what is read of a packet waits, encrypted as it is, until the rest has come.
 *
 * @param decrypt as ssh2 has it: gives the place from which on somebody else is to read, if it does not read all
 */
export function inWholePackets(decrypt: Decrypt): Decrypt {
  let waiting: Buffer | null = null;
  let waits = 0;
  const take = (data: Buffer, from: number, to: number) => {
    waiting ??= Buffer.allocUnsafeSlow(BESIDES + LONGEST);
    data.copy(waiting, waits, from, to);
    waits += to - from;
    return waiting;
  };
  return (data, start, end) => {
    let at = start;
    while (waits > 0 && at < end) {
      const wanted = waits < LENGTH ? LENGTH : lengthOf(take(data, at, at), 0);
      const next = Math.min(end, at + wanted - waits);
      const packet = take(data, at, next);
      at = next;
      if (waits < LENGTH || waits < lengthOf(packet, 0)) continue;
      const whole = waits;
      waits = 0;
      if (decrypt(packet, 0, whole) !== undefined) return at;
    }
    let whole = at;
    while (end - whole >= LENGTH && end - whole >= lengthOf(data, whole))
      whole += lengthOf(data, whole);
    if (whole > at) {
      const rest = decrypt(data, at, whole);
      if (rest !== undefined) return rest;
    }
    if (whole < end) take(data, whole, end);
    return undefined;
  };
}

/** Of a packet of which four bytes at least are there. One too long for ssh2 is no longer than its length: let it be told. */
function lengthOf(data: Buffer, at: number): number {
  const length = data.readUInt32BE(at);
  return length > LONGEST ? LENGTH : BESIDES + length;
}

/**
 * Gives the memory of everything that an SSH socket reads from now on back as soon as it is decrypted. The collector
 * does not see how much lies behind its small objects, and lets 16 MB of it gather.
 *
 * @param inside of the client that reads the socket; nothing is done unless its cipher keeps nothing
 */
export function freeSpentReads(socket: Duplex, { protocol }: Inside): void {
  if (!(socket instanceof Socket)) return;
  // Whoever came before has been told of the bytes by now.
  socket.on('data', (chunk: Buffer) => {
    if (isGcm(protocol._decipher)) freeMemory(chunk);
  });
}

/** Where the run-time can (Node has `transfer` since version 21), and where nothing else lies in the same memory. */
function freeMemory(chunk: Buffer): void {
  const memory = chunk.buffer as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };
  if (memory.byteLength === chunk.length) memory.transfer?.(0);
}

import type { ServerChannel } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { insideOf, type Inside } from '../../../electron/tunnel/ssh2-inside';
import {
  freeSpentReads,
  inWholePackets,
  readWholePackets,
} from '../../../electron/tunnel/ssh2-reading';
import { until } from '../../world/wait';
import { patternOf, startPair } from './ssh-pair';

/** What comes on the wire for a packet of AES-GCM: its length, itself, its tag. */
function packet(length: number, seed: number): Buffer {
  const bytes = patternOf(4 + length + 16, seed);
  bytes.writeUInt32BE(length, 0);
  return bytes;
}

const PACKETS = [16, 32_784, 48, 34_992, 16, 16, 4_096, 64, 32_784].map(packet);
const STREAM = Buffer.concat(PACKETS);

/** Reads the stream in parts of these sizes, over and over; gives what ssh2 was handed, call by call. */
function readIn(sizes: readonly number[], stops: (whole: Buffer) => boolean = () => false) {
  const handed: Buffer[] = [];
  const rests: (number | undefined)[] = [];
  const read = inWholePackets((data, start, end) => {
    const bytes = Buffer.from(data.subarray(start, end));
    handed.push(bytes);
    return stops(bytes) ? end : undefined;
  });
  for (let at = 0, i = 0; at < STREAM.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    // As from a socket: the part lies somewhere in a larger one.
    const part = Buffer.concat([Buffer.alloc(7), STREAM.subarray(at, at + size)]);
    rests.push(read(part, 7, part.length));
    // What was read may be used anew at once.
    part.fill(0xee);
    at += size;
  }
  return { handed, rests };
}

/** The ends of all packets in the stream. */
const ENDS = PACKETS.reduce<number[]>(
  (ends, { length }) => [...ends, (ends.at(-1) ?? 0) + length],
  [],
);

describe('packets are handed to ssh2 whole', () => {
  it.each([
    ['at once', [STREAM.length]],
    ['byte by byte', [1]],
    ['as a socket reads', [65_536]],
    ['in the midst of lengths', [2, 36, 3, 32_801]],
    ['at the ends of packets', PACKETS.map(({ length }) => length)],
    ['in odd parts', [17, 4_099, 1, 30_011, 5]],
  ])('when they come %s', (_how, sizes) => {
    const { handed, rests } = readIn(sizes);
    expect(Buffer.concat(handed).equals(STREAM)).toBe(true);
    let at = 0;
    for (const { length } of handed) expect(ENDS).toContain((at += length));
    expect(rests.every((rest) => rest === undefined)).toBe(true);
  });

  it('and who is to read on is told from where, be the packet before that in one piece or in two', () => {
    const [first = Buffer.alloc(0)] = PACKETS;
    const stops = (whole: Buffer) => whole.equals(first);
    // The first ends 30 bytes into the second part, and there other keys begin.
    expect(readIn([6, STREAM.length], stops).rests).toEqual([undefined, 7 + 30]);
    expect(readIn([first.length, STREAM.length], stops).rests[0]).toBe(7 + first.length);
  });

  it.each([
    ['in one piece', 64],
    ['byte by byte', 1],
  ])('and one too long is refused at its length, come %s', (_how, size) => {
    const handed: number[] = [];
    const read = inWholePackets((data, start, end) => {
      handed.push(end - start);
      if (data.readUInt32BE(start) > 35_000) throw new Error('Bad packet length');
      return undefined;
    });
    const bytes = Buffer.alloc(64, 0xff);
    const readAll = () => {
      for (let at = 0; at < bytes.length; at += size) read(bytes, at, at + size);
    };
    expect(readAll).toThrow('Bad packet length');
    expect(handed).toHaveLength(1);
  });
});

it('by the pinned ssh2 with every key, and every byte comes', async () => {
  const all = patternOf(8 * 1024 * 1024);
  const insides: Inside[] = [];
  const channels: ServerChannel[] = [];
  const pair = await startPair(
    (accept) => channels.push(accept()),
    (client) => {
      const inside = insideOf(client);
      if (inside === null) return;
      insides.push(inside);
      readWholePackets(inside);
    },
  );
  try {
    const [inside] = insides;
    if (inside === undefined) throw new Error('the pinned ssh2 is not the one that is known');
    freeSpentReads(pair.socket, inside);
    const { protocol } = inside;
    const first = protocol._decipher;
    expect(Object.hasOwn(first, 'decrypt')).toBe(true);
    const { stream } = await pair.session.openForward('h', 1, { address: '127.0.0.1', port: 0 });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const got = () => chunks.reduce((sum, { length }) => sum + length, 0);
    channels[0]?.write(all.subarray(0, all.length / 2));
    pair.connection.rekey();
    channels[0]?.write(all.subarray(all.length / 2));
    await until('all is there', () => got() === all.length && protocol._decipher !== first);
    expect(Object.hasOwn(protocol._decipher, 'decrypt')).toBe(true);
    expect(Buffer.concat(chunks).equals(all)).toBe(true);
  } finally {
    await pair.stop();
  }
});
